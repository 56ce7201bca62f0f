"""A Born machine: a circuit whose measured bit strings are to look like examples, here bars and stripes.

After Benedetti et al., npj Quantum Information 5, 45 (2019). The circuit is one of this app's own; the probabilities
of its 16 strings are the model, and sampling is measuring.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn.adam import Adam
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import final_states
from qtl_core.settings import CircuitSettings

WIRES, STEPS, RATE = 4, 120, 0.1
PATTERNS = (0b0000, 0b1111, 0b1100, 0b0011, 0b1010, 0b0101)  # pixels row by row: whole rows, or whole columns
_LEAST = 1e-4  # a string that is never seen would make the loss endless


@dataclass(frozen=True)
class Machine:
    """A trained circuit.

    Attributes:
        chances: Of all 16 strings, before training and after every step, shape (steps + 1, 16).
        losses: Kullback-Leibler divergence from the examples, nats, shape (steps + 1,).
        angles: How many angles were trained.
    """

    chances: np.ndarray
    losses: np.ndarray
    angles: int


def wanted() -> np.ndarray:
    """Returns the examples' distribution: every pattern alike, shape (16,)."""
    chances = np.zeros(2**WIRES)
    chances[list(PATTERNS)] = 1 / len(PATTERNS)
    return chances


def machine_circuit(depth: int) -> Circuit:
    """Returns the circuit: four qubits, every pair joined by a CNOT, three trained angles a qubit and layer."""
    return build_circuit(CircuitSettings(qubits=WIRES, depth=depth, entangler="all", rotation="rot"))


@lru_cache(maxsize=32)
def trained(depth: int, seed: int = 0) -> Machine:
    """Trains the circuit by gradient descent (Adam); all slopes by the parameter-shift rule."""
    circuit = machine_circuit(depth)
    angles = np.random.default_rng(seed).uniform(-1, 1, circuit.weight_count)
    adam, seen = Adam(RATE), [_chances(circuit, angles[None])[0]]
    for _ in range(STEPS):
        angles = adam.stepped(angles, _slope(circuit, angles, seen[-1]))
        seen.append(_chances(circuit, angles[None])[0])
    chances = np.array(seen)
    return Machine(chances, np.array([divergence(each) for each in chances]), circuit.weight_count)


def divergence(chances: np.ndarray) -> float:
    """Returns the Kullback-Leibler divergence of the examples from the model, nats."""
    there = wanted() > 0
    return float((wanted()[there] * np.log(wanted()[there] / np.maximum(chances[there], _LEAST))).sum())


def good_share(chances: np.ndarray) -> float:
    """Returns how probable it is that a string is one of the patterns."""
    return float(chances[list(PATTERNS)].sum())


def pixels(string: int) -> np.ndarray:
    """Returns a string as a picture, shape (2, 2)."""
    return np.array([(string >> shift) & 1 for shift in (3, 2, 1, 0)]).reshape(2, 2)


def _chances(circuit: Circuit, angles: np.ndarray) -> np.ndarray:
    return np.square(np.abs(final_states(circuit, np.zeros(WIRES), angles)))


def _slope(circuit: Circuit, angles: np.ndarray, chances: np.ndarray) -> np.ndarray:
    turns = np.eye(len(angles)) * math.pi / 2
    shifted = _chances(circuit, np.concatenate([angles + turns, angles - turns]))
    slopes = (shifted[: len(angles)] - shifted[len(angles) :]) / 2
    return -slopes @ (wanted() / np.maximum(chances, _LEAST))
