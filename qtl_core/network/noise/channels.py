"""The channels: what noise does to one qubit, as Kraus operators.

A channel turns a density matrix rho into the sum of K rho K† over its operators K, and these K†K add up to one
(Nielsen and Chuang, Quantum Computation and Quantum Information, section 8.3). Parameters are PennyLane's.

To add a channel: a function from its rate to its operators, entered in `CHANNELS`, and a setting of that rate in
`settings/readout.py` where people choose it. All interpreters read the operators alone; the tests against
PennyLane take it up from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from qtl_core.common.checks import one_of
from qtl_core.common.errors import InputError

_IDENTITY = np.eye(2)
_X = np.array([[0.0, 1.0], [1.0, 0.0]])
_Y = np.array([[0.0, -1.0j], [1.0j, 0.0]])
_Z = np.array([[1.0, 0.0], [0.0, -1.0]])


def depolarizing(rate: float) -> np.ndarray:
    """Has one of X, Y, Z act, each with a third of `rate`."""
    each = math.sqrt(rate / 3)
    return np.array([math.sqrt(1 - rate) * _IDENTITY, each * _X, each * _Y, each * _Z])


def amplitude_damping(rate: float) -> np.ndarray:
    """Lets the qubit fall from 1 to 0 with probability `rate`: what T1 describes."""
    return np.array([np.diag([1.0, math.sqrt(1 - rate)]), math.sqrt(rate) * np.array([[0.0, 1.0], [0.0, 0.0]])])


def phase_damping(rate: float) -> np.ndarray:
    """Shrinks what stands beside the diagonal by sqrt(1 - rate): what T2 describes beyond T1."""
    return np.array([np.diag([1.0, math.sqrt(1 - rate)]), np.diag([0.0, math.sqrt(rate)])])


def bit_flip(rate: float) -> np.ndarray:
    """Has X act with probability `rate`."""
    return np.array([math.sqrt(1 - rate) * _IDENTITY, math.sqrt(rate) * _X])


CHANNELS: dict[str, Callable[[float], np.ndarray]] = {
    "depolarizing": depolarizing,
    "amplitude_damping": amplitude_damping,
    "phase_damping": phase_damping,
    "bit_flip": bit_flip,
}


def kraus(name: str, rate: float) -> np.ndarray:
    """Returns a channel's Kraus operators, shape (operators, 2, 2), real or complex.

    Args:
        name: A key of `CHANNELS`.
        rate: A probability.

    Raises:
        InputError: There is no such channel, or the rate is no probability.
    """
    one_of("name", name, tuple(CHANNELS))
    if not 0.0 <= rate <= 1.0:
        raise InputError("rate", f"is {rate!r}", "a probability from 0 to 1")
    return CHANNELS[name](rate)
