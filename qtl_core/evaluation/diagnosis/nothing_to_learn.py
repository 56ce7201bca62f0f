"""The finding on a training that went as it should, with nothing in it to learn: labels dealt out at random give this.

Null case, measured by `python -m tools.diagnosis_false_alarms 20` (ants and bees, photos, MobileNetV2): with the true
labels none of 20 trainings shows it, of the recipe, of 3 epochs, of a rate of 0.001 and of a cosine. With labels at
random 18, 14, 19 and 18 of 20 do; of nearly all others it is said that nothing was learnt, or that it is by heart.
"""

from __future__ import annotations

from dataclasses import replace

from qtl_core.evaluation.diagnosis.advice import common_and_rare, highest_rate, sgd_scale, usual_rate
from qtl_core.evaluation.diagnosis.chance import AS_GUESSING, guessing_loss
from qtl_core.evaluation.diagnosis.finding import Finding
from qtl_core.evaluation.diagnosis.learning_curves import is_right_by_luck, learnt_by_heart
from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import steps_of
from qtl_core.settings.presets import PAPER_STEPS

RATES = 3  # times the paper's learning rate: at ten times it, one training in ten collapses with true labels as well
STEPS_OF_NUMBERS = 1_000  # in which the paper learns its spirals


def nothing_to_learn(view: TrainedRun) -> Finding | None:
    """A training had all that it takes, and its validation answers are no better than luck.

    Compares the answers of validation with luck (`is_right_by_luck`). It had all that it takes where it has learnt its
    training pictures, which are then learnt by heart, or where it made the paper's steps at the paper's learning rate,
    with nothing standing still. The null case is a training that recognises some class, or whose validation loss was
    well below that of guessing before it rose, one of few steps or with another rate, in which there may be something
    to learn, and validation pictures that are too few to tell. It is said at the end alone: what is not learnt yet
    may still come.
    """
    last = evaluation_of(view, view.epochs[-1])
    if not view.is_over or not is_right_by_luck(last) or _was_better(view, last):
        return None
    by_heart = learnt_by_heart(view, last)
    if not by_heart and not _had_its_chance(view):
        return None
    size, noun = view.prepared.train_size, view.prepared.settings.data.noun
    right = int((last.predicted == last.labels).sum())
    rate = view.prepared.settings.training.learning_rate
    learnt = min(size, round(view.epochs[-1].train_accuracy * size))
    return Finding(
        "nothing to learn",
        f"Nothing to learn was found: after the last epoch {right} of {last.total} validation {noun} are "
        "right, no more than luck gives.",
        f"Of the training {noun} {learnt} of {size} are, which are learnt by heart: what is found in them holds for "
        "no others. Labels that are dealt out at random are learnt in this way."
        if by_heart
        else f"{_steps(view):,} steps at a learning rate of {rate:g}, which suits such {noun}, found nothing that "
        "holds for others. Labels that are dealt out at random give just this.",
        f"See whether the {noun} lie in the folders of their classes, and both parts show the same things. If so, "
        + ("" if by_heart else "another head or ")
        + f"more training {noun} may help.",
    )


def _was_better(view: TrainedRun, last: Evaluation) -> bool:
    """Returns whether the epoch of the lowest validation loss was better than guessing, so there is something."""
    lowest = min(view.epochs, key=lambda epoch: epoch.val_loss)
    return lowest.val_loss < AS_GUESSING * guessing_loss(last) or not is_right_by_luck(evaluation_of(view, lowest))


def _had_its_chance(view: TrainedRun) -> bool:
    """Returns whether a training made steps enough, wide enough, for whatever can be learnt to have been found.

    Everything is free to learn, and no class is rare beside one other. How wide a step must be depends on the optimiser
    and on how many numbers a row has (`_is_wide_enough`).
    """
    prepared = view.prepared
    is_free = not prepared.settings.transfer.frozen_parts and not common_and_rare(prepared)[1]
    enough = STEPS_OF_NUMBERS if prepared.settings.data.is_numbers else PAPER_STEPS
    return is_free and _is_wide_enough(prepared) and _steps(view) >= enough


def _is_wide_enough(prepared: Prepared) -> bool:
    """Returns whether the learning rate is one at which what there is was found in trainings with true labels."""
    training, usual = prepared.settings.training, usual_rate(prepared)
    if training.optimiser == "sgd":
        lowest = usual * sgd_scale(training)
        return not prepared.settings.data.is_numbers and lowest <= training.learning_rate <= RATES * lowest
    if prepared.settings.data.is_numbers:  # half of what suits finds nearly as much
        return usual / 2 <= training.learning_rate <= min(RATES * usual, highest_rate(training, usual))
    return usual <= training.learning_rate <= RATES * usual


def _steps(view: TrainedRun) -> int:
    return steps_of(replace(view.prepared.settings.training, epochs=len(view.epochs)), view.prepared.train_size)
