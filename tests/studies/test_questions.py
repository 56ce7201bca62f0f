"""Ready questions: each a study of whatever is chosen, or a sentence that says why it cannot be asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs.store import keep_run
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.studies.axes import VARIANT
from qtl_core.studies.comparisons import FEWEST_PAIRS, pairs_of, signed_rank_p
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.questions import QUESTIONS, question, smallest_class, start_for
from qtl_core.studies.words import plan_words
from tests.helpers.made_runs import made_run

PAPER = RunSettings()
MOONS = PAPER.changed(source="points", shape="moons", points=60, test_share=0.3)
DRAWN = PAPER.changed(source="drawn", qubits=3, head="mlp")
READY = [each for each in QUESTIONS if each.name != "travel"]


def values(asked: StudyPlan, setting: str) -> tuple[object, ...]:
    return next(axis.values for axis in asked.axes if axis.setting == setting)


@pytest.mark.parametrize(
    "base", [PAPER, MOONS, PAPER.changed(source="drawn", qubits=3, head="mlp")], ids=["photos", "moons", "drawn"]
)
@pytest.mark.parametrize("asked", READY, ids=lambda each: each.name)
def test_each_is_a_study_of_the_settings_chosen(asked, base):
    assert asked.why_not(base) == ""
    plan = asked.plan(base)
    assert plan.name == asked.title and plan.base.data == base.data and plan_words(plan).endswith(".")
    assert StudyPlan.from_dict(plan.to_dict()) == plan
    assert all(first.at != second.at for first, second in pairs_of(plan)) and len(plan.runs()) <= 1000


@pytest.mark.parametrize("asked", READY, ids=lambda each: each.name)
def test_there_are_seeds_enough_for_a_difference_to_show_after_all_corrections(asked):
    plan = asked.plan(PAPER)
    always_better = signed_rank_p(np.arange(1, plan.seeds + 1) / 1000)
    assert plan.seeds >= FEWEST_PAIRS and always_better * max(1, len(pairs_of(plan))) <= 0.01


def test_the_quantum_part_stands_beside_what_it_could_be_replaced_by():
    plan = question("quantum-part").plan(MOONS)
    settings = {cell.at[VARIANT]: cell.settings for cell in plan.cells()}
    assert list(settings) == ["dressed", "dressed_fixed", "depth_0", "bottleneck", "linear"]
    assert (settings["depth_0"].model.head, settings["depth_0"].circuit.depth) == ("dressed", 0)
    assert settings["bottleneck"].circuit == MOONS.circuit, "which says how many numbers it has to learn"
    assert len(pairs_of(plan)) == 10


def test_little_data_is_no_more_than_there_is():
    assert values(question("little-data").plan(PAPER), "per_class") == (5, 10, 20, 40, 80)
    assert smallest_class(MOONS.data) == 26
    assert values(question("little-data").plan(MOONS), "per_class") == (5, 10, 20)
    few = MOONS.changed(points=20, test_from="training", test_share=0.5)
    assert "takes 10" in question("little-data").why_not(few)


def test_noise_is_read_after_an_exact_training_once_for_all_rates():
    plan = question("noise").plan(MOONS.changed(shots=100))
    runs = plan.runs().values()
    assert all(run.settings.reads_exactly for run in runs)
    assert len({(run.settings, run.fold) for run in runs}) == plan.seeds and len(runs) == 6 * plan.seeds
    first = list(runs)[:6]
    assert len({run.seed for run in first}) == 1, "side by side, so that one training is enough"
    assert {run.read and run.read.depolarizing_two for run in first} == {None, 0.003, 0.01, 0.03, 0.1, 0.2}


def test_rates_lie_around_the_one_chosen_within_what_is_allowed():
    rates = values(question("learning-rate").plan(PAPER.changed(learning_rate=0.1)), "learning_rate")
    assert 0.1 in rates and max(rates) == 0.8 and min(rates) == 0.013
    assert all(
        second.at["learning_rate"] == 0.1
        for _, second in pairs_of(question("learning-rate").plan(PAPER.changed(learning_rate=0.1)))
    )


@pytest.mark.parametrize(
    ("name", "changes", "why"),
    [
        ("quantum-part", {"depth": 0}, "depth 0"),
        ("entanglement", {"qubits": 1}, "one qubit"),
        ("noise", {"qubits": 10}, "8 qubits or fewer"),
        ("size", {"shots": 100}, "exact averages"),
        ("luck", {"backbone_mode": "published"}, "truly frozen"),
        ("travel", {}, "no kept run of another task"),
        ("travel", {"source": "folder", "folder": "/nowhere"}, ""),
    ],
)
def test_what_cannot_be_asked_says_why(name, changes, why):
    said = question(name).why_not(PAPER.changed(**changes))
    assert said and why in said
    with pytest.raises(UserError, match="cannot be asked"):
        question(name).plan(PAPER.changed(**changes))


def test_what_travels_is_the_head_of_another_task_against_a_fresh_start_of_the_same(tmp_path):
    own, other, _ = (
        keep_run(made_run(tmp_path, settings=PAPER.changed(**changes)))
        for changes in ({}, {"source": "drawn", "qubits": 3}, {"source": "drawn", "head": "linear"})
    )
    asked = question("travel")
    assert start_for(PAPER).id == other and start_for(PAPER.changed(source="drawn")).id == own
    plan = asked.plan(PAPER)
    assert values(plan, "start_from") == (other, "") and plan.base.circuit.qubits == 3
    assert plan.base.transfer.carry == "pre_net,circuit" and plan.base.data == PAPER.data
    chosen = replace(PAPER, transfer=TransferSettings(own))
    assert start_for(chosen).id == own, "the one that is chosen, whatever it learnt from"
    assert f"the run {other}, a fresh start" in plan_words(plan)
