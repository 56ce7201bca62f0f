"""Finding runs among many: words, filters, orders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.compare.listing import ORDERS, Filter, accuracy_of, ansatz_of, choices_of, data_of, listed
from qtl_core.compare.names import names_of
from qtl_core.compare.sides import setting_in_words
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings import RunSettings


def made(number: int, **changes: object) -> RunRecord:
    fields = {name: changes.pop(name) for name in list(changes) if name in RunRecord.__dataclass_fields__}
    record = RunRecord(
        f"20261125-20300{number}-abcdef",
        1,
        "",
        "",
        (),
        False,
        1e9 + number,
        1e9 + number,
        "finished",
        "trained",
        RunSettings().changed(**changes),
        "ResNet-18",
        "5c106cde",
        ("ants", "bees"),
        244,
        153,
        "x",
        30,
        8,
        0.9,
        0.3,
        138,
        0.04,
        "compiled",
        "cpu",
        50_000,
    )
    return replace(record, **fields)


RUNS = [
    made(0, name="Baseline", tags=("lesson",), best_val_accuracy=0.91, right=139),
    made(1, entangler="ring", note="Worth another look", starred=True, seconds=9.0),
    made(2, source="drawn", state="interrupted", best_val_accuracy=0.97, right=148, qubits=8),
    made(
        3,
        source="folder",
        folder="/data/my photos",
        backbone_title="MobileNetV2",
        tags=("paper", "lesson"),
        best_val_accuracy=None,
        right=None,
    ),
]


def numbers(wanted: Filter, order: str = "Oldest first") -> list[int]:
    return [int(record.id[14]) for record in listed(RUNS, wanted, order, names_of(RUNS))]


@pytest.mark.parametrize(
    ("folder", "named"),
    [
        ("/data/my photos/", "my photos"),
        (r"C:\Users\me\My Ants", "My Ants"),
        ('"/data/ants"', "ants"),
        ("file:///data/my%20ants", "my ants"),
        (".", "ants, bees"),
        ("/", "ants, bees"),
        ("", "ants, bees"),
    ],
)
def test_a_folder_keeps_its_name_in_lists_and_tells_nothing_of_where_it_lies(folder, named):
    record = made(4, source="folder", folder=folder)
    assert data_of(record) == f"Folder {named}"
    shown = setting_in_words(record, "folder", folder)
    assert "/" not in shown and "\\" not in shown and shown in (named, "Not known", "none")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", [0, 1, 2, 3]),
        ("  ", [0, 1, 2, 3]),
        ("BASELINE", [0]),
        ("ring", [1]),
        ("another worth", [1]),
        ("lesson", [0, 3]),
        ("lesson paper", [3]),
        ("my photos", [3]),
        ("drawn", [2]),
        ("no such", []),
        ("<b>", []),
        ("20261125-203002", [2]),
    ],
)
def test_all_words_are_searched_everywhere(words, found):
    assert numbers(Filter(words)) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(states=("interrupted",)), [2]),
        (Filter(data=("Folder my photos",)), [3]),
        (Filter(starred=True), [1]),
        (Filter(backbones=("MobileNetV2",)), [3]),
        (Filter(tags=("paper", "none")), [3]),
        (Filter(tags=("lesson",)), [0, 3]),
        (Filter("lesson", backbones=("ResNet-18",)), [0]),
    ],
)
def test_filters_take_what_they_say(wanted, found):
    assert numbers(wanted) == found


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("Newest first", [3, 2, 1, 0]),
        ("Best accuracy first", [2, 0, 1, 3]),
        ("Starred first", [1, 3, 2, 0]),
        ("Longest training first", [1, 0, 2, 3]),
    ],
)
def test_an_order_puts_the_first_first(order, found):
    assert numbers(Filter(), order) == found


@given(st.sampled_from(list(ORDERS)), st.lists(st.sampled_from(RUNS), unique_by=lambda record: record.id))
def test_no_order_loses_a_run(order, runs):
    assert {record.id for record in listed(runs, Filter(), order, names_of(runs))} == {record.id for record in runs}


@given(st.text(max_size=40))
def test_no_search_fails(words):
    assert set(numbers(Filter(words))) <= {0, 1, 2, 3}


def test_a_figure_that_is_no_number_comes_last():
    runs = [replace(RUNS[0], best_val_accuracy=float("nan")), RUNS[1]]
    assert listed(runs, Filter(), "Best accuracy first", names_of(runs))[0] is runs[1]


def test_words_for_the_table():
    assert (
        ansatz_of(made(0, entangler="all", rotation="rot", reuploading=True))
        == "All pairs · Full rotation · re-uploading"
    )
    assert data_of(RUNS[3]) == "Folder my photos"
    assert accuracy_of(RUNS[3]) is None
    assert accuracy_of(replace(RUNS[0], val_size=0, right=0)) is None  # a head that nobody measured
    assert choices_of(RUNS)["tags"] == ["lesson", "paper"]
