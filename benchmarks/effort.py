"""The effort of a measurement: everything, the main figures, or just enough to see that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """The effort of a measurement.

    Attributes:
        name: What to call it.
        rounds: Turns that each contender has.
        budget: Seconds that a contender's turn may take; beyond it a share of an epoch is measured and scaled up.
        pictures: How many pictures features are timed on, or None for all.
        runs: Every number of runs that is trained at once.
        run_epochs: Epochs of each of those runs.
        whole: Whether the sections that the main figures do not need are measured as well.
    """

    name: str
    rounds: int
    budget: float
    pictures: int | None
    runs: tuple[int, ...]
    run_epochs: int
    whole: bool


FULL = Effort("full", rounds=3, budget=60, pictures=None, runs=(1, 10, 100, 1000), run_epochs=30, whole=True)
QUICK = Effort("quick", rounds=1, budget=8, pictures=80, runs=(100, 1000), run_epochs=30, whole=False)
# For developing and for the tests: its figures mean nothing.
TINY = Effort("tiny", rounds=1, budget=0, pictures=8, runs=(2, 4), run_epochs=2, whole=True)
