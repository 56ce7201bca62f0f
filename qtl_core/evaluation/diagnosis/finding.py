"""Findings of a check, and the part of a run that it may look at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Literal

import numpy as np

from qtl_core.runs.events import EpochDone
from qtl_core.runs.view import RunView

Kind = Literal[
    "collapsed",
    "jumping",
    "vanishing",
    "nothing learnt",
    "nothing to learn",
    "swapped",
    "imbalance",
    "overfitting",
    "underfitting",
    "still falling",
    "class left out",
    "kept early",
]


@dataclass(frozen=True)
class Finding:
    """One thing that went wrong, or is about to.

    Attributes:
        kind: Which.
        what: What was seen, one sentence.
        why: What it means.
        do: What to try.
    """

    kind: Kind
    what: str
    why: str
    do: str


def finite_part(view: RunView) -> RunView:
    """Returns the run up to the epoch before the first with a figure that is NaN or infinite."""
    return replace(view, epochs=tuple(takewhile(_is_finite, view.epochs)))


def first_not_finite(view: RunView) -> int | None:
    """Returns the first epoch with a figure that is NaN or infinite, or None."""
    return next((epoch.epoch for epoch in view.epochs if not _is_finite(epoch)), None)


def figures(first: float, second: float) -> tuple[str, str]:
    """Returns two losses that differ, with two decimals, or as many as it takes to see that they do (six at most)."""
    pairs = [(f"{first:.{digits}f}", f"{second:.{digits}f}") for digits in range(2, 7)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def _is_finite(epoch: EpochDone) -> bool:
    figures = epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy, *epoch.layer_gradients
    return all(map(math.isfinite, figures)) and bool(np.isfinite(epoch.val_probabilities).all())
