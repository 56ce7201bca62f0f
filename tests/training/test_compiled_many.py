"""Many runs at once give what each gives alone, in order, and end when they are told to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.runs.events import EpochDone
from qtl_core.training.compiled import setup
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.compiled.many_runs import RunResult, train_many
from qtl_core.training.compiled.setup import make_splits, open_features
from qtl_core.training.compiled.workspace import CACHE_LINE
from qtl_core.training.task import KeptFeatures, TrainingTask
from tests.training.test_compiled_engine import task


def seeds(work: TrainingTask, count: int) -> list[TrainingTask]:
    return [replace(work, training=replace(work.training, seed=seed)) for seed in range(count)]


def alone(work: TrainingTask) -> list[EpochDone]:
    return [event for event in train_compiled(work, None, lambda: False) if isinstance(event, EpochDone)]


def assert_same(result: RunResult, epochs: list[EpochDone]) -> None:
    assert result.train_losses.tolist() == [epoch.train_loss for epoch in epochs]
    assert result.train_accuracies.tolist() == [epoch.train_accuracy for epoch in epochs]
    assert result.val_losses.tolist() == [epoch.val_loss for epoch in epochs]
    assert result.val_accuracies.tolist() == [epoch.val_accuracy for epoch in epochs]
    best = epochs[-1].checkpoint
    assert (result.best_epoch, result.best_val_accuracy, result.best_val_loss) == (
        best.best_epoch,
        best.best_val_accuracy,
        best.best_val_loss,
    )
    assert all(np.array_equal(result.best_weights[name], values) for name, values in best.best_weights.items())


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_seed_trains_as_it_does_alone(threads):
    works = seeds(task(views=3, epochs=4), 7)
    results = train_many(works, lambda: False, threads)
    assert len(results) == 7
    for result, work in zip(results, works, strict=True):
        assert_same(result, alone(work))


def test_settings_of_all_kinds_can_be_mixed():
    works = [
        task(precision="single"),
        task(best_by="loss", epochs=5),
        task(views=2, classes=3),
        task(replace(task().circuit, rotation="rot"), batch_size=9),
    ]
    for result, work in zip(train_many(works, lambda: False), works, strict=True):
        assert_same(result, alone(work))


def test_nothing_to_do_is_done():
    assert train_many([], lambda: False) == []


def test_progress_ends_with_all_runs_done():
    told = []
    train_many(seeds(task(), 5), lambda: False, 2, lambda done, total: told.append((done, total)))
    assert told[-1] == (5, 5)
    assert told == sorted(told)


def test_a_stop_ends_runs_under_way():
    long = task(replace(task().circuit, qubits=12, depth=20), epochs=500)
    with pytest.raises(StoppedByUser):
        train_many(seeds(long, 4), lambda: True, 2)


def test_an_error_in_one_run_is_raised():
    class NotKept:
        pass

    with pytest.raises(TypeError):
        train_many([replace(task(), source=NotKept())], lambda: False)


def test_many_features_are_not_copied(monkeypatch):
    monkeypatch.setattr(setup, "MOST_COPIED", 0)
    work = task(precision="single", views=2)
    train, val = open_features(work)
    assert np.shares_memory(train, work.source.train)
    assert np.shares_memory(make_splits([work], [(train, val)])[1].features, work.source.val)


def test_few_features_are_lined_up_and_train_as_they_lie():
    rows = np.random.default_rng(1).standard_normal((41, 16)).astype(np.float32)
    across = np.zeros(41 * 16 + 1, np.float32)[1:].reshape(41, 16)
    across[:] = rows
    labels = np.arange(41) % 2
    works = [
        replace(
            task(precision="single"), source=KeptFeatures(each[:25], each[25:], labels[:25], labels[25:], classes=2)
        )
        for each in (rows, across)
    ]
    assert all(features.ctypes.data % CACHE_LINE == 0 for work in works for features in open_features(work))
    one, other = train_many(works, lambda: False)
    assert_same(one, alone(works[1]))
    assert one.val_losses.tolist() == other.val_losses.tolist()
