"""The plain first answer to each ready question: chosen from the numbers, and honest where nothing could count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.settings import RunSettings
from qtl_core.studies.comparisons import compared
from qtl_core.studies.plain_answers import ANSWERS, BROKEN, NOT_YET, TOO_FEW, TORN, plain_answer
from qtl_core.studies.plan import BASE, StudyPlan, axis_from
from qtl_core.studies.questions import QUESTIONS
from qtl_core.studies.rows import Row
from tests.studies.test_comparisons import rows_of

MEASURE = "last_val_accuracy"
HEADS = "variant=dressed,dressed_fixed,depth_0,bottleneck,linear"


def asked(*axes: str, seeds: int = 20, compare: str = "") -> StudyPlan:
    more = {"compare": compare} if compare else {}
    return StudyPlan("asked", RunSettings(), tuple(axis_from(axis) for axis in axes), seeds, **more)


def answered(plan: StudyPlan, gain) -> str:
    """The plain answer where a run has so much above 80% as `gain(cell.at)` says, give or take its seed's luck."""
    rows = rows_of(plan, lambda at, seed: 0.8 + gain(at) + ((seed * 7 + len(str(at))) % 5) / 1000)
    return plain_answer(plan, rows, compared(plan, rows, MEASURE), MEASURE)


def test_every_ready_question_that_can_be_asked_has_one():
    base = RunSettings().changed(source="points")
    plans = [each.planned(base) for each in QUESTIONS if each.name != "travel"]
    known = {names for names, _ in ANSWERS} | {()}
    assert {tuple(axis.setting for axis in plan.axes) for plan in plans} | {("start_from", "per_class")} == known
    assert all(plain_answer(plan, {}, [], MEASURE) == NOT_YET for plan in plans)


@pytest.mark.parametrize(
    ("plan", "gain", "begins"),
    [
        (asked(HEADS), lambda at: 0.0, "No: without the trained circuit it does as well, to within 0."),
        (asked(HEADS), lambda at: 0.1 * (at["variant"] == "dressed"), "Yes: with the trained circuit it does better"),
        (
            asked(HEADS),
            lambda at: 0.1 * (at["variant"] == "linear"),
            "No: the linear layer does better than the trained circuit.",
        ),
        (asked(HEADS), lambda at: -0.1 * (at["variant"] == "linear"), "In part: the trained circuit does better than"),
        (
            asked("qubits=2,4", "depth=1,6", compare=BASE),
            lambda at: 0.0,
            "None is shown to do better than the size chosen (4 qubits, depth 6)",
        ),
        (asked("qubits=2,4", "depth=1,6", compare=BASE), lambda at: 0.1 * (at["depth"] == 1), "Not as chosen"),
        (asked("entangler=ring,none", "depth=1,6"), lambda at: 0.0, "No: without CNOTs it does as well"),
        (asked("entangler=ring,none", "depth=1,6"), lambda at: 0.1 * (at["entangler"] != "none"), "Yes: with"),
        (
            asked("entangler=ring,none", "depth=1,6"),
            lambda at: 0.1 * (at["entangler"] != "none") * (at["depth"] == 1),
            "Yes, at depth 1: with",
        ),
        (
            asked("entangler=ring,none", "depth=1,6"),
            lambda at: 0.1 * (at["entangler"] == "none") * (2 * (at["depth"] == 1) - 1),
            "It depends on the depth: CNOTs help at depth 6, and harm at depth 1.",
        ),
        (asked("variant=dressed,linear", "per_class=5,10"), lambda at: 0.0, "Nobody, as far as this shows"),
        (
            asked("variant=dressed,linear", "per_class=5,10"),
            lambda at: 0.1 * (at["variant"] == "linear") * (at["per_class"] == 5),
            "The linear layer (ahead at 5 ",
        ),
        (
            asked("variant=dressed,linear", "per_class=5,10"),
            lambda at: 0.1 * (at["variant"] == "linear") * (2 * (at["per_class"] == 5) - 1),
            "It depends on the amount",
        ),
        (
            asked("gate_errors=0,0.01,0.1", compare=BASE),
            lambda at: 0.0,
            "No loss is shown up to errors of 10% a CNOT",
        ),
        (
            asked("gate_errors=0,0.01,0.1", compare=BASE),
            lambda at: -0.1 * (at["gate_errors"] > 0.05),
            "At errors of 10% a CNOT it loses",
        ),
        (
            asked("learning_rate=0.0004,0.01", compare=BASE),
            lambda at: 0.0,
            "None is shown to do better than the one chosen",
        ),
        (
            asked("learning_rate=0.0004,0.01", compare=BASE),
            lambda at: 0.1 * (at["learning_rate"] > 0.001),
            "Not the one chosen: learning rate 0.01 does better, by",
        ),
        (asked(), lambda at: 0.0, "About 0.4 points"),
        (asked("head=dressed,linear"), lambda at: 0.0, ""),
    ],
)
def test_it_says_what_the_numbers_say(plan, gain, begins):
    said = answered(plan, gain)
    assert said.startswith(begins) and bool(said) == bool(begins), said


