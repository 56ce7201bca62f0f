"""The learning rate of every step, by (epoch, batch) alone, as torch's own schedulers have it.

A schedule is a function `(training, epoch, batches) -> rates`, entered in `SCHEDULES`. Nothing here has a memory, so a
run that was stopped goes on exactly as an unbroken one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from qtl_core.settings import TrainingSettings

# torch.optim.lr_scheduler.OneCycleLR's defaults.
RISING_SHARE, FIRST_DIVISOR, LAST_DIVISOR = 0.3, 25.0, 1e4


def learning_rates(training: TrainingSettings, epoch: int, batches: int) -> np.ndarray:
    """Returns the rate of every batch of an epoch (from 1), shape (batches,), float64."""
    rates = SCHEDULES[training.schedule](training, epoch, batches)
    if epoch <= training.warm_up:
        done = (epoch - 1) * batches + np.arange(1, batches + 1)
        rates = rates * (done / (training.warm_up * batches))
    return rates


def learning_rate(training: TrainingSettings, epoch: int, batches: int) -> float:
    """Returns the rate of an epoch's last step, which stands for the epoch where one number has to."""
    return float(learning_rates(training, epoch, batches)[-1])


def _step(training: TrainingSettings, epoch: int, batches: int) -> np.ndarray:
    """StepLR: multiplied by gamma after every `step_size` epochs."""
    return np.full(batches, training.learning_rate * training.gamma ** ((epoch - 1) // training.step_size))


def _constant(training: TrainingSettings, epoch: int, batches: int) -> np.ndarray:
    return np.full(batches, training.learning_rate)


def _cosine(training: TrainingSettings, epoch: int, batches: int) -> np.ndarray:
    """CosineAnnealingLR down to zero, a step an epoch."""
    return np.full(batches, training.learning_rate * (1 + np.cos(np.pi * (epoch - 1) / training.epochs)) / 2)


def _one_cycle(training: TrainingSettings, epoch: int, batches: int) -> np.ndarray:
    """OneCycleLR, a step a batch: half a cosine up to the learning rate, and half a cosine down."""
    steps = (epoch - 1) * batches + np.arange(batches, dtype=np.float64)
    top = RISING_SHARE * training.epochs * batches - 1
    last = training.epochs * batches - 1
    low = training.learning_rate / FIRST_DIVISOR
    rising = _between(low, training.learning_rate, steps / top if top > 0 else np.ones_like(steps))
    falling = _between(
        training.learning_rate, low / LAST_DIVISOR, (steps - top) / (last - top) if last > top else steps
    )
    return np.where(steps <= top, rising, falling)


def _between(start: float, end: float, share: np.ndarray) -> np.ndarray:
    return end + (start - end) / 2 * (1 + np.cos(np.pi * share))


SCHEDULES: dict[str, Callable[[TrainingSettings, int, int], np.ndarray]] = {
    "step": _step,
    "cosine": _cosine,
    "constant": _constant,
    "one_cycle": _one_cycle,
}
