"""Class scores of a trained head in numpy and double precision: features → hidden numbers → last layer.

What is hidden between the two layers is the circuit's expectation values, or a hidden layer's units, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.parameters import DRESSED

MEAN, SCALE = "standardise.mean", "standardise.scale"  # of a head whose features are standardised, shape (features,)


def head_input(head: Mapping[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Returns what a head's first layer reads: the features, standardised where it was trained so, float64."""
    features = np.asarray(features, dtype=np.float64)
    return (features - head[MEAN]) * head[SCALE] if MEAN in head else features


def circuit_angles(head: Mapping[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """Returns the angles that the layer before the circuit makes of features, radians, shape (pictures, qubits).

    Args:
        head: The weights, by parameter name.
        features: Shape (pictures, features).
    """
    return np.asarray(np.tanh(_layer(head, "pre_net", head_input(head, features))) * (math.pi / 2))


def head_places(head: Mapping[str, np.ndarray], features: np.ndarray, model: ModelSettings = DRESSED) -> np.ndarray:
    """Returns where a head's first part puts pictures, shape (pictures, width): angles, units' values, or features.

    Args:
        head: The weights, by parameter name.
        features: Shape (pictures, features).
        model: The kind of head.
    """
    if model.spec.has_circuit:
        return circuit_angles(head, features)
    inputs = head_input(head, features)
    if not model.spec.is_hidden:
        return inputs
    before = _layer(head, "pre_net", inputs)
    return np.asarray(np.tanh(before) if model.head == "bottleneck" else np.maximum(before, 0.0))


def hidden_values(
    settings: CircuitSettings,
    head: Mapping[str, np.ndarray],
    features: np.ndarray,
    model: ModelSettings = DRESSED,
) -> np.ndarray:
    """Returns what the last layer reads, shape (pictures, width): <Z> of every qubit where there is a circuit.

    Args:
        settings: The circuit's.
        head: The weights, by parameter name.
        features: Shape (pictures, features).
        model: The kind of head.
    """
    places = head_places(head, features, model)
    if not model.spec.has_circuit:
        return places
    trained = np.asarray(head["q_params"], dtype=np.float64).reshape(-1)
    return expectations(final_states(build_circuit(settings), places, trained))


def class_scores(
    settings: CircuitSettings,
    head: Mapping[str, np.ndarray],
    features: np.ndarray,
    model: ModelSettings = DRESSED,
) -> np.ndarray:
    """Returns what softmax turns into class probabilities, shape (pictures, classes); arguments as above."""
    return scores_of_hidden(head, hidden_values(settings, head, features, model))


def scores_of_hidden(head: Mapping[str, np.ndarray], hidden: np.ndarray) -> np.ndarray:
    """Returns the class scores that the last layer makes of what it reads, shape (pictures, classes)."""
    return _layer(head, "post_net", hidden)


def _layer(head: Mapping[str, np.ndarray], name: str, inputs: np.ndarray) -> np.ndarray:
    weight, bias = (np.asarray(head[f"{name}.{each}"], dtype=np.float64) for each in ("weight", "bias"))
    return np.asarray(inputs @ weight.T + bias)


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Returns logarithms of class probabilities, shape (..., classes), of scores of that shape."""
    scores = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True)))
