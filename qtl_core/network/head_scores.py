"""Class scores of a trained head in numpy and double precision: features → angles → circuit → linear layer."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.settings import CircuitSettings


def circuit_angles(head: Mapping[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Returns the angles that the layer before the circuit makes of features, radians, shape (pictures, qubits).

    Args:
        head: The weights, by parameter name.
        features: Shape (pictures, features).
    """
    weight, bias = (np.asarray(head[f"pre_net.{name}"], dtype=np.float64) for name in ("weight", "bias"))
    return np.asarray(np.tanh(features @ weight.T + bias) * (math.pi / 2))


def class_scores(settings: CircuitSettings, head: Mapping[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Returns what softmax turns into class probabilities, shape (pictures, classes); arguments as above."""
    trained = np.asarray(head["q_params"], dtype=np.float64).reshape(-1)
    weight, bias = (np.asarray(head[f"post_net.{name}"], dtype=np.float64) for name in ("weight", "bias"))
    values = expectations(final_states(build_circuit(settings), circuit_angles(head, features), trained))
    return np.asarray(values @ weight.T + bias)


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Returns logarithms of class probabilities, shape (..., classes), of scores of that shape."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)))
