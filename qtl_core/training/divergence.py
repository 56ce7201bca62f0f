"""Training that has broken down is ended at the epoch in which its numbers stop being finite, by every engine alike."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qtl_core.errors import DivergedError
from qtl_core.training.events import Checkpoint, EpochDone

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
    for group, name in GROUPS.items():
        if not all(np.isfinite(values).all() for values in _arrays(done.checkpoint, group).values()):
            raise DivergedError(done.epoch, name)
    return done


def is_finite(checkpoint: Checkpoint) -> bool:
    """Whether training can go on from it: all its weights and gradients are finite numbers."""
    return all(np.isfinite(values).all() for group in GROUPS for values in _arrays(checkpoint, group).values())


def _arrays(checkpoint: Checkpoint, group: str) -> Mapping[str, np.ndarray]:
    return getattr(checkpoint, group)
