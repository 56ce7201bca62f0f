"""Plans of studies: which runs a grid has, what tells them apart, and what is no plan."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies import axes
from qtl_core.studies.plan import MOST_RUNS, Axis, StudyPlan, axis_from, key_of

BASE = RunSettings()


def plan(*axes: str, seeds: int = 3, base: RunSettings = BASE) -> StudyPlan:
    return StudyPlan("a question", base, tuple(axis_from(axis) for axis in axes), seeds)


def test_every_cell_of_the_grid_has_every_seed():
    asked = plan("qubits=2:4", "depth=1,3")
    assert [dict(cell.at) for cell in asked.cells()] == [
        {"qubits": qubits, "depth": depth} for qubits in (2, 3, 4) for depth in (1, 3)
    ]
    assert [run.seed for run in asked.runs_of(asked.cells()[0])] == [0, 1, 2]
    assert len(asked.runs()) == asked.size == 18


def test_a_setting_that_a_head_does_not_read_makes_no_second_run():
    asked = plan("head=linear,dressed", "qubits=2,4,6", seeds=2)
    assert (asked.size, len(asked.runs())) == (12, 2 + 6)
    linear = [{run.key for run in asked.runs_of(cell)} for cell in asked.cells() if cell.at["head"] == "linear"]
    assert linear[0] == linear[1] == linear[2]


def test_a_key_is_the_same_for_ever():
    """Kept studies name their runs by it: a change here would train them all again."""
    assert key_of(BASE) == "9ce0018434db2b1a"
    assert key_of(BASE.changed(momentum=0.5)) == key_of(BASE), "Adam reads no momentum"
    assert key_of(BASE.changed(seed=1)) != key_of(BASE)


def test_the_key_of_a_run_is_that_of_its_settings_whatever_else_is_planned():
    asked = plan("head=linear,dressed,mlp", "optimiser=adam,sgd", "carry=pre_net|circuit", seeds=2)
    runs = [run for cell in asked.cells() for run in asked.runs_of(cell)]
    assert len(runs) == 24
    assert [run.key for run in runs] == [key_of(run.settings) for run in runs]


@given(st.lists(st.sampled_from(["qubits", "depth", "epochs", "seed"]), unique=True, min_size=1))
def test_what_counts_changes_the_key(names):
    changed = BASE.changed(**{name: BASE.value(name) + 1 for name in names})
    assert key_of(changed) != key_of(BASE)


def test_a_plan_is_read_as_it_was_written():
    asked = plan("head=linear,mlp", "learning_rate=0.001,0.01", "carry=pre_net|pre_net,circuit", seeds=5)
    assert StudyPlan.from_dict(json.loads(json.dumps(asked.to_dict()))) == asked
    for broken in ({}, asked.to_dict() | {"axes": 3}, asked.to_dict() | {"axes": [{}]}):
        with pytest.raises(UserError, match="no plan"):
            StudyPlan.from_dict(broken)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("qubits=2:6", (2, 3, 4, 5, 6)),
        ("qubits=2:8:3, 9", (2, 5, 8, 9)),
        ("learning-rate=0.1,1e-3", (0.1, 0.001)),
        ("augmentation=yes,no", (True, False)),
        ("carry=pre_net,circuit|circuit", ("pre_net,circuit", "circuit")),
    ],
)
def test_axes_are_read_from_a_command_line(text, values):
    assert axis_from(text).values == values


@pytest.mark.parametrize(
    "text", ["qubits", "qubits=", "qubits=2:x", "qubits=1:2:3:4", "qubits=0", "qubits=2,2", "seed=1,2", "nothing=1"]
)
def test_what_is_no_axis_is_refused(text):
    with pytest.raises(UserError):
        axis_from(text)


def test_what_is_no_plan_is_refused():
    with pytest.raises(UserError, match="100,002 runs"):
        plan("depth=0:2", seeds=MOST_RUNS // 3 + 1)
    with pytest.raises(UserError, match="twice"):
        plan("depth=1", "depth=2")
    with pytest.raises(UserError, match="name"):
        replace(plan(), name=" ")
    with pytest.raises(UserError):
        Axis("qubits", (2.5,))


SEARCHED = plan("qubits=2:4", seeds=1).to_dict() | {"sampling": {"kind": "search", "trials": 2, "asked": [[2]]}}


@pytest.mark.parametrize(
    "harm",
    [
        {"seeds": 3_000_000, "repeat": {"at": [2], "seeds": -3_000_000}},
        {"repeat": {"at": [2], "seeds": 0}},
        {"repeat": {"at": [9], "seeds": 2}},
        {"repeat": {"at": [2.0], "seeds": 2}},
        {"repeat": {"at": [], "seeds": 2}},
        {"sampling": {"kind": "search", "trials": 1, "asked": [[2], [3], [4]]}},
        {"sampling": {"kind": "search", "trials": 3, "asked": [[5]]}},
        {"sampling": {"kind": "search", "trials": 3, "asked": [[[2]]]}},
        {"sampling": {"kind": "search", "trials": 10**400}},
        {"sampling": {"kind": "random", "cells": 10**400}},
        {"budget_seconds": 10**400},
        {"folds": 0.0},
        {"folds": None},
        {"seeds": 10**400},
        {"name": None},
        {"name": "\x1b[31mred"},
        {"name": "two\nlines"},
        {"name": "\u202eright to left"},
        {"name": "nul\0"},
    ],
)
def test_every_number_and_place_of_a_stored_plan_is_checked(harm):
    """What is not checked is not counted: a small file could ask for millions of runs."""
    assert len(StudyPlan.from_dict(SEARCHED).runs()) == 1
    with pytest.raises(UserError):
        StudyPlan.from_dict(SEARCHED | harm)


def test_names_of_all_scripts_are_names():
    for name in ("äöü", "研究\u3000一", "می\u200cخواهم", "👩\u200d🔬"):
        assert replace(plan(), name=name).name == name


@pytest.mark.parametrize("text", ["qubits=1:1000000000", "points=1:9999999999999999999999", "qubits=5:99999999999:7"])
def test_a_range_is_counted_before_it_is_made(text):
    with pytest.raises(UserError, match="not allowed"):
        axis_from(text)


def test_an_axis_has_no_more_values_than_a_study_runs(monkeypatch):
    monkeypatch.setattr(axes, "MOST_VALUES", 4)
    for text in ("depth=0:4", "depth=0:2,3:4", "depth=0,1,2,3,4"):
        with pytest.raises(UserError, match="too many values"):
            axis_from(text)
    with pytest.raises(UserError, match="too many values"):
        Axis("depth", (0, 1, 2, 3, 4))
    assert len(axis_from("depth=0:3").values) == 4


def test_the_largest_seed_is_not_passed():
    highest = plan(base=BASE.changed(seed=2**31 - 1), seeds=4).seed_numbers
    assert len(highest) == 4 and BASE.changed(seed=highest[-1]).training.seed == highest[-1]
