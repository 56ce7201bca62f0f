"""The carried start and the start from scratch, trained side by side: what each seed got right, by epoch and by amount.

The work is done in `comparison`; no torch or numba here, because pages read these records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from qtl_core.runs.events import Prepared

ENOUGH = 0.9  # the accuracy that a start is timed to
QUANTILES = (0.05, 0.5, 0.95)  # 90% of the seeds lie between the first and the last
ALL = 0  # the amount that stands for all training pictures, as in the setting `per_class`
TEST, LAST = "test", "last"


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Arm:
    """One way to start, trained with k seeds on one amount of data.

    Attributes:
        seeds: The k seeds whose numbers stayed finite.
        accuracies: Validation accuracy before the first step and after every epoch, shape (k, epochs + 1). Of a
            training that ended early, its last one stays.
        best_epochs: The epoch whose weights each run keeps, from 1, shape (k,).
        tests: Test accuracy of those weights, shape (k,); None where no pictures were set aside.
        diverged: The other seeds, whose numbers stopped being finite; they are in no figure.
    """

    seeds: tuple[int, ...]
    accuracies: np.ndarray = field(repr=False)
    best_epochs: np.ndarray = field(repr=False)
    tests: np.ndarray | None = field(default=None, repr=False)
    diverged: tuple[int, ...] = ()

    @property
    def best(self) -> np.ndarray:
        """Validation accuracy at each seed's best epoch, shape (k,)."""
        return self.accuracies[np.arange(len(self.seeds)), self.best_epochs]

    @property
    def last(self) -> np.ndarray:
        """Validation accuracy after the last epoch, shape (k,)."""
        return self.accuracies[:, -1]

    def judged(self, by: str) -> np.ndarray:
        """Returns the accuracies that the comparison is judged by, `TEST` or `LAST`, shape (k,)."""
        return self.tests if by == TEST and self.tests is not None else self.last

    def epochs_until(self, share: float = ENOUGH) -> np.ndarray:
        """Returns each seed's first epoch with that accuracy, shape (k,): 0 before any step, infinite for never."""
        reached = self.accuracies >= share - 1e-9  # 0.9 of 10 pictures is 9 of them
        return np.where(reached.any(axis=1), reached.argmax(axis=1), np.inf)


@dataclass(frozen=True, eq=False)
class Amount:
    """Both ways to start on one amount of data; with one seed both see the same pictures in the same order.

    Attributes:
        per_class: Training pictures of each class; `ALL` for all there are.
        pictures: Training pictures in all.
        carried, scratch: What came of the carried start, and of fresh numbers.
        control: The same numbers standing still as from the carried start, with nothing carried; None where none do.
    """

    per_class: int
    pictures: int
    carried: Arm
    scratch: Arm
    control: Arm | None = None

    @property
    def both(self) -> tuple[int, ...]:
        """The seeds whose numbers stayed finite from both starts."""
        return tuple(seed for seed in self.carried.seeds if seed in self.scratch.seeds)

    def gaps(self, by: str) -> np.ndarray:
        """Returns, for each seed of `both`, how much higher the carried start's accuracy is."""
        ours, theirs = (_of(arm.seeds, arm.judged(by), self.both) for arm in (self.carried, self.scratch))
        return ours - theirs

    def epochs_until(self, share: float = ENOUGH) -> tuple[np.ndarray, np.ndarray]:
        """Returns the epochs until that accuracy of the seeds of `both`, carried and from scratch."""
        ours, theirs = (_of(arm.seeds, arm.epochs_until(share), self.both) for arm in (self.carried, self.scratch))
        return ours, theirs


@dataclass(frozen=True, eq=False)
class TransferComparison:
    """The outcome of a carried start beside one from scratch, as far as it has been trained.

    Attributes:
        prepared: What is learnt, as a run says it; its settings carry the start and the first seed.
        seeds: How many seeds.
        planned: Every amount that is to be trained, as `Amount.per_class`.
        amounts: Those that are trained.
        trained: How many numbers learn, from the carried start and from scratch.
        seconds: What the training took.
    """

    prepared: Prepared
    seeds: int
    planned: tuple[int, ...]
    amounts: tuple[Amount, ...] = ()
    trained: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """True if every amount is trained."""
        return len(self.amounts) == len(self.planned)

    @property
    def judged_by(self) -> str:
        """`TEST` where pictures were set aside, else `LAST`: nobody chose an epoch by either of them."""
        return TEST if self.prepared.test_size else LAST

    @property
    def judges(self) -> int:
        """The number of pictures that the comparison is judged by."""
        return self.prepared.test_size or self.prepared.val_size


def bands(values: np.ndarray) -> np.ndarray:
    """Returns the 5% quantile, the median and the 95% quantile over seeds (the first axis)."""
    return np.quantile(values, QUANTILES, axis=0)


def comparison_rows(found: TransferComparison) -> list[dict[str, str | int | float | bool]]:
    """Returns a row for every amount, start, seed and epoch, for a table or a file."""
    return [
        {
            "pictures_a_class": amount.per_class or "all",
            "pictures": amount.pictures,
            "start": name,
            "seed": seed,
            "epoch": epoch,
            "val_accuracy": float(accuracy),
            "best_epoch": int(arm.best_epochs[run]),
            "test_accuracy": "" if arm.tests is None else float(arm.tests[run]),
        }
        for amount in found.amounts
        for name, arm in (("carried", amount.carried), ("scratch", amount.scratch), ("control", amount.control))
        if arm is not None
        for run, seed in enumerate(arm.seeds)
        for epoch, accuracy in enumerate(arm.accuracies[run])
    ]


def _of(seeds: tuple[int, ...], values: np.ndarray, wanted: Iterable[int]) -> np.ndarray:
    return values[[seeds.index(seed) for seed in wanted]]
