"""The table in docs/machines.md of one run read out in many ways: its parts, on a head made by hand."""

from __future__ import annotations

import pytest

from benchmarks.readout import (
    BEGIN,
    DRAWS,
    END,
    PAGE,
    TODAY,
    Way,
    layouts_in_words,
    report,
    row_of,
    ways_of,
    with_table,
)
from qtl_core.machines.fake_backends import fake_names, missing_packages
from qtl_core.readout.run_readout import readout_of
from qtl_core.settings import ReadoutSettings
from tests.readout.conftest import made_inputs

INPUTS = made_inputs(qubits=4, depth=6)


def cells(line: str) -> list[str]:
    return [each.strip() for each in line.strip("|").split("|")]


def test_a_row_says_what_the_readout_found():
    way = Way("ibmqx4", ReadoutSettings(machine="ibmqx4"))
    found = readout_of(INPUTS, way.readout)
    assert row_of(INPUTS, way) == [
        "ibmqx4",
        f"{found.evaluation.correct} of 12",
        f"{found.mean_confidence:.2f}",
        f"{found.margins.mean():.2f}",
        str(len(found.changed)),
    ]


def test_of_shots_the_band_of_many_draws_is_said():
    few, many = (row_of(INPUTS, Way("", ReadoutSettings(shots=shots)))[1] for shots in (1, 100_000))
    assert f"90% of {DRAWS} draws" in few
    assert "8 to 8" in many  # a third of the labels are not what the head answers
    assert "8 to 8" not in few


@pytest.mark.skipif(bool(missing_packages()), reason="the extra `hardware` is not here")
def test_rows_go_from_exact_to_machines_of_today(monkeypatch):
    assert set(TODAY) <= set(fake_names())
    monkeypatch.setattr("benchmarks.readout.TODAY", ("fake_lima", "fake_quito", "fake_belem"))  # quickly opened
    ways = ways_of(INPUTS)
    assert ways[0].readout.is_exact
    assert [way.readout.layout for way in ways if way.readout.machine == "ibmqx4"][:2] == ["4,2,0,1", "1,4,0,3"]
    assert len({way.readout.machine for way in ways} - {"", "ibmqx4"}) == 3
    assert any(way.mitigate == ("readout",) for way in ways)


def test_layouts_are_the_best_the_worst_and_the_two_of_the_sketch():
    best, given, other, worst = map(cells, layouts_in_words(INPUTS).splitlines()[2:])
    assert [each[0] for each in (best, given, other, worst)] == ["4-2-0-1", "1-0-2-4", "0-1-2-3", "1-4-0-3"]
    assert int(worst[2]) > 0


def test_the_table_goes_between_its_marks_and_nothing_else_moves():
    text = f"above\n{BEGIN}old\n{END}below\n"
    assert with_table(text, "new") == f"above\n{BEGIN}\nnew\n\n{END}below\n"
    assert with_table(with_table(text, "new"), "new") == with_table(text, "new")
    with pytest.raises(ValueError, match="no marks"):
        with_table("nothing", "new")
    assert PAGE.read_text().count(BEGIN) == PAGE.read_text().count(END) == 1
    assert report(["table"], "layouts", ["a", "b"]).endswith("a\nb\n")
