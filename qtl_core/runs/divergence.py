"""Training that has broken down is ended at the epoch in which its numbers stop being finite, by every engine alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qtl_core.common.errors import DivergedError, UserError
from qtl_core.runs.events import Checkpoint, EpochDone
from qtl_core.runs.view import RunView, TrainedRun

FIGURES = {"train_loss": "training loss", "val_loss": "validation loss"}
GROUPS = {"weights": "head's weights", "first_moments": "gradients", "second_moments": "gradients"}


def check_loss(epoch: int, loss: float) -> None:
    """Refuses to go on after a batch whose loss is not finite.

    Raises:
        DivergedError: It is not.
    """
    if not math.isfinite(loss):
        raise DivergedError(epoch, FIGURES["train_loss"])


def check_epoch(done: EpochDone) -> EpochDone:
    """Returns the record of an epoch whose losses, weights and gradients (Adam's memory of them) are all finite.

    Raises:
        DivergedError: They are not.
    """
    for figure, name in FIGURES.items():
        if not math.isfinite(getattr(done, figure)):
            raise DivergedError(done.epoch, name)
    if is_finite(done.checkpoint):
        return done
    for group, name in GROUPS.items():
        if not all(np.isfinite(values).all() for values in _arrays(done.checkpoint, group).values()):
            raise DivergedError(done.epoch, name)
    return done


def is_finite(checkpoint: Checkpoint) -> bool:
    """Returns whether training can go on from it: all its weights and gradients are finite numbers."""
    parts = [np.ravel(values) for group in GROUPS for values in _arrays(checkpoint, group).values()]
    return not parts or bool(np.isfinite(np.concatenate(parts)).all())  # in one: asked after every epoch


def why_no_head(view: RunView) -> str:
    """Returns the sentence that says why a run's kept weights are of no use, or "": earlier versions kept such too."""
    if view.checkpoint is None or all(np.isfinite(each).all() for each in view.checkpoint.best_weights.values()):
        return ""
    return "Its training broke down: the weights that it kept are not finite numbers, so it has no answers to give."


def checked_head(view: RunView, refused: str) -> TrainedRun:
    """Returns a run whose kept weights are numbers.

    Args:
        view: The run.
        refused: What cannot be had otherwise, as a sentence.

    Raises:
        UserError: They are not, or there are none yet.
    """
    if why := why_no_head(view):
        raise UserError(refused, why, "Train it again, with a lower learning rate or another weights file.")
    return TrainedRun.of(view)


def _arrays(checkpoint: Checkpoint, group: str) -> Mapping[str, np.ndarray]:
    return getattr(checkpoint, group)
