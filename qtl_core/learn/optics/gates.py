"""Gates on one mode of light, as matrices between its states of 0, 1, 2 ... photons, cut off somewhere.

Displacement and squeezing are cut out of the matrices of a mode without end, by recursion, so a state that would grow
beyond the cutoff loses norm. The cubic phase gate is the exponential of a position that was cut off before: it keeps
the norm, and depends on the cutoff. Both are as in the simulator behind the published example (Strawberry Fields with
TensorFlow); signs and hbar = 2, too. Numbers may be arrays: a gate for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

Bend = Literal["cubic", "kerr"]


def lowering(cutoff: int) -> np.ndarray:
    """Returns the matrix that takes one photon away."""
    return np.diag(np.sqrt(np.arange(1.0, cutoff)), 1)


def rotation(angle: np.ndarray, cutoff: int) -> np.ndarray:
    """Returns the diagonal of exp(i angle n), shape (..., cutoff)."""
    phases: np.ndarray = np.exp(1j * np.asarray(angle)[..., None] * np.arange(cutoff))
    return phases


def displacement(amount: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Returns the upper left part of exp(amount (a† - a)), by a D = D (a + amount), row by row."""
    amount = np.asarray(amount, float)[..., None]
    photons = np.arange(columns)
    gate = np.zeros((*amount.shape[:-1], rows, columns))
    gate[..., 0, 0] = np.exp(-(amount[..., 0] ** 2) / 2)
    for column in range(1, columns):
        gate[..., 0, column] = -gate[..., 0, column - 1] * amount[..., 0] / np.sqrt(column)
    for row in range(1, rows):
        gate[..., row, :] = amount / np.sqrt(row) * gate[..., row - 1, :]
        gate[..., row, 1:] += np.sqrt(photons[1:] / row) * gate[..., row - 1, :-1]
    return gate


def squeezing(amount: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Returns the upper left part of exp(amount (a² - a†²) / 2), by a S = S (a cosh - a† sinh), row by row."""
    amount = np.asarray(amount, float)[..., None]
    wide, slope = np.cosh(amount), np.tanh(amount)
    photons = np.arange(columns)
    gate = np.zeros((*amount.shape[:-1], rows, columns))
    gate[..., 0, 0] = wide[..., 0] ** -0.5
    for column in range(2, columns, 2):
        gate[..., 0, column] = gate[..., 0, column - 2] * slope[..., 0] * np.sqrt((column - 1) / column)
    for row in range(1, rows):
        gate[..., row, 1:] = np.sqrt(photons[1:] / row) / wide * gate[..., row - 1, :-1]
        if row > 1:
            gate[..., row, :] -= slope * np.sqrt((row - 1) / row) * gate[..., row - 2, :]
    return gate


@dataclass(frozen=True)
class Bender:
    """A gate that no squeezing, turning or shifting replaces: exp(i amount H), H by its own values and states.

    Attributes:
        values: Of H, shape (cutoff,).
        states: A column each, shape (cutoff, cutoff), real.
    """

    values: np.ndarray
    states: np.ndarray

    @property
    def generator(self) -> np.ndarray:
        """H as a matrix."""
        matrix: np.ndarray = (self.states * self.values) @ self.states.T
        return matrix

    def gate(self, amount: np.ndarray) -> np.ndarray:
        """Returns the matrix of each amount, shape (..., cutoff, cutoff)."""
        phases = np.exp(1j * np.asarray(amount)[..., None] * self.values)
        matrix: np.ndarray = (self.states * phases[..., None, :]) @ self.states.T
        return matrix


@lru_cache(maxsize=32)
def bender(kind: Bend, cutoff: int) -> Bender:
    """Returns the cubic phase gate's H = x³ / 6, x = a + a† cut off, or the Kerr gate's H = n²."""
    if kind == "kerr":
        return Bender(np.arange(cutoff) ** 2.0, np.eye(cutoff))
    position = lowering(cutoff) + lowering(cutoff).T
    return Bender(*np.linalg.eigh(position @ position @ position / 6))


@dataclass(frozen=True)
class Mode:
    """A mode's matrices that slopes need: one or two rows more than the cutoff, as a† leads beyond it.

    Attributes:
        cutoff: How many states there are: 0 to cutoff - 1 photons.
        shift: a† - a from cutoff + 1 rows to cutoff.
        squeeze: (a² - a†²) / 2 from cutoff + 2 rows to cutoff.
    """

    cutoff: int
    shift: np.ndarray
    squeeze: np.ndarray


@lru_cache(maxsize=32)
def mode(cutoff: int) -> Mode:
    """Returns the matrices of a cutoff."""
    one, two = lowering(cutoff + 1), lowering(cutoff + 2)
    return Mode(cutoff, (one.T - one)[:cutoff], ((two @ two - (two @ two).T) / 2)[:cutoff])
