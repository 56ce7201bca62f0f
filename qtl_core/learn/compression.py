"""A quantum autoencoder: trained gates push what two qubits hold into one, so that the other can be thrown away.

After Romero, Olson and Aspuru-Guzik, Quantum Science and Technology 2, 045001 (2017), who press ground states of the
hydrogen molecule together, as is done here with those of `chemistry`. What is kept is the chance that the other qubit
ends in |0>: then it holds nothing. The encoder is RY on both, CNOT, RY on both, CNOT, RY on both; amplitudes are real.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn import chemistry
from qtl_core.learn.adam import Adam
from qtl_core.learn.register import CNOT

STEPS, RATE, ANGLES = 120, 0.15, 6
FAMILIES = {
    "hydrogen": "ground states of hydrogen",
    "turned": "the same, their first qubit turned",
    "random": "states drawn at random",
}
LEARNT = slice(0, None, 4)  # every fourth state is learnt from


@dataclass(frozen=True)
class Encoder:
    """A trained encoder.

    Attributes:
        kept: Chance that the spare qubit is empty, for every state after every step, shape (steps + 1, states).
        limit: The best mean over the learnt states that any unitary can reach.
    """

    kept: np.ndarray
    limit: float


@lru_cache(maxsize=4)
def family(name: str) -> np.ndarray:
    """Returns the states to press together, shape (states, 4), real."""
    if name == "random":
        states = np.random.default_rng(5).normal(size=(len(chemistry.DISTANCES), 4))
        return states / np.linalg.norm(states, axis=1)[:, None]
    states = np.array([chemistry.state(chemistry.best_angle(float(each))).real for each in chemistry.DISTANCES])
    return states @ np.kron(_turn(np.array(0.9)), np.eye(2)).T if name == "turned" else states


@lru_cache(maxsize=8)
def trained(name: str, seed: int = 0) -> Encoder:
    """Trains the encoder on every fourth state by gradient descent (Adam) and the parameter-shift rule."""
    states = family(name)
    angles = np.random.default_rng(seed).uniform(-1, 1, ANGLES)
    adam, seen = Adam(RATE), [empty_chances(angles, states)]
    turns = np.eye(ANGLES) * math.pi / 2
    for _ in range(STEPS):
        up, down = (empty_chances(angles + sign * turns, states[LEARNT]).mean(axis=-1) for sign in (1, -1))
        angles = adam.stepped(angles, (down - up) / 2)  # less is lost
        seen.append(empty_chances(angles, states))
    return Encoder(np.array(seen), limit(states[LEARNT]))


def limit(states: np.ndarray) -> float:
    """Returns the two largest eigenvalues of the states' mean density matrix together (principal components)."""
    return float(np.linalg.eigvalsh(states.T @ states / len(states))[-2:].sum())


def empty_chances(angles: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns the chance that qubit 1 is 0 after the encoder, for angles (..., 6) and states (n, 4): (..., n)."""
    encoded = states @ np.swapaxes(encoder(angles), -1, -2)
    return np.square(encoded[..., 0]) + np.square(encoded[..., 2])


def encoder(angles: np.ndarray) -> np.ndarray:
    """Returns the encoder's matrix, (..., 6) to (..., 4, 4)."""
    whole = np.eye(4)
    for layer in range(3):
        one, other = _turn(angles[..., 2 * layer]), _turn(angles[..., 2 * layer + 1])
        turns = np.einsum("...ab,...cd->...acbd", one, other).reshape(*angles.shape[:-1], 4, 4)
        whole = turns @ (CNOT.real @ whole if layer else whole)
    return whole


def _turn(angle: np.ndarray) -> np.ndarray:
    cos, sin = np.cos(angle / 2), np.sin(angle / 2)
    return np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], axis=-2)
