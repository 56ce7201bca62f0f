"""Training and validation accuracy, epoch by epoch, where the image network stands still and where it does not.

`batch_norm_runs.json` was measured on the real photos of ants and bees with EfficientNet-Lite0 and the paper's recipe,
once truly frozen, once as in the published code, and once so with the network's stochastic depth switched off
(the rate at which blocks are dropped set to 0), which leaves the batch norms alone:

    python -m qtl_core train --data photos --backbone efficientnet_lite0 --json
    python -m qtl_core train --data photos --backbone efficientnet_lite0 --backbone-mode published --engine torch --json
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from qtl_core.runs.published import published_run

FILE = Path(__file__).with_name("batch_norm_runs.json")
LAST = 10  # epochs at the end over which accuracies are averaged
RUNS = {
    "paper": "The paper's own run",
    "published": "Here, as published",
    "norms_alone": "Batch norms alone",
    "frozen": "Here, truly frozen",
}


@dataclass(frozen=True)
class AccuracyCurves:
    """Accuracies of a run after every epoch, shape (epochs,).

    Attributes:
        train: On the pictures it learns from: counted while the epoch goes on.
        val: On those it never learns from: counted after the epoch.
    """

    train: np.ndarray
    val: np.ndarray

    @property
    def first_gap(self) -> float:
        """By how much validation is ahead after the first epoch."""
        return float(self.val[0] - self.train[0])

    @property
    def last_gap(self) -> float:
        """The same, averaged over the last epochs."""
        return float((self.val - self.train)[-LAST:].mean())


@lru_cache(maxsize=4)
def accuracy_curves(run: str) -> AccuracyCurves:
    """Returns the curves of one of `RUNS`."""
    if run == "paper":
        epochs = published_run().epochs
        return AccuracyCurves(
            np.array([epoch.train_accuracy for epoch in epochs]), np.array([epoch.val_accuracy for epoch in epochs])
        )
    stored = json.loads(FILE.read_text())[run]
    return AccuracyCurves(np.array(stored["train_accuracy"]), np.array(stored["val_accuracy"]))
