"""The rows of comparisons on the Studies page: sides named whole, and no verdict while runs are to come."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.studies.comparisons import compared
from qtl_core.studies.plan import BASE
from qtl_core.studies.store import StudyStore
from tests.studies.test_comparisons import plan, rows_of
from ui.study.result import _row

LAST = "last_val_accuracy"


def rows_shown(asked, rows, *, live=False):
    store = StudyStore.create(asked)
    return [_row(store, each, LAST, live=live) for each in compared(asked, rows, LAST)]


def test_against_the_settings_chosen_both_sides_are_named_whole():
    asked = replace(plan("reuploading=yes,no", "depth=1,6"), compare=BASE)
    rows = rows_of(asked, lambda at, seed: 0.8 + at["depth"] / 100 + seed / 1000)
    shown = rows_shown(asked, rows)
    assert (shown[0]["A"], shown[0]["B"]) == (
        "data re-uploading yes, depth 1",
        "data re-uploading no, depth 6",
    )
    assert "Depth" not in shown[0] and (shown[0]["A above"], shown[0]["B above"]) == (0, 20)


def test_values_of_the_first_axis_stand_beside_their_place():
    asked = plan("depth=1,6", "qubits=2,3")
    shown = rows_shown(asked, rows_of(asked, lambda at, seed: 0.8 + at["depth"] / 100))
    assert [(row["A"], row["B"], row["Qubits"]) for row in shown] == [
        ("depth 1", "depth 6", "2"),
        ("depth 1", "depth 6", "3"),
    ]


def test_a_verdict_stands_at_the_end_and_names_what_disagrees():
    asked = plan("head=dressed,linear")
    torn = rows_of(asked, lambda at, seed: 0.9 + (at["head"] == "dressed") * (0.013 if seed else -0.287))
    assert [row["Luck?"] for row in rows_shown(asked, torn)] == ["ranks and mean disagree"]
    assert [row["Luck?"] for row in rows_shown(replace(asked, name="b"), torn, live=True)] == ["at the end"]
    real = rows_of(asked, lambda at, seed: 0.9 + (at["head"] == "dressed") / 50)
    assert [row["Luck?"] for row in rows_shown(replace(asked, name="c"), real)] == ["hardly"]
