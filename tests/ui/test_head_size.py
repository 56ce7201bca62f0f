"""The size of a head beside its choice: the figures of the registry, and what plays no part."""

from __future__ import annotations

import pytest

from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count
from ui.train.head_size import size_words, sizes_of

PAPER = (512, 2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "2,086 numbers: 2,052 before the circuit, 24 in it, 10 behind."),
        ({"head": "dressed_fixed"}, "2,062 of 2,086 numbers learn; 24 angles stay as they are drawn."),
        (
            {"head": "linear"},
            "1,026 numbers, the dressed circuit has 2,086. No circuit: qubits and depth play no part.",
        ),
        (
            {"head": "bottleneck"},
            "4 wide: 2,062 numbers, the dressed circuit has 2,086. "
            "No circuit: qubits and depth say only how many numbers it may have.",
        ),
        (
            {"head": "mlp", "hidden_units": 4},
            "4 wide: 2,062 numbers, the dressed circuit has 2,086. No circuit: qubits and depth play no part.",
        ),
        (
            {"head": "bottleneck", "depth": 0},
            "4 wide: 2,062 numbers, as many as the dressed circuit has. "
            "No circuit: qubits and depth say only how many numbers it may have.",
        ),
    ],
)
def test_the_paper_s_sizes_in_words(changes, said):
    assert size_words(RunSettings().changed(**changes), PAPER) == said


@pytest.mark.parametrize("head", HEADS)
def test_every_head_says_how_many_numbers_it_has(head):
    settings = RunSettings().changed(head=head, qubits=3, depth=2)
    count = parameter_count(40, 5, settings.circuit, settings.model)
    assert f"{count:,} numbers" in size_words(settings, (40, 5))


def test_where_nobody_knows_the_sizes_only_what_plays_no_part_is_said():
    assert size_words(RunSettings(), None) == ""
    assert size_words(RunSettings().changed(head="linear"), None) == "No circuit: qubits and depth play no part."
    assert sizes_of(RunSettings().changed(source="folder").data) is None
    assert sizes_of(RunSettings().changed(source="dataset", dataset="0123456789ab").data) is None
    assert sizes_of(RunSettings().changed(source="points").data) == (2, 2)
    assert sizes_of(RunSettings().data) == PAPER


def test_a_table_s_sizes_are_those_of_the_columns_that_are_learnt_from(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("id,a,b,kind\n" + "".join(f"{n},{n * n},{n % 4},{'xyz'[n % 3]}\n" for n in range(1, 31)), "utf-8")
    data = RunSettings().changed(source="table", table=str(file)).data
    assert sizes_of(data) == (2, 3)
    assert sizes_of(RunSettings().changed(source="table", table=str(tmp_path / "gone.csv")).data) is None
