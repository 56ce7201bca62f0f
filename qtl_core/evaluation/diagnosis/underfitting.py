"""Findings on a training that has not come as far as it could: pictures not learnt, a loss still falling, a class left.

False alarms over runs of the paper's recipe that go well (ants and bees, photos; 200 seeds with MobileNetV2 and 200
with EfficientNet-Lite0): none of `underfitted`, none of `still_falling`. All had 144 of 153 right or more, so no class
was left out. `kept_early` was not counted on photos; `tests/evaluation/test_diagnosis_underfitting.py` holds that it
and the first two say nothing of 200 trainings on made features.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtl_core.evaluation.diagnosis.chance import (
    BY_LUCK,
    is_missed,
    is_worse,
    right_in_training,
    training_guessing_loss,
)
from qtl_core.evaluation.diagnosis.finding import Finding, figures
from qtl_core.evaluation.metrics import evaluation_of, percent
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import is_small, numbers_rate, steps_of
from qtl_core.settings.presets import PAPER_FEATURES, PAPER_STEPS, is_slow_for

# Runs of the recipe end with 94% of the training pictures right or more.
FAR_BELOW = 0.85
FEWEST_EPOCHS = 5  # of a slope: fewer points lie on a line too often
FAR_TO_GO = 0.5  # share of guessing's loss: what is below has learnt most of what there is
WORTHWHILE = 0.1  # share of guessing's loss by which as many epochs again would lower it


def underfitted(view: TrainedRun) -> Finding | None:
    """Fewer training pictures are right than a linear layer on the same features gets right.

    With no more pictures than a feature vector has numbers, some linear layer gets every training picture right,
    whatever the labels (Cover 1965), so the probe's figure is known without training one. Compares how many are right
    in the last epoch with that, by Fisher's exact test and by a margin (`FAR_BELOW`). The null cases are a training
    that is at its end, with the few pictures that it misses while weights still move; one whose validation pictures
    are right, as training's are counted while an epoch still changes the weights; and a larger set (`is_small`), some
    of whose labels are wrong: more steps would only learn those by heart. Nothing is said of augmented training, which
    never sees the same picture twice, nor while a run goes on.
    """
    prepared, right = view.prepared, right_in_training(view)
    size = prepared.train_size
    if not view.is_over or why_not_compared(prepared):
        return None
    if max(right / size, view.epochs[-1].val_accuracy) > FAR_BELOW or not is_worse(right, size, size, size):
        return None
    steps = steps_of(replace(prepared.settings.training, epochs=len(view.epochs)), size)  # it may have been stopped
    few = f" {size} pictures are {steps:,} steps in {len(view.epochs)} epochs; the paper takes {PAPER_STEPS:,}."
    return Finding(
        "underfitting",
        f"It has not learnt its own training pictures: {right} of {size} ({percent(right / size)}) are right.",
        "A plain linear layer on the same features can get all of them right, so there is more to be had from them."
        + (few if steps < PAPER_STEPS else ""),
        "Train for more steps.",
    )


def why_not_compared(prepared: Prepared) -> str:
    """Returns why it is not known how many training pictures can be learnt, as a sentence; "" where it is."""
    size, numbers = prepared.train_size, prepared.feature_size
    unsought = "Whether training pictures are learnt is not looked at"
    if not size:
        return f"{unsought}: how many there were is not known."
    if prepared.settings.training.augmentation:
        return f"{unsought}: with augmentation no picture is seen twice."
    if not is_small(size):
        return f"{unsought}: among {size:,} some labels may be wrong, and would only be learnt by heart."
    if size > numbers:
        return f"{unsought}: of {size:,}, more than the {numbers:,} features, a linear layer need not get all right."
    return ""


def slow_for_numbers(view: TrainedRun) -> Finding | None:
    """Points or rows of a table are not learnt, at a learning rate that is far below what suits so few numbers.

    A step moves the sum over a row's numbers by about the rate times how many there are; the paper's rate is made for
    512 (`numbers_rate`). Says so where fewer training rows are right than `FAR_BELOW` at the end, and the rate is a
    quarter of what suits them or less. The null cases are a training that has its rows right at whatever rate, and one
    at a rate that suits them, of whose rows more cannot be told apart.
    """
    prepared, right = view.prepared, right_in_training(view)
    training, size, features = prepared.settings.training, prepared.train_size, prepared.feature_size
    if not view.is_over or not prepared.settings.data.is_numbers or not size or underfitted(view):
        return None
    if not is_slow_for(training, features) or max(right / size, view.epochs[-1].val_accuracy) > FAR_BELOW:
        return None
    noun = prepared.settings.data.noun
    return Finding(
        "underfitting",
        f"It has not learnt its own training {noun}: {right:,} of {size:,} ({percent(right / size)}) are right.",
        f"A higher rate learns more: {training.learning_rate:g} is a small step for {features:,} "
        f"number{'s' if features != 1 else ''} a row, where {numbers_rate(features):g} suits; the paper's rate is made "
        f"for {PAPER_FEATURES} numbers a picture.",
        f"Raise the learning rate to {numbers_rate(features):g}.",
    )


def still_falling(view: TrainedRun) -> Finding | None:
    """The training loss still falls when training ends, with far to go.

    Compares the slope of the last third of the epochs, five or more, with the scatter about it (least squares,
    one-sided t test). The null cases are a flat noisy curve, which gives such a slope once in a hundred, and a training
    that has its pictures right (`FAR_BELOW`), whose loss falls as it gets surer of them. The fall must be worth it as
    well: as many epochs again would lower the loss by a tenth of guessing's. Of two to four epochs no scatter can be
    told from a slope: there the loss must have fallen at every one.
    """
    losses = np.array([epoch.train_loss for epoch in view.epochs])
    guessing = training_guessing_loss(view.prepared)
    has_learnt = right_in_training(view) > FAR_BELOW * view.prepared.train_size
    if has_learnt or not view.is_over or losses[-1] < FAR_TO_GO * guessing:
        return None
    is_short = len(losses) < FEWEST_EPOCHS
    recent = losses if is_short else losses[-max(FEWEST_EPOCHS, len(losses) // 3) :]
    slope, why = _fall_at_every_epoch(recent) if is_short else _fall_beyond_scatter(recent)
    if -slope * len(losses) < WORTHWHILE * guessing:
        return None
    before, after = figures(float(recent[0]), float(recent[-1]))
    return Finding(
        "still falling",
        f"The training loss is still falling at the end: from {before} to {after} over the last {len(recent)} epochs.",
        why,
        "Train for more epochs.",
    )


def _fall_at_every_epoch(losses: np.ndarray) -> tuple[float, str]:
    """Returns the mean slope of a few losses and what it says; no slope where one of them did not fall."""
    if len(losses) < 2 or not (np.diff(losses) < 0).all():
        return 0.0, ""
    return float(losses[-1] - losses[0]) / (len(losses) - 1), "It fell at every epoch, and these are all there were."


def _fall_beyond_scatter(losses: np.ndarray) -> tuple[float, str]:
    """Returns the slope of losses and what it says; no slope where luck gives one as steep once in a hundred."""
    slope, chance = slope_and_chance(losses)
    if chance >= BY_LUCK / 5:
        return 0.0, ""
    return (
        slope,
        f"That is {-slope:.2g} an epoch, more than its scatter: luck gives such a slope less than once in a hundred.",
    )


def slope_and_chance(losses: np.ndarray) -> tuple[float, float]:
    """Returns the slope of losses an epoch, and the chance of one as steep downwards where the curve is flat."""
    from scipy.special import stdtr

    epochs = np.arange(len(losses)) - (len(losses) - 1) / 2
    slope = float(epochs @ losses / (epochs @ epochs))
    scatter = losses - losses.mean() - slope * epochs
    error = float(np.sqrt(scatter @ scatter / (len(losses) - 2) / (epochs @ epochs)))
    if error == 0:
        return slope, float(slope >= 0)
    return slope, float(stdtr(len(losses) - 2, slope / error))


def never_answered(view: TrainedRun) -> Finding | None:
    """A class is never answered by the weights that are kept, though validation pictures show it.

    The weights kept are those of the best epoch, which may lie long before the last. Compares none right with what a
    network that recognises the class gives (`is_missed`): with three pictures or more, none is right once in
    twenty-seven times at most. The null case is a network that knows the class, and a class of which too few pictures
    are there to tell.
    """
    best = view.best
    if not view.is_over or best is None:
        return None
    evaluation = evaluation_of(view, best)
    there, said = evaluation.confusion.sum(axis=1), evaluation.confusion.sum(axis=0)
    left = [label for label in range(len(said)) if said[label] == 0 and is_missed(0, int(there[label]))]
    if not left:
        return None
    label = left[0]
    more = f", nor are those of {len(left) - 1} more classes" if len(left) > 2 else ", nor is that of one more class"
    more = more if left[1:] else ""
    name = evaluation.classes[label]
    return Finding(
        "class left out",
        f"The answer “{name}” is never given, though {there[label]} validation pictures show it{more}.",
        f"So it is with the weights that are kept, those of epoch {best.epoch} of {len(view.epochs)}.",
        "Train for more steps; with few validation pictures, keep the weights of the lowest validation loss.",
    )


def kept_early(view: TrainedRun) -> Finding | None:
    """The weights that are kept are of an epoch that had learnt far less than the last, and is no better.

    Among few validation pictures several epochs have as many right, and by accuracy the first of them is kept. Compares
    the training pictures right in that epoch with those of the last, by Fisher's exact test; the last one has as many
    validation pictures right and a validation loss a tenth lower. The null case is a best epoch that knew the training
    pictures as well, or had more validation pictures right.
    """
    best, last, size = view.best, view.epochs[-1], view.prepared.train_size
    if not view.is_over or best is None or view.prepared.settings.training.best_by == "loss":
        return None
    then, now = (min(size, round(epoch.train_accuracy * size)) for epoch in (best, last))
    is_tie = last.val_accuracy >= best.val_accuracy and last.val_loss <= 0.9 * best.val_loss
    if not is_tie or then > FAR_BELOW * size or not is_worse(then, size, now, size):
        return None
    return Finding(
        "kept early",
        f"The weights that are kept are of epoch {best.epoch}, when {then} of {size} training pictures were right; "
        f"in the last epoch {now} are.",
        f"Both have {round(best.val_accuracy * view.prepared.val_size)} of {view.prepared.val_size} validation "
        "pictures right, and of equals the first is kept; the last is surer of the right answers.",
        "Keep the weights of the lowest validation loss.",
    )
