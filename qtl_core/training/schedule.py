"""What is random or changes from epoch to epoch, as functions of (seed, epoch) alone.

Because nothing here has a memory, a run that was stopped goes on exactly as an unbroken one, and every engine
sees the same batches.
"""

from __future__ import annotations

import numpy as np

from qtl_core.settings import TrainingSettings

ORDER, VIEWS = 0, 1  # which stream of random numbers, so that the two never share one


def batch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """Returns the order in which `size` training pictures are seen in an epoch (from 1), shape (size,)."""
    return np.random.default_rng((seed, epoch, ORDER)).permutation(size)


def drawn_views(seed: int, epoch: int, size: int, views: int) -> np.ndarray:
    """Returns which of its augmented views each picture shows in an epoch (from 1), shape (size,)."""
    return np.random.default_rng((seed, epoch, VIEWS)).integers(views, size=size)


def learning_rate(settings: TrainingSettings, epoch: int) -> float:
    """Returns the rate of an epoch (from 1): StepLR, multiplied by gamma after every `step_size` epochs."""
    return settings.learning_rate * settings.gamma ** ((epoch - 1) // settings.step_size)
