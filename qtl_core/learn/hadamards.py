"""The paper's circuit with and without its Hadamard gates: what it says at small angles, and what slope it has there.

A Hadamard gate lays a qubit's arrow on the equator, where <Z> changes fastest; without one the arrow points up, where
<Z> is 1, its largest value, and no small turn changes it to first order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.settings import CircuitSettings, TrainingSettings

SIZES = tuple(range(0, 91, 5))  # degrees: a picture's angles are drawn between minus and plus so many
PICTURES = 60
_FELT = 1e-9  # a slope below is rounding


@dataclass(frozen=True)
class Slopes:
    """The slopes of a circuit's answers where the angles are zero.

    Attributes:
        values: <Z> of every qubit.
        felt: How many trained angles change any answer at all, to first order.
        angles: How many there are.
    """

    values: np.ndarray
    felt: int
    angles: int


def circuit_of(hadamards: bool, depth: int = CircuitSettings().depth) -> Circuit:
    """Returns the paper's circuit, or the same without its first gates."""
    whole = build_circuit(CircuitSettings(depth=depth))
    if hadamards:
        return whole
    gates = tuple(gate for gate in whole.gates if gate.section != "superposition")
    return Circuit(whole.wires, gates, whole.weight_count)


def lone_qubit(angles: np.ndarray, hadamards: bool) -> np.ndarray:
    """Returns <Z> of a qubit that a picture turns by RY: -sin with a Hadamard gate before, cos without."""
    return -np.sin(angles) if hadamards else np.cos(angles)


def at_zero(hadamards: bool) -> Slopes:
    """Returns what the circuit says, and how many trained angles it feels, with all angles zero."""
    circuit = circuit_of(hadamards)
    nothing = np.zeros(circuit.wires)
    slopes = _slopes(circuit, nothing, np.zeros(circuit.weight_count))
    values = expectations(final_states(circuit, nothing, np.zeros(circuit.weight_count)))[0]
    return Slopes(values, int((np.abs(slopes).max(axis=1) > _FELT).sum()), circuit.weight_count)


@lru_cache(maxsize=2)
def usual_slopes(hadamards: bool, seed: int = 0) -> np.ndarray:
    """Returns the usual slope of an answer by a trained angle, at each of `SIZES` of the picture's angles.

    The root mean square over made-up pictures and first angles as training draws them, all answers and all angles.
    """
    circuit, dice = circuit_of(hadamards), np.random.default_rng(seed)
    pictures = dice.uniform(-1, 1, (PICTURES, circuit.wires))
    weights = TrainingSettings().q_delta * dice.standard_normal((PICTURES, circuit.weight_count))
    found = [
        np.sqrt(
            np.mean([_slopes(circuit, math.radians(size) * p, w) ** 2 for p, w in zip(pictures, weights, strict=True)])
        )
        for size in SIZES
    ]
    return np.array(found)


def _slopes(circuit: Circuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Slopes of all answers by each trained angle, by the parameter-shift rule, shape (angles, wires)."""
    shift = np.eye(circuit.weight_count) * math.pi / 2
    rows = np.tile(angles, (2 * circuit.weight_count, 1))
    values = expectations(final_states(circuit, rows, np.concatenate([weights + shift, weights - shift])))
    slopes: np.ndarray = (values[: circuit.weight_count] - values[circuit.weight_count :]) / 2
    return slopes