def test_of_losses_less_is_better():
    plan = asked("learning_rate=0.0004,0.01", compare=BASE)
    rows = rows_of(plan, lambda at, seed: 0.5)
    lower = {
        run.key: replace(rows[run.key], last_val_loss=0.5 - 0.1 * (cell.at["learning_rate"] > 0.001))
        for cell in plan.cells()
        for run in plan.runs_of(cell)
    }
    found = compared(plan, lower, "last_val_loss")
    assert plain_answer(plan, lower, found, "last_val_loss").startswith("Not the one chosen")


@pytest.mark.parametrize("seeds", [3, 6])
def test_where_nothing_could_count_it_says_so(seeds):
    assert answered(asked(HEADS, seeds=seeds), lambda at: 0.1 * (at["variant"] == "linear")) == TOO_FEW


def test_a_run_that_is_missing_only_delays_it():
    assert plain_answer(asked(HEADS), {}, [], MEASURE) == NOT_YET
    assert plain_answer(asked(), {}, [], MEASURE) == NOT_YET
    assert plain_answer(asked(seeds=5), {}, [], MEASURE) == TOO_FEW


def test_a_no_is_as_firm_as_its_intervals_are_narrow():
    plan = asked("entangler=ring,none", "depth=1,6", seeds=8)
    rows = rows_of(plan, lambda at, seed: 0.7 + 0.1 * ((seed + 2 * (at["entangler"] == "none")) % 3))
    said = plain_answer(plan, rows, compared(plan, rows, MEASURE), MEASURE)
    assert said.startswith("Not that it shows: without CNOTs it does as well here, but a difference of up to")


def test_where_ranks_and_mean_disagree_no_side_is_named():
    plan = asked(HEADS)
    fails = {"dressed": 3}

    def accuracy(at, seed):  # ahead at all seeds but one, where it fails
        return 0.5 if seed == fails.get(at["variant"]) else 0.8 + 0.02 * (at["variant"] == "dressed") + seed / 10_000

    rows = rows_of(plan, accuracy)
    found = compared(plan, rows, MEASURE)
    assert any(each.is_torn for each in found)
    assert plain_answer(plan, rows, found, MEASURE) == TORN


def test_where_runs_broke_down_there_is_no_plain_answer():
    plan = asked(HEADS)
    rows = rows_of(plan, lambda at, seed: 0.8 + 0.1 * (at["variant"] == "dressed") + seed / 10_000)
    key = plan.runs_of(plan.cells()[-1])[0].key
    rows[key] = replace(rows[key], broke_down=3, last_val_accuracy=None)
    assert plain_answer(plan, rows, compared(plan, rows, MEASURE), MEASURE) == BROKEN


def test_luck_over_folds_is_that_within_a_fold_and_apart_from_it_what_the_folds_do():
    plan = asked(seeds=20)
    plan = replace(plan, folds=3)
    rows = {
        key: Row(key, run.seed, last_val_accuracy=0.8 + 0.05 * run.fold + 0.001 * (run.seed % 20))
        for key, run in plan.runs().items()
    }
    said = plain_answer(plan, rows, [], MEASURE)
    assert said.startswith("About 1.7 points: so far apart nine of ten runs of the same settings and pictures lie")
    assert "means lie 10.0 points apart" in said
    assert plain_answer(replace(plan, seeds=2), rows, [], MEASURE) == TOO_FEW
