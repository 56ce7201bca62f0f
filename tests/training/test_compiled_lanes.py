"""Runs that train side by side in the lanes of one register give what each gives alone, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.settings import CircuitSettings, ModelSettings, TrainingSettings
from qtl_core.settings.heads import HEADS
from qtl_core.training.compiled.code_cache import jit
from qtl_core.training.compiled.grouping import groups_of
from qtl_core.training.compiled.lane_functions import exponential, set_small_turn, set_turn, tanh
from qtl_core.training.compiled.lanes import LANES, load, store, total
from qtl_core.training.compiled.many_runs import RunResult, train_many
from qtl_core.training.compiled.workspace import CACHE_LINE, aligned
from qtl_core.training.task import KeptFeatures, TrainingTask
from tests.training.test_compiled_many import alone, assert_same

TRAIN, VAL, FEATURES = 21, 18, 5  # no multiples of a batch, of a register, or of four


def source(seed: int = 5) -> KeptFeatures:
    rng = np.random.default_rng(seed)
    labels = np.arange(TRAIN + VAL) % 2
    rows = rng.standard_normal((2, FEATURES))[labels] + rng.standard_normal((TRAIN + VAL, FEATURES))
    rows = rows.astype(np.float32)
    return KeptFeatures(rows[:TRAIN], rows[TRAIN:], labels[:TRAIN], labels[TRAIN:], classes=2)


SHARED = source()


def task(seed: int = 0, head: str = "dressed", **training) -> TrainingTask:
    chosen = {"epochs": 4, "batch_size": 4, "learning_rate": 0.02, "q_delta": 0.5, "seed": seed}
    circuit = CircuitSettings(2, 2)
    return TrainingTask(circuit, TrainingSettings(**chosen | training), SHARED, model=ModelSettings(head, 3))


def neighbours(work: TrainingTask) -> list[TrainingTask]:
    """Seven others of the same shape, of other seeds, rates, schedules, ways to be best, weights and pictures."""
    changes = (
        {"learning_rate": 1.0},
        {"schedule": "one_cycle"},
        {"best_by": "loss", "patience": 1, "learning_rate": 0.5},
        {"class_weights": "balanced", "label_smoothing": 0.3},
        {"weight_decay": 0.2},
        {"warm_up": 2},
    )
    near = [replace(work, training=replace(work.training, seed=9 + k, **each)) for k, each in enumerate(changes)]
    return [*near, replace(work, source=source(7))]


def same(one: RunResult, other: RunResult) -> bool:
    names = ("train_losses", "train_accuracies", "val_losses", "val_accuracies")
    figures = all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)
    weights = one.best_weights.keys() == other.best_weights.keys() and all(
        np.array_equal(one.best_weights[name], values, equal_nan=True) for name, values in other.best_weights.items()
    )
    return figures and weights and (one.best_epoch, one.diverged) == (other.best_epoch, other.diverged)


def never() -> bool:
    return False


@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("batch_size", [1, 3, 4, 7, 20])
@pytest.mark.parametrize("head", HEADS)
def test_a_run_does_not_depend_on_its_neighbours(head, batch_size, precision):
    work = replace(task(head=head, batch_size=batch_size), precision=precision)
    works = [work, *neighbours(work)]
    together = train_many(works, never, threads=1)
    assert len(together) == len(works) == 8
    for number, run in enumerate(together):
        (by_itself,) = train_many([works[number]], never, threads=1)
        assert same(run, by_itself), number
    assert_same(together[0], alone(work))


def test_the_order_and_the_number_of_the_neighbours_do_not_matter():
    works = [task(), *neighbours(task())]
    expected = train_many(works, never, threads=1)
    assert len(expected) == 8
    for order in ([7, 2, 5, 0, 1, 4, 6, 3], [3, 2], [6, 0, 4]):
        for place, run in zip(order, train_many([works[place] for place in order], never, threads=1), strict=True):
            assert same(run, expected[place]), (order, place)


@pytest.mark.parametrize("head", ["dressed", "mlp", "linear"])
@pytest.mark.parametrize("broken", range(4))
def test_a_neighbour_that_breaks_down_takes_nobody_with_it(broken, head):
    works = [task(seed, head) for seed in range(4)]
    expected = train_many(works, never, threads=1)
    start = {name: values.copy() for name, values in expected[0].best_weights.items()}
    start["post_net.weight"][:] = np.float32(3e38)
    works[broken] = replace(works[broken], start=start)
    found = train_many(works, never, threads=1)
    assert [run.diverged > 0 for run in found] == [number == broken for number in range(4)]
    others = set(range(4)) - {broken}
    assert all(same(found[number], expected[number]) for number in others)


def test_runs_that_end_early_stand_still_while_the_others_go_on():
    hasty = {"patience": 1, "best_by": "loss", "learning_rate": 0.5, "epochs": 12}
    works = [task(0, **hasty), task(1, epochs=12), task(2, **hasty)]
    found = train_many(works, never, threads=1)
    assert len(found[0].val_losses) < 12
    assert len(found[1].val_losses) == 12
    for run, work in zip(found, works, strict=True):
        assert_same(run, alone(work))


def test_masks_and_carried_starts_train_side_by_side():
    start = {name: values * 2 for name, values in train_many([task()], never)[0].best_weights.items()}
    fixed = {"q_params": np.ones(4, bool), "pre_net.weight": np.arange(10).reshape(2, 5) % 3 == 0}
    works = [replace(task(seed), start=start, fixed=fixed) for seed in range(3)]
    assert len(groups_of(works, 1)) == 1
    assert all(run.diverged == 0 for run in train_many(works, never, threads=1))
    for run, work in zip(train_many(works, never, threads=1), works, strict=True):
        assert_same(run, alone(work))


# Who trains with whom


def test_runs_of_one_shape_share_a_register_and_others_do_not():
    works = [task(seed) for seed in range(6)] + [task(head="linear"), task(batch_size=5), task(epochs=2)]
    assert groups_of(works, 1) == [[0, 1, 2, 3], [4, 5], [6], [7], [8]]
    assert groups_of(works, 1, side_by_side=False) == [[number] for number in range(9)]


def test_no_thread_is_left_without_work_for_the_sake_of_full_registers():
    assert groups_of([task(seed) for seed in range(4)], 2) == [[0, 1], [2, 3]]


@pytest.mark.parametrize(("batch_size", "room"), [(1, 16), (2, 8), (3, 4), (4, 4), (5, 2), (8, 2), (9, 1), (40, 1)])
def test_so_many_runs_as_their_batches_leave_lanes(batch_size, room):
    assert len(groups_of([task(seed, batch_size=batch_size) for seed in range(20)], 1)[0]) == room


def test_other_pictures_are_not_copied_where_they_are_many(monkeypatch):
    works = [task(), replace(task(), source=source(7)), task(1)]
    assert groups_of(works, 1) == [[0, 1, 2]]
    monkeypatch.setattr("qtl_core.training.compiled.grouping.MOST_COPIED", 100)
    assert groups_of(works, 1) == [[0, 2], [1]]


# The functions of all lanes


@jit
def applied(which, numbers, found, cosines, sines):
    for row in range(len(numbers)):
        value = load(numbers, row)
        if which == 0:
            store(found, row, exponential(value, numbers.dtype.type))
        elif which == 1:
            store(found, row, tanh(value, numbers.dtype.type))
        elif which == 2:
            set_turn(value, cosines, sines, row)
        else:
            set_small_turn(value, cosines, sines, row)


def of_lanes(which: int, numbers: np.ndarray) -> tuple[np.ndarray, ...]:
    found = [np.zeros_like(numbers) for _ in range(3)]
    applied(which, numbers, *found)
    return tuple(found)


PRECISIONS = pytest.mark.parametrize(("dtype", "exact"), [(np.float64, 2e-15), (np.float32, 4e-7)])


@PRECISIONS
def test_the_functions_are_those_of_numpy(dtype, exact):
    wide = np.linspace(-30, 30, 64 * LANES).reshape(-1, LANES).astype(dtype)
    small = np.linspace(-np.pi / 4, np.pi / 4, 64 * LANES).reshape(-1, LANES).astype(dtype)
    for which, numbers in ((2, wide), (3, small)):
        _, cosines, sines = of_lanes(which, numbers)
        np.testing.assert_allclose(cosines, np.cos(numbers.astype(np.float64)), atol=exact)
        np.testing.assert_allclose(sines, np.sin(numbers.astype(np.float64)), atol=exact)
    np.testing.assert_allclose(of_lanes(1, wide)[0], np.tanh(wide.astype(np.float64)), atol=exact)
    np.testing.assert_allclose(of_lanes(0, wide)[0], np.exp(wide.astype(np.float64)), rtol=exact)


@PRECISIONS
def test_beyond_their_range_they_stay_finite_and_no_number_stays_none(dtype, exact):
    odd = np.zeros((1, LANES), dtype)
    odd[0, :4] = 1e30, -1e30, np.nan, 0
    powers, bent = of_lanes(0, odd)[0][0], of_lanes(1, odd)[0][0]
    assert np.isfinite(powers[[0, 1, 3]]).all()
    assert powers[1] == pytest.approx(0, abs=1e-37)
    assert bent[[0, 1, 3]].tolist() == [1, -1, 0]
    assert np.isnan(powers[2])
    assert np.isnan(bent[2])
    assert exact


@jit
def totals(numbers, width, found):
    store(found, 0, total(load(numbers, 0), width))


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_a_total_is_that_of_a_run_s_lanes(width):
    numbers = np.arange(LANES, dtype=np.float64)[None]
    found = np.zeros_like(numbers)
    totals(numbers, width, found)
    expected = numbers.reshape(-1, width).sum(axis=1).repeat(width)
    assert found[0].tolist() == expected.tolist()


def test_rows_begin_lines_of_the_cache():
    assert CACHE_LINE == 64
    for dtype in (np.float32, np.float64):
        rows = aligned(3, 21, np.dtype(dtype))
        assert all(row.ctypes.data % CACHE_LINE == 0 for row in rows)
        assert rows.shape[1] >= 21
        assert rows.flags.c_contiguous
