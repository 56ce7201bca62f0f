"""Quantum autoencoders of three qubits that keep one of them, for states of real amplitudes, many at once.

An encoder is layers of RY on every qubit with CNOTs between them; it is to leave the last two qubits at 0, whatever
state of its family comes in, so that they can be dropped (Romero, Olson and Aspuru-Guzik, Quantum Science and
Technology 2, 045001, 2017). To bring a state back, two fresh qubits at 0 are put in their place and the encoder is
undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.learn.register import CNOT
from qtl_core.learn.sweeps import best_angle

QUBITS, LAYERS = 3, 7
ANGLES = QUBITS * LAYERS
SIZE = 2**QUBITS
EMPTY = slice(None, None, 4)  # amplitudes with the last two qubits at 0
MIXED = (np.kron(CNOT, np.eye(2)) @ np.kron(np.eye(2), CNOT)).real.argmax(axis=1)  # where an amplitude comes from
UNMIXED = np.argsort(MIXED)


@dataclass(frozen=True)
class Trained:
    """The encoders that were trained.

    Attributes:
        errors: What states brought back lack of fidelity on average, at the points asked for, shape (rows, points).
        angles: In the end, shape (rows, ANGLES).
    """

    errors: np.ndarray
    angles: np.ndarray


def trained(
    states: np.ndarray,
    unseen: np.ndarray,
    angles: np.ndarray,
    points: np.ndarray,
    should_stop: ShouldStop = never_stop,
) -> Trained:
    """Trains encoders by sweeps, each on its own states.

    Args:
        states: To learn from, shape (rows, states, SIZE).
        unseen: To judge by, shape (rows, others, SIZE).
        angles: To begin with, shape (rows, ANGLES).
        points: After how many angles to judge, increasing, from 0 on.
        should_stop: Asked before each sweep.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    angles, wanted, errors, done = angles.copy(), set(points.tolist()), [error(angles, unseen)], 0
    while done < points[-1]:
        if should_stop():
            raise StoppedByUser
        for _ in _swept(states, angles):
            done += 1
            if done in wanted:
                errors.append(error(angles, unseen))
    return Trained(np.stack(errors, axis=1), angles)


def error(angles: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns what the states lack of fidelity once they are brought back, (rows, n, SIZE) to their mean (rows,)."""
    halves = encoded(angles, states).reshape(*states.shape[:2], 2, SIZE // 2)  # the kept qubit, the dropped ones
    # whatever the dropped qubits were found to be, what is left is put beside fresh ones and compared
    overlaps = np.einsum("rnk,rnkd->rnd", halves[..., 0], halves)
    return 1 - np.square(overlaps).sum(axis=-1).mean(axis=-1)


def encoded(angles: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Returns the states after the encoder, (rows, n, SIZE) both."""
    for index in range(ANGLES):
        states = _turned(_before(states, index), angles[:, index], index % QUBITS)
    return states


def _swept(states: np.ndarray, angles: np.ndarray) -> Iterator[None]:
    """Gives every angle in turn its best value, and says so; changes `angles`."""
    behind = [np.broadcast_to(np.eye(SIZE)[:, EMPTY].T, (len(angles), 2, SIZE))]
    for index in range(ANGLES - 1, 0, -1):  # the two wanted amplitudes, followed backwards
        rows = _turned(behind[-1], -angles[:, index], index % QUBITS)
        behind.append(rows[..., UNMIXED] if _mixes(index) else rows)
    for index in range(ANGLES):
        states = _before(states, index)
        wire, after = index % QUBITS, np.swapaxes(behind[ANGLES - 1 - index], 1, 2)
        angles[:, index] = best_angle(states @ after, _turned(states, np.full(len(angles), np.pi), wire) @ after)
        states = _turned(states, angles[:, index], wire)
        yield


def _mixes(index: int) -> bool:
    return index > 0 and index % QUBITS == 0


def _before(states: np.ndarray, index: int) -> np.ndarray:
    return states[..., MIXED] if _mixes(index) else states


def _turned(states: np.ndarray, angles: np.ndarray, wire: int) -> np.ndarray:
    """Returns states after RY on a wire, each row by its own angle."""
    parts = states.reshape(*states.shape[:2], 2**wire, 2, -1)
    cos, sin = (turn(angles / 2)[:, None, None, None] for turn in (np.cos, np.sin))
    zero, one = parts[:, :, :, 0], parts[:, :, :, 1]
    turned: np.ndarray = np.stack([cos * zero - sin * one, sin * zero + cos * one], axis=3)
    return turned.reshape(states.shape)
