"""What the classes' layer makes of expectation values, and how right that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.probing.inputs import CircuitInputs


@dataclass(frozen=True)
class CircuitScore:
    """How right a circuit is about the validation pictures.

    Attributes:
        right: Pictures whose most probable class is the true one.
        total: All of them.
        loss: Mean cross-entropy, nats.
    """

    right: int
    total: int
    loss: float

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1."""
        return self.right / self.total


def score_circuit(inputs: CircuitInputs, expectations: np.ndarray) -> CircuitScore:
    """Returns the verdict on the expectation values of all pictures, shape (pictures, qubits)."""
    logs = _log_probabilities(inputs, expectations)
    right = int((logs.argmax(axis=1) == inputs.labels).sum())
    return CircuitScore(right, len(logs), float(-logs[np.arange(len(logs)), inputs.labels].mean()))


def class_probabilities(inputs: CircuitInputs, expectations: np.ndarray) -> np.ndarray:
    """Returns class probabilities, shape (..., qubits) to (..., classes)."""
    return np.exp(_log_probabilities(inputs, expectations))


def _log_probabilities(inputs: CircuitInputs, expectations: np.ndarray) -> np.ndarray:
    scores = expectations @ inputs.weights + inputs.bias
    scores = scores - scores.max(axis=-1, keepdims=True)
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
