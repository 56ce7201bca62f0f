"""Numbers that stop being finite end a training, in the epoch in which it is seen, with every engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.common.errors import DivergedError, UserError
from qtl_core.evaluation.calibration import why_not_measured
from qtl_core.exchange.heads.writing import head_bytes
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.explain.decision_map.request import why_no_map
from qtl_core.explain.validation_angles import why_no_inputs
from qtl_core.export.run_script import run_script
from qtl_core.export.tables import to_csv
from qtl_core.inference.predictor import Predictor
from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.divergence import check_epoch, is_finite, why_no_head
from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.runs.store import keep_run
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.compiled import many_runs, setup
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.engines import ENGINES
from qtl_core.training.starting import first_weights
from qtl_core.training.task import KeptFeatures, TrainingTask
from tests.helpers.made_runs import made_epoch, made_run

LABELS = np.array([0, 1, 0, 1])


def source(seed: int = 0) -> KeptFeatures:
    values = np.random.default_rng(seed).standard_normal((6, 3))
    return KeptFeatures(values[:4], values[4:], LABELS, LABELS[:2], classes=2)


def too_wide(task: TrainingTask) -> dict[str, np.ndarray]:
    """Weights as one step too wide leaves them: finite, but the scores lie farther apart than a number can say."""
    return {**first_weights(task), "post_net.bias": np.array([3e38, -3e38], np.float32)}


def task(kept: object, **training) -> TrainingTask:
    return TrainingTask(CircuitSettings(2, 1), TrainingSettings(**{"epochs": 3, "batch_size": 2, **training}), kept)


def until_it_breaks(events: Iterable[BatchDone | EpochDone]) -> tuple[list[BatchDone | EpochDone], DivergedError]:
    told = []
    with pytest.raises(DivergedError) as broken:
        for event in events:
            told.append(event)
    return told, broken.value


class BreakingDown:
    """A backbone that drifts until, in its second epoch, it gives no numbers any more: as "as published" may."""

    feature_size, classes, train_labels, val_labels = 3, 2, LABELS, LABELS[:2]

    def train_batch(self, epoch: int, indices: np.ndarray) -> torch.Tensor:
        return torch.ones(len(indices), 3) if epoch == 1 else torch.full((len(indices), 3), torch.nan)

    def validation(self) -> torch.Tensor:
        return torch.ones(2, 3)

    def state(self) -> dict[str, np.ndarray]:
        return {}


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize("epoch", [0, 2])
def test_a_loss_beyond_numbers_ends_it_in_that_epoch(engine, epoch):
    work = task(source(), epochs=4)
    start = Checkpoint(epoch, too_wide(work), {}, {}, epoch * 2)
    told, broken = until_it_breaks(ENGINES[engine](work, start, lambda: False))
    assert told == []
    assert (broken.epoch, broken.quantity) == (epoch + 1, "training loss")
    said = f"Training broke down in epoch {epoch + 1}: the training loss stopped being finite."
    assert str(broken).startswith(said)
    assert "Lower the learning rate" in broken.do


@pytest.mark.parametrize("engine", list(ENGINES))
def test_a_loss_beyond_numbers_on_validation_pictures_alone_ends_it_too(engine):
    one_class = KeptFeatures(source().train, source().val, [0] * 4, [0, 1], classes=2)
    work = task(one_class)
    told, broken = until_it_breaks(ENGINES[engine](work, Checkpoint(0, too_wide(work), {}, {}, 0), lambda: False))
    assert not [event for event in told if isinstance(event, EpochDone)]
    assert (broken.epoch, broken.quantity) == (1, "validation loss")


@pytest.mark.parametrize("engine", ["torch", "pennylane"])
def test_a_backbone_that_drifts_away_ends_it_and_the_epoch_before_is_whole(engine):
    told, broken = until_it_breaks(ENGINES[engine](task(BreakingDown()), None, lambda: False))
    assert [event.epoch for event in told if isinstance(event, EpochDone)] == [1]
    assert (broken.epoch, broken.quantity) == (2, "training loss")


@pytest.mark.parametrize(
    ("change", "quantity"),
    [
        ({"train_loss": np.nan}, "training loss"),
        ({"val_loss": np.inf}, "validation loss"),
        ({"checkpoint": Checkpoint(4, {"q_params": np.array([0, np.nan])}, {}, {}, 1)}, "head's weights"),
        ({"checkpoint": Checkpoint(4, {}, {"q_params": np.array([np.inf])}, {}, 1)}, "gradients"),
        ({"checkpoint": Checkpoint(4, {}, {}, {"q_params": np.array([np.inf])}, 1)}, "gradients"),
    ],
)
def test_an_epoch_is_broken_by_any_of_its_numbers(change, quantity):
    good = made_epoch(4, 3, is_best=False)
    assert check_epoch(good) is good
    with pytest.raises(DivergedError) as broken:
        check_epoch(replace(good, **change))
    assert (broken.value.epoch, broken.value.quantity) == (4, quantity)


def test_of_many_runs_those_that_broke_down_are_told_apart(monkeypatch):
    kept = source()
    tasks = [task(kept, seed=seed) for seed in (0, 1, 2)]
    monkeypatch.setattr(
        setup, "first_weights", lambda each: too_wide(each) if each is tasks[1] else first_weights(each)
    )
    good, broken, other = train_many(tasks, lambda: False)
    assert (good.diverged, broken.diverged, other.diverged) == (0, 1, 0)
    assert np.isnan([broken.best_val_loss, broken.best_val_accuracy]).all()
    assert np.isfinite([good.best_val_loss, other.best_val_loss]).all()


@pytest.mark.parametrize("group", ["weights", "first", "second"])
def test_a_gradient_that_is_not_finite_breaks_one_of_many_runs_too(group, monkeypatch):
    advance = many_runs.advance

    def breaking(model, *rest):
        advance(model, *rest)
        getattr(model.optimiser, group)[0, 4] = np.inf

    monkeypatch.setattr(many_runs, "advance", breaking)
    (found,) = train_many([task(source())], lambda: False)
    assert found.diverged == 3


# Runs of earlier versions, which trained on with numbers that were none


@pytest.fixture
def broken_view(tmp_path):
    view = made_run(tmp_path)
    last = view.epochs[-1]
    head = {**initial_weights(512, 2, view.prepared.settings.circuit, 0.01, 0), "post_net.bias": np.array([0, np.nan])}
    checkpoint = replace(last.checkpoint, weights=head, best_weights=head)
    broken = replace(last, checkpoint=checkpoint, val_probabilities=last.val_probabilities * np.float32(np.nan))
    return replace(view, epochs=(*view.epochs[:-1], replace(broken, is_best=True)))


def test_weights_that_are_no_numbers_are_told_from_those_that_are(broken_view, tmp_path):
    assert "not finite numbers" in why_no_head(broken_view)
    assert why_no_head(made_run(tmp_path)) == ""
    assert is_finite(made_run(tmp_path).checkpoint)
    assert not is_finite(broken_view.checkpoint)


@pytest.mark.parametrize(
    "ask",
    [Predictor, run_script, lambda view: head_bytes(view, ".pt"), lambda view: archive_bytes(keep_run(view))],
    ids=["predict", "script", "head", "archive"],
)
def test_nothing_answers_with_them_or_takes_them_along(broken_view, ask):
    with pytest.raises(UserError, match="broke down"):
        ask(broken_view)


def test_what_needs_them_says_why_there_is_none(broken_view):
    assert "broke down" in why_no_inputs(broken_view)
    assert "broke down" in why_no_map(broken_view)
    assert "broke down" in why_not_measured(broken_view)


def test_a_table_has_empty_cells_where_numbers_are_none():
    told = to_csv([{"epoch": 1, "train_loss": np.nan, "val_loss": float("inf"), "seconds": 0.5}])
    assert told.split() == ["epoch,train_loss,val_loss,seconds", "1,,,0.5"]
