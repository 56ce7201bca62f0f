"""Luck in a result: the figures of one setting trained over many seeds, and their spread.

The work is done in `training.repeat`; no torch or numba here, because pages read these records.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qtl_core.runs.events import Prepared

QUANTILES = (0.05, 0.5, 0.95)  # 90% lie between the first and the last
FIGURES = ("train_accuracy", "val_accuracy", "train_loss", "val_loss")


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class SeedBand:
    """The runs of one setting over k seeds.

    Attributes:
        prepared: What was trained, as a run says it; its settings carry the first seed.
        seeds: The k seeds whose numbers stayed finite.
        curves: By the names in `FIGURES`: shape (k, epochs), see `EpochDone`. A run that patience ended early keeps its
            last figures from then on: its head stays as it is, and a band over those still training would flatter.
        best_epochs: The epoch whose weights each run keeps, from 1, shape (k,).
        seconds: What all the training took.
        diverged: The other seeds, whose runs broke down; they are in no figure.
        test_accuracies: Share of the test pictures that each run's best epoch got right, shape (k,); None without any.
        epochs_done: How many epochs each run was trained, length k; () where all of them were trained to the end.
    """

    prepared: Prepared
    seeds: tuple[int, ...]
    curves: dict[str, np.ndarray] = field(repr=False)
    best_epochs: np.ndarray = field(repr=False)
    seconds: float
    diverged: tuple[int, ...] = ()
    test_accuracies: np.ndarray | None = None
    epochs_done: tuple[int, ...] = ()

    @property
    def best_accuracies(self) -> np.ndarray:
        """Validation accuracy of every run's best epoch, shape (k,)."""
        return self.curves["val_accuracy"][np.arange(len(self.seeds)), self.best_epochs - 1]

    @property
    def best_counts(self) -> np.ndarray:
        """The same as validation pictures that are right, shape (k,)."""
        return np.rint(self.best_accuracies * self.prepared.val_size).astype(int)

    def band(self, figure: str) -> np.ndarray:
        """Returns the 5% quantile, the median and the 95% quantile after every epoch, shape (3, epochs)."""
        return np.quantile(self.curves[figure], QUANTILES, axis=0)

    def spread(self) -> tuple[int, int, int]:
        """Returns low, median and high of the best counts: each is that of one of the runs, none is in between."""
        low, median, high = np.quantile(self.best_counts, QUANTILES, method="closest_observation")
        return int(low), int(median), int(high)

    def share_in_words(self) -> str:
        """Returns for example "0.954, and between 0.941 and 0.967 for 90% of the seeds"."""
        low, middle, high = (f"{count / self.prepared.val_size:.3f}" for count in self.spread())
        return f"{middle}, and between {low} and {high} for 90% of the seeds"

    def count_in_words(self, noun: str = "pictures") -> str:
        """Returns for example "146 of 153 photos right, and between 144 and 148 for 90% of the seeds"."""
        low, middle, high = self.spread()
        total = self.prepared.val_size
        return f"{middle} of {total} {noun} right, and between {low} and {high} for 90% of the seeds"

    def tested_in_words(self, noun: str = "pictures") -> str:
        """Says how many of the test pictures the best epochs got right, as a sentence; "" without a test part."""
        if self.test_accuracies is None:
            return ""
        size = self.prepared.test_size
        counts = np.rint(self.test_accuracies * size).astype(int)
        low, middle, high = (int(end) for end in np.quantile(counts, QUANTILES, method="closest_observation"))
        return (
            f"Of the {size:,} test {noun}, which chose no epoch, the same best epochs got {middle:,} right, and "
            f"between {low:,} and {high:,} for 90% of the seeds "
            f"({middle / size:.3f}, {low / size:.3f} to {high / size:.3f})."
        )

    def diverged_in_words(self) -> str:
        """Says which seeds are in no figure, as a sentence; "" where all are."""
        if not self.diverged:
            return ""
        count, all_seeds = len(self.diverged), len(self.diverged) + len(self.seeds)
        shown = ", ".join(map(str, self.diverged[:5])) + (", ..." if count > 5 else "")
        return (
            f"With {count} of {all_seeds} seeds training broke down, as its numbers stopped being finite; "
            f"{'it is' if count == 1 else 'they are'} in no figure here ({'seed' if count == 1 else 'seeds'} {shown}). "
            "Lower the learning rate."
        )

    def ended_early_in_words(self) -> str:
        """Says how many runs patience ended early, as a sentence; "" where none was."""
        epochs = self.curves["val_loss"].shape[1]
        early = sorted(done for done in self.epochs_done if done < epochs)
        if not early:
            return ""
        span = f"{early[0]}" if early[0] == early[-1] else f"{early[0]} to {early[-1]}"
        return (
            f"{len(early)} of {len(self.seeds)} runs ended early, after {span} of {epochs} epochs, as no better one "
            "came; from there on their last figures count."
        )


def band_rows(band: SeedBand) -> list[dict[str, float]]:
    """Returns a row for every seed and epoch that was trained, for a table or a file."""
    done = band.epochs_done or (band.curves["val_loss"].shape[1],) * len(band.seeds)
    return [
        {"seed": seed, "epoch": epoch + 1} | {name: float(band.curves[name][run, epoch]) for name in FIGURES}
        for run, seed in enumerate(band.seeds)
        for epoch in range(done[run])
    ]


def best_rows(band: SeedBand) -> list[dict[str, float]]:
    """Returns a row for every seed with the figures of its best epoch, those of the test pictures among them."""
    best = {"best_epoch": band.best_epochs, "best_val_accuracy": band.best_accuracies}
    best |= {"test_accuracy": band.test_accuracies} if band.test_accuracies is not None else {}
    return [
        {"seed": seed} | {name: float(values[run]) for name, values in best.items()}
        for run, seed in enumerate(band.seeds)
    ]
