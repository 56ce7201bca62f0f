"""A carried start beside one from scratch, really trained on made features, with starts whose outcome is known."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, never_stop
from qtl_core.runs.store import delete
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from qtl_core.training.starting import first_weights
from qtl_core.training.task import KeptFeatures, TrainingTask
from qtl_core.training.transfer.arms import ALL, Amount, TransferComparison, comparison_rows
from qtl_core.training.transfer.beginning import kept_start
from qtl_core.training.transfer.comparison import (
    STAGE,
    Start,
    carried_start,
    compare_starts,
    kept_again,
    planned_amounts,
)
from qtl_core.training.transfer.comparison_causes import cause_words
from qtl_core.training.transfer.comparison_job import ComparisonRequest, compare, comparison_job, job_of
from qtl_core.training.transfer.comparison_verdict import conclusion, differences
from qtl_core.training.transfer.facts import HeadFacts
from tests.helpers.made_runs import made_run

SIZE, SEEDS = 6, 10
SETTINGS = RunSettings().changed(qubits=2, depth=1, learning_rate=0.02, epochs=3, seed=4)
POINTS = SETTINGS.changed(source="points", points=40)


def made_features(test: bool = False) -> KeptFeatures:
    """Two classes on either side of a plane, with noise, 40 training pictures each."""
    generator = np.random.default_rng(7)

    def part(each: int) -> tuple[np.ndarray, np.ndarray]:
        labels = np.repeat((0, 1), each)
        middles = np.where(labels[:, None] == 1, 0.7, -0.7) * np.array([1, -1, 1, 0, 0, 0])
        return (middles + generator.normal(size=(2 * each, SIZE))).astype(np.float32), labels

    (train, train_labels), (val, val_labels), (more, more_labels) = part(40), part(50), part(30)
    tests = {"test": more, "test_labels": more_labels} if test else {}
    return KeptFeatures(train, val, train_labels, val_labels, classes=2, **tests)


def plan(
    source: KeptFeatures, planned: tuple[int, ...] = (5, ALL), settings: RunSettings = SETTINGS, seeds: int = SEEDS
):
    sizes = {"val_size": len(source.val_labels), "test_size": 0 if source.test is None else len(source.test)}
    prepared = dataclasses.replace(made_run(Path("nowhere")).prepared, settings=settings, **sizes)
    return TransferComparison(prepared, seeds, planned)


def compared(source: KeptFeatures, start_of, **more) -> TransferComparison:
    *_, found = compare_starts(source, plan(source, **more), start_of, lambda _: None, never_stop)
    return found


def scratch(task: TrainingTask) -> Start:
    return None, {}


def taught(source: KeptFeatures) -> dict[str, np.ndarray]:
    """A head that tells the classes apart already: trained for long on all there is."""
    from qtl_core.training.compiled.many_runs import train_many
    from qtl_core.training.task import task_of

    (run,) = train_many([task_of(SETTINGS.changed(epochs=30), source)], never_stop)
    return dict(run.best_weights)


def test_equal_starts_are_equal_to_the_last_bit_and_tie():
    found = compared(made_features(), scratch)
    for amount in found.amounts:
        np.testing.assert_array_equal(amount.carried.accuracies, amount.scratch.accuracies)
    assert (
        conclusion(found)
        == "The carried start made no difference beyond luck with any of the 2 amounts of photos tried."
    )


def test_a_start_that_knows_the_task_is_found_to_help():
    source = made_features()
    head = taught(source)
    found = compared(source, lambda task: (head, {}))
    few = found.amounts[0]
    assert few.carried.accuracies[:, 0] == pytest.approx([few.carried.accuracies[0, 0]] * SEEDS)
    assert few.carried.accuracies[0, 0] > 0.75 > np.median(few.scratch.accuracies[:, 0])
    assert differences(found)[0].sign == "more"
    assert conclusion(found).startswith("The carried start helped: ")


def test_a_start_that_knows_the_opposite_is_found_to_do_harm():
    source = made_features()
    head = taught(source)
    upside_down = head | {name: -head[name] for name in ("post_net.weight", "post_net.bias")}
    found = compared(source, lambda task: (upside_down, {}))
    assert conclusion(found).startswith("The carried start did harm: ")


def test_what_stands_still_stays_and_is_counted():
    source = made_features()
    still = {"pre_net.weight": np.ones((2, SIZE), bool)}
    starts = []

    def start_of(task: TrainingTask) -> Start:
        starts.append(first_weights(task))
        return starts[-1], still

    found = compared(source, start_of, planned=(5,))
    assert found.trained[1] - found.trained[0] == 2 * SIZE
    assert len(starts) == SEEDS
    assert len({start["pre_net.weight"].tobytes() for start in starts}) == SEEDS  # each seed has its own fresh numbers


def test_amounts_are_nested_and_both_starts_see_the_same():
    source, seen = made_features(), {}

    def start_of(task: TrainingTask) -> Start:
        seen.setdefault(len(task.source.train_labels), []).append(task)
        return None, {}

    found = compared(source, start_of, planned=(3, 5, ALL))
    assert [amount.pictures for amount in found.amounts] == [6, 10, 80]
    for few, more in zip(seen[6], seen[10], strict=True):
        assert few.training.seed == more.training.seed
        assert {row.tobytes() for row in few.source.train} < {row.tobytes() for row in more.source.train}
        assert np.bincount(few.source.train_labels).tolist() == [3, 3]
    assert [task.training.seed for task in seen[6]] == list(range(4, 4 + SEEDS))


def test_the_test_part_is_judged_with_the_best_weights():
    source = made_features(test=True)
    head = taught(source)
    found = compared(source, lambda task: (head, {}), planned=(5,))
    assert (found.judged_by, found.judges) == ("test", 60)
    (amount,) = found.amounts
    assert amount.carried.tests.shape == (SEEDS,)
    assert amount.carried.tests.mean() > 0.7
    assert differences(found)[0].found.mean == pytest.approx(60 * (amount.carried.tests - amount.scratch.tests).mean())


def test_accuracies_by_epoch_end_with_those_that_are_kept():
    (amount,) = compared(made_features(), scratch, planned=(ALL,)).amounts
    arm = amount.scratch
    assert arm.accuracies.shape == (SEEDS, SETTINGS.training.epochs + 1)
    np.testing.assert_array_equal(arm.best, arm.accuracies[:, 1:].max(axis=1))


def test_progress_grows_over_all_trainings():
    told: list[Progress] = []
    source = made_features()
    list(compare_starts(source, plan(source), scratch, told.append, never_stop))
    training = [each for each in told if each.stage == STAGE]
    assert [each.done for each in training] == sorted(each.done for each in training)
    assert (training[-1].done, {each.total for each in training}) == (4 * SEEDS, {4 * SEEDS})


def test_what_is_done_when_it_is_stopped_is_of_use():
    source, found, stops = made_features(), [], []

    def should_stop() -> bool:
        return bool(stops)

    with pytest.raises(StoppedByUser):
        for each in compare_starts(source, plan(source), scratch, lambda _: None, should_stop):
            found.append(each)
            stops.append(True)
    (half,) = found
    assert not half.is_complete and len(half.amounts) == 1


def test_amounts_that_there_are_no_pictures_for_are_left_out():
    labels = np.repeat((0, 1), (30, 12))
    assert planned_amounts(labels, 2) == (5, 10, ALL)
    assert planned_amounts(labels, 2, (12, 30)) == (ALL,)
    assert planned_amounts(labels, 2, most=8) == (5, 8)
    assert planned_amounts(np.repeat((0, 1), 200), 2) == (5, 10, 20, 50, ALL)


def test_a_seed_that_breaks_down_is_named_and_left_out():
    source = made_features()

    def start_of(task: TrainingTask) -> Start:
        head = first_weights(task)
        if task.training.seed == 6:
            head["post_net.weight"] = np.full_like(head["post_net.weight"], 3e38)
        return head, {}

    (amount,) = compared(source, start_of, planned=(5,)).amounts
    assert amount.carried.diverged == (6,)
    assert len(amount.both) == SEEDS - 1


def test_a_carried_start_puts_what_travels_into_each_seeds_fresh_numbers():
    there = HeadFacts(SETTINGS, ("a", "b"), SIZE)
    here = HeadFacts(SETTINGS.changed(start_from="x", carry="pre_net,circuit", freeze="pre_net"), ("b", "c"), SIZE)
    source = made_features()
    head = taught(source)
    start_of, seen = carried_start(there, head, here), []
    found = compared(source, lambda task: seen.append((task, start_of(task))) or seen[-1][1], planned=(5,))
    for task, (start, fixed) in seen:
        np.testing.assert_array_equal(start["pre_net.weight"], head["pre_net.weight"])
        np.testing.assert_array_equal(start["post_net.weight"], first_weights(task)["post_net.weight"])
        assert fixed.keys() == {"pre_net.weight", "pre_net.bias"}
    assert found.trained == (2 + 6, 2 * (SIZE + 1) + 2 + 6)


def test_nothing_to_carry_is_refused():
    there = HeadFacts(SETTINGS, ("a", "b"), SIZE)
    here = HeadFacts(SETTINGS.changed(start_from="x", qubits=3), ("b", "c"), SIZE)
    with pytest.raises(UserError, match="Nothing of that run would be carried over"):
        carried_start(there, {}, here)


def request(run: str, **changes: object) -> ComparisonRequest:
    return ComparisonRequest(
        POINTS.changed(start_from=run, rotation_degrees=20.0, **changes), seeds=SEEDS, amounts=(5,)
    )


def test_a_kept_run_is_compared_from_the_store():
    run = train(POINTS.changed(epochs=5)).ended.run
    *_, found = compare(request(run), lambda _: None, never_stop)
    assert found.is_complete
    assert [amount.pictures for amount in found.amounts] == [10, 40]
    assert found.prepared.settings.transfer.start_from == run
    rows = comparison_rows(found)
    assert len(rows) == 2 * 2 * SEEDS * (POINTS.training.epochs + 1)
    assert {row["start"] for row in rows} == {"carried", "scratch"}


def test_a_run_is_compared_by_the_start_it_keeps_when_its_ancestor_is_gone():
    ancestor = train(POINTS.changed(epochs=5)).ended.run
    asked = request(ancestor, freeze="circuit")
    *_, there = compare(asked, lambda _: None, never_stop)
    child = train(asked.settings)
    delete([ancestor])
    with pytest.raises(UserError, match="was deleted"):
        list(compare(asked, lambda _: None, never_stop))
    *_, gone = compare(dataclasses.replace(asked, kept=kept_start(child)), lambda _: None, never_stop)
    for one, other in zip(there.amounts, gone.amounts, strict=True):
        assert_same(one, other)


def assert_same(one: Amount, other: Amount) -> None:
    for name in ("carried", "scratch"):
        np.testing.assert_array_equal(getattr(one, name).accuracies, getattr(other, name).accuracies)


def test_a_start_kept_with_a_run_gives_each_seed_its_own_fresh_numbers():
    ancestor = train(POINTS).ended.run
    asked = POINTS.changed(start_from=ancestor, carry="circuit", freeze="circuit")
    kept = kept_start(train(asked))
    source, seen = made_features(), []
    source = KeptFeatures(source.train[:, :2], source.val[:, :2], source.train_labels, source.val_labels, classes=2)
    start_of = kept_again(kept, asked)
    compared(source, lambda task: seen.append((task, start_of(task))) or seen[-1][1], planned=(5,), settings=asked)
    assert len(seen) == SEEDS
    for task, (start, fixed) in seen:
        np.testing.assert_array_equal(start["q_params"], kept.weights["q_params"])
        np.testing.assert_array_equal(start["pre_net.weight"], first_weights(task)["pre_net.weight"])
        assert fixed.keys() == {"q_params"} and fixed["q_params"].all()


@pytest.mark.parametrize(
    ("changes", "seeds", "what"),
    [
        ({"start_from": ""}, 20, "nothing to compare"),
        ({"backbone_mode": "published"}, 20, "cannot be compared"),
        ({}, 5, "5 seeds are too few"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_trained(changes: dict, seeds: int, what: str):
    with pytest.raises(UserError, match=what):
        comparison_job(SETTINGS.changed(**{"start_from": "x", **changes}), "me", seeds=seeds)


def test_the_view_of_the_job_grows_by_amounts():
    spec = comparison_job(SETTINGS.changed(start_from="x"), "me")
    assert (spec.payload.seeds, spec.payload.amounts, spec.owner) == (20, (5, 10, 20, 50), "me")
    assert comparison_job(SETTINGS.changed(start_from="x"), "me", run="a-run").id == job_of("a-run") != ""
    half = plan(made_features())
    view = spec.fold(spec.fold(spec.view, half), Progress(STAGE, 1, 2))
    assert (view.result, view.progress) == (half, Progress(STAGE, 1, 2))


def test_a_control_has_the_same_numbers_still_at_random_and_carries_nothing():
    source = made_features()
    head, still = taught(source), {"pre_net.weight": np.ones((2, SIZE), bool), "pre_net.bias": np.ones(2, bool)}
    told: list[Progress] = []
    *_, found = compare_starts(
        source, plan(source), lambda _: (head, still), told.append, never_stop, with_control=True
    )
    at_random = compared(source, lambda _: (None, still))
    for amount, alone in zip(found.amounts, at_random.amounts, strict=True):
        np.testing.assert_array_equal(amount.control.accuracies, alone.carried.accuracies)
    assert "(the control)" in cause_words(found)
    done = [each.done for each in told if each.stage == STAGE]
    assert done == sorted(done) and max(done) <= 3 * 2 * SEEDS == told[-1].total
    assert {row["start"] for row in comparison_rows(found)} == {"carried", "scratch", "control"}


def test_where_all_numbers_learn_there_is_no_control():
    source = made_features()
    head = taught(source)
    *_, found = compare_starts(
        source, plan(source, (5,)), lambda _: (head, {}), lambda _: None, never_stop, with_control=True
    )
    assert found.amounts[0].control is None and cause_words(found) == ""
