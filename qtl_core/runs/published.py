"""The figures that the paper's authors published with their code, to be drawn behind our own.

Source: stored notebook outputs of the repository XanaduAI/quantum-transfer-learning (arXiv:1912.08278), 244
training and 153 validation photos, ResNet-18, batch 4, Adam 0.0004, StepLR(10, 0.1), seed 0, on a CPU.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("published_runs.json")
DRESSED, LINEAR = "dressed_quantum_4_qubits_depth_6", "linear_512_to_2"


@dataclass(frozen=True)
class PublishedEpoch:
    """One epoch of a published run; accuracies as shares of 244 and 153 photos."""

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float


@dataclass(frozen=True)
class PublishedRun:
    """A published run: `seconds` is what its authors' machine took for all epochs."""

    parameters: int
    best_val_accuracy: float
    best_val_loss: float
    seconds: int
    epochs: tuple[PublishedEpoch, ...]


@lru_cache(maxsize=2)
def published_run(name: str = DRESSED) -> PublishedRun:
    """Returns the published run of the dressed network, or (`LINEAR`) of a plain linear layer."""
    stored = json.loads(FILE.read_text())["runs"][name]
    epochs = tuple(PublishedEpoch(**epoch) for epoch in stored.pop("epochs"))
    return PublishedRun(epochs=epochs, **stored)
