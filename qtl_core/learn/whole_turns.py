"""Two-qubit circuits of CNOTs with a turn of each qubit before, between and after, searched for many gates at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.learn.compilation import MOST_CNOTS
from qtl_core.learn.register import CNOT, X, Y, Z
from qtl_core.learn.sweeps import best_turn

TURNS = 2 * (MOST_CNOTS + 1)  # those of qubit 0 and of qubit 1 by turns, a CNOT after every two
ENOUGH, ROUNDING = 1e-6, 1e-12  # who errs less than the first stands still; what is below the second is no number
AXES = np.array([np.eye(2), -1j * X, -1j * Y, -1j * Z])  # a turn is their sum with four numbers of length one
BASES = tuple(
    np.array([np.kron(axis, np.eye(2)) if wire == 0 else np.kron(np.eye(2), axis) for axis in AXES]) for wire in (0, 1)
)


@dataclass(frozen=True)
class Found:
    """The circuits that were found.

    Attributes:
        errors: 1 - |Tr(target^dagger circuit)|^2 / 16 at the start and after every turn, (rows, sweeps * TURNS + 1).
        turns: In the end, shape (rows, TURNS, 4).
    """

    errors: np.ndarray
    turns: np.ndarray


def drawn(dice: np.random.Generator) -> np.ndarray:
    """Returns turns of which all are equally likely, shape (TURNS, 4)."""
    numbers = dice.normal(size=(TURNS, 4))
    turns: np.ndarray = numbers / np.linalg.norm(numbers, axis=1, keepdims=True)
    return turns


def circuit(turns: np.ndarray) -> np.ndarray:
    """Returns the circuits' matrices, (rows, TURNS, 4) to (rows, 4, 4)."""
    whole = _gate(turns, 0)
    for index in range(1, TURNS):
        whole = _gate(turns, index) @ whole
    return whole


def searched(targets: np.ndarray, turns: np.ndarray, sweeps: int, should_stop: ShouldStop = never_stop) -> Found:
    """Searches by sweeps, which never make it worse.

    Args:
        targets: Unitary, shape (rows, 4, 4).
        turns: To begin with, shape (rows, TURNS, 4).
        sweeps: How often all turns are gone through.
        should_stop: Asked before each sweep.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    turns, undone = turns.copy(), np.swapaxes(targets.conj(), 1, 2)
    errors = [_error(np.abs(np.einsum("rij,rji->r", undone, circuit(turns))) ** 2)]
    for _ in range(sweeps):
        if should_stop():
            raise StoppedByUser
        errors += _swept(undone, turns, errors[-1])
    return Found(np.stack(errors, axis=1), turns)


def _swept(undone: np.ndarray, turns: np.ndarray, error: np.ndarray) -> Iterator[np.ndarray]:
    """Yields the errors after every turn was made the best; changes `turns`."""
    behind = [np.broadcast_to(np.eye(4, dtype=complex), undone.shape)]
    for index in range(TURNS - 1, 0, -1):
        behind.append(behind[-1] @ _gate(turns, index))
    front = undone
    for index in range(TURNS):
        around = _before(index) @ front @ behind[TURNS - 1 - index]
        best, alike = best_turn(np.einsum("rij,kji->rk", around, BASES[index % 2]))
        moves = error > ENOUGH
        turns[moves, index], error = best[moves], np.where(moves, _error(alike), error)
        yield error
        front = _gate(turns, index) @ front


def _error(alike: np.ndarray) -> np.ndarray:
    return np.maximum(1 - alike / 16, ROUNDING)


def _gate(turns: np.ndarray, index: int) -> np.ndarray:
    """Returns a turn with the CNOT that stands before it, if any."""
    gate: np.ndarray = np.tensordot(turns[:, index], BASES[index % 2], 1) @ _before(index)
    return gate


def _before(index: int) -> np.ndarray:
    return CNOT if index and index % 2 == 0 else np.eye(4)
