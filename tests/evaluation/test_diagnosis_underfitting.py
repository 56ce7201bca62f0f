"""Trainings that have not come far enough: said where it is so, never of one that goes well, and with what helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.remedies import remedy_for
from qtl_core.evaluation.diagnosis.underfitting import (
    kept_early,
    never_answered,
    slope_and_chance,
    still_falling,
    underfitted,
)
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings, TrainingSettings, is_small, small_set_training, steps_of
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask
from tests.helpers.made_histories import answers, history

FLAT = [0.66] * 30
STUCK = {"train": (10, 9), "confusion": ((3, 1), (2, 2)), "losses": FLAT, "accuracy": 12 / 19}


def kinds(view: RunView) -> list[str]:
    return [finding.kind for finding in diagnose(view)]


def remedy(view: RunView):
    return remedy_for(TrainedRun.of(view), diagnose(view))


def test_twelve_of_nineteen_of_its_own_pictures_are_too_few():
    """27 pictures, 19 to learn from: 30 epochs of the recipe are 150 steps, and 63% are right."""
    view = history(**STUCK)
    (finding,) = [each for each in diagnose(view) if each.kind in ("underfitting", "nothing learnt")]
    assert finding.kind == "nothing learnt" or "12 of 19" in finding.what
    assert "12 of 19 (63.2%)" in underfitted(view).what or "12 of 19 (63%)" in underfitted(view).what
    assert "150 steps in 30 epochs; the paper takes 1,830" in underfitted(view).why
    found = remedy(view)
    assert found.label == "Use the small-set settings and train"
    assert found.settings.training == small_set_training(19)
    assert steps_of(found.settings.training, 19) >= 1830


@pytest.mark.parametrize(
    "changes",
    [
        {"accuracy": 17 / 19},  # what is missed while weights still move
        {"over": False},
        {"augmentation": True},  # no picture is seen twice
        {"train": (1300, 1300)},  # more pictures than numbers: no linear layer need get them all
        {"train": (62, 61)},  # no small set: what is missed may have wrong labels
        {"confusion": ((4, 0), (0, 4))},  # validation, after the epoch, is right
    ],
)
def test_what_may_be_well_is_not_called_underfitted(changes):
    assert underfitted(history(**(STUCK | changes))) is None


def test_a_loss_that_falls_to_the_end_goes_on_at_its_rate():
    falling = list(np.linspace(0.69, 0.45, 8))
    view = history((100, 100), losses=falling, epochs=8, accuracy=0.8)
    (finding,) = diagnose(view)
    assert finding.kind == "still falling" and "over the last 5 epochs" in finding.what
    assert remedy(view).label == "Train 2 more epochs"
    course = {"train": (100, 100), "epochs": 8, "accuracy": 0.8}
    assert still_falling(history(losses=[*falling[:-5], *[0.5] * 5], **course)) is None
    assert still_falling(history(losses=list(np.linspace(0.3, 0.1, 8)), **course)) is None, "it has learnt most of it"
    assert still_falling(history(losses=falling, **course | {"accuracy": 0.95})) is None, "it only gets surer"


def test_vanishing_gradients_are_not_answered_with_more_steps():
    view = history((50, 50), ((20, 10), (10, 20)), [0.7, 0.69, 0.68], accuracy=0.5)
    epochs = tuple(replace(epoch, layer_gradients=(0.001,) * 6) for epoch in view.epochs)
    assert underfitted(view) is not None
    assert kinds(replace(view, epochs=epochs)) == ["vanishing"]


def test_a_slope_is_held_against_its_scatter_by_a_t_test():
    dice = np.random.default_rng(3)
    for _ in range(20):
        losses = dice.normal(size=9) - 0.2 * np.arange(9)
        fit = stats.linregress(np.arange(9), losses, alternative="less")
        slope, chance = slope_and_chance(losses)
        assert slope == pytest.approx(fit.slope) and chance == pytest.approx(fit.pvalue)
    assert slope_and_chance(np.full(6, 0.5)) == (0.0, 1.0)


def test_a_flat_noisy_curve_is_called_falling_once_in_a_hundred_at_most():
    dice, trials = np.random.default_rng(5), 2000
    called = sum(slope_and_chance(dice.normal(size=10))[1] < 0.01 for _ in range(trials))
    assert called <= 0.01 * trials + 3 * np.sqrt(0.01 * trials)


def test_a_class_that_the_kept_weights_never_answer_is_named():
    told = [answers(((4, 0), (4, 0))), answers(((3, 1), (1, 3)))]
    view = history((10, 10), ((4, 0), (4, 0)), [0.6, 0.3], probabilities=told, accuracy=0.95)
    assert never_answered(view).what == "bees is never answered, though 4 validation pictures show it."
    few = history((10, 10), ((4, 0), (2, 0)), [0.6, 0.3], accuracy=0.95)
    assert never_answered(few) is None, "of two pictures both are missed once in nine times"


def test_weights_kept_before_anything_was_learnt_are_said_and_the_loss_keeps_later_ones():
    early, late = answers(((3, 1), (1, 3)), 0.55), answers(((3, 1), (1, 3)), 0.7)
    view = history((10, 10), ((3, 1), (1, 3)), [0.69, 0.3], probabilities=[early, late], accuracy=1.0)
    epochs = (replace(view.epochs[0], train_accuracy=0.5), view.epochs[1])
    view = replace(view, epochs=epochs)
    assert "of epoch 1, when 10 of 20" in kept_early(view).what
    assert remedy(view).settings.training.best_by == "loss"
    assert kept_early(replace(view, epochs=(replace(epochs[0], train_accuracy=0.95), epochs[1]))) is None


def test_none_of_it_is_said_of_two_hundred_trainings_that_go_well():
    """The recipe on two clouds of points, each seed its own draw; a class left out would take a table of answers."""
    tasks, training = [], TrainingSettings(learning_rate=0.002)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        direction, labels = rng.standard_normal(32) / np.sqrt(32), np.arange(80) % 2
        made = [
            (rng.standard_normal((80, 32)) + 4 * np.outer(2 * labels - 1, direction)).astype(np.float32)
            for _ in range(2)
        ]
        source = KeptFeatures(*made, labels, labels, classes=2)
        tasks.append(TrainingTask(RunSettings().circuit, replace(training, seed=seed), source))
    said = 0
    for result in train_many(tasks, lambda: False):
        view = history((40, 40), ((40, 0), (0, 40)), list(result.train_losses), learning_rate=0.002)
        figures = zip(view.epochs, result.train_accuracies, result.val_accuracies, result.val_losses, strict=True)
        epochs = tuple(
            replace(
                epoch,
                train_accuracy=float(train),
                val_accuracy=float(val),
                val_loss=float(loss),
                is_best=epoch.epoch == result.best_epoch,
            )
            for epoch, train, val, loss in figures
        )
        view = replace(view, epochs=epochs)
        said += any(check(view) is not None for check in (underfitted, still_falling, kept_early))
    assert said == 0


@pytest.mark.parametrize("pictures", [1, 4, 19, 40, 122, 244, 5000])
def test_few_pictures_get_the_paper_s_steps_within_the_longest_training(pictures):
    made = small_set_training(pictures, TrainingSettings(seed=7, learning_rate=0.1))
    assert made.seed == 7 and made.learning_rate == 0.0004 and made.best_by == "loss"
    assert steps_of(made, pictures) >= 1830 or made.epochs == 500
    assert made.epochs >= 30 and 2 * made.step_size < made.epochs <= 3 * made.step_size
    assert is_small(pictures) == (pictures <= 122)


def test_no_pictures_are_no_small_set():
    assert not is_small(0)
    with pytest.raises(ValueError):
        small_set_training(0)


def test_whoever_follows_remedies_comes_to_an_end():
    view, seen = history(**STUCK), []
    while (found := remedy(view)) and found.settings is not None:
        assert found.settings not in seen
        seen.append(found.settings)
        view = replace(view, prepared=replace(view.prepared, settings=found.settings))
        assert len(seen) < 20
    assert len(seen) >= 2
