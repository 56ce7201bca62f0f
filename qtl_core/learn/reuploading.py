"""Circuits of a few qubits into which a point's numbers go again and again, many of them at once, with all slopes.

A qubit for each number. Before every layer the numbers turn their qubits by RY; the layer turns each qubit by RZ and
RY, trained, and ties every two neighbours with a CZ. Two last trained turns of qubit 0 come before it is measured:
<Z> of it is the answer (data re-uploading: Pérez-Salinas and others, Quantum 4, 226, 2020).

The slopes are those of the parameter-shift rule, which a quantum computer would measure with two circuits for each
angle and point; a simulator gets the same numbers by going back through the circuit once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reuploading:
    """A circuit.

    Attributes:
        wires: Qubits, one for each number of a point.
        layers: How often the numbers go in.
    """

    wires: int
    layers: int

    @property
    def angles(self) -> int:
        """The number of trained angles."""
        return 2 * self.wires * self.layers + 2

    def evaluations(self, points: int) -> int:
        """Counts the runs of a step: at each point one for the value and two for each angle's slope."""
        return points * (1 + 2 * self.angles)

    def values(self, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Returns <Z> of qubit 0.

        Args:
            points: Turns of the qubits in radians, shape (rows, points, wires).
            weights: Trained angles, a circuit for each row, shape (rows, angles).

        Returns:
            Shape (rows, points).
        """
        state = self._start(points)
        for gate in self._gates():
            state = self._after(gate, state, points, weights)
        return self._measured(state)

    def slopes(self, points: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns the values, shape (rows, points), and their slopes by each angle, shape (angles, rows, points)."""
        states = [self._start(points)]
        for gate in self._gates():
            states.append(self._after(gate, states[-1], points, weights))
        back = self._signs() * states[-1]
        found = np.zeros((self.angles, *points.shape[:2]))
        for gate, after in zip(reversed(self._gates()), reversed(states[1:]), strict=True):
            kind, wire, at = gate
            if kind in ("RY", "RZ"):
                found[at] = _overlap(back, _generated(kind, after, wire))
            back = self._after(gate, back, -points, -weights)  # undone: a CZ undoes itself
        return self._measured(states[-1]), found

    def _gates(self) -> list[tuple[str, int, int]]:
        """All gates in order: its kind, its qubit, and which trained angle it turns by."""
        gates: list[tuple[str, int, int]] = []
        at = 0
        for _ in range(self.layers):
            gates += [("data", wire, -1) for wire in range(self.wires)]
            for wire in range(self.wires):
                gates += [("RZ", wire, at), ("RY", wire, at + 1)]
                at += 2
            gates += [("CZ", wire, -1) for wire in range(self.wires - 1)]
        return [*gates, ("RZ", 0, at), ("RY", 0, at + 1)]

    def _start(self, points: np.ndarray) -> np.ndarray:
        state = np.zeros((*(2,) * self.wires, *points.shape[:2]), dtype=complex)
        state[(0,) * self.wires] = 1
        return state

    def _after(
        self, gate: tuple[str, int, int], state: np.ndarray, points: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """The states after a gate, of shape (2, 2, ..., rows, points)."""
        kind, wire, at = gate
        if kind == "CZ":
            return state * self._pair(wire)
        return _turned(kind, state, wire, points[:, :, wire] if kind == "data" else weights[:, at, None])

    def _measured(self, state: np.ndarray) -> np.ndarray:
        return _overlap(self._signs() * state, 1j * state)

    def _signs(self) -> np.ndarray:
        return np.array([1.0, -1.0]).reshape(2, *(1,) * (self.wires + 1))

    def _pair(self, wire: int) -> np.ndarray:
        """Signs of a CZ on this qubit and the next."""
        shape = [1] * (self.wires + 2)
        shape[wire] = shape[wire + 1] = 2
        return np.array([1, 1, 1, -1]).reshape(shape)


def _turned(kind: str, state: np.ndarray, wire: int, angle: np.ndarray) -> np.ndarray:
    """Turns a qubit by angles of shape (rows, points or 1): by RZ, or else RY."""
    zero, one = np.moveaxis(state, wire, 0)
    cos, sin = np.cos(angle / 2), np.sin(angle / 2)
    if kind == "RZ":
        phase = cos - 1j * sin
        return np.stack([phase * zero, phase.conj() * one], axis=wire)
    return np.stack([cos * zero - sin * one, sin * zero + cos * one], axis=wire)


def _generated(kind: str, state: np.ndarray, wire: int) -> np.ndarray:
    """The state under the Pauli matrix of a gate."""
    zero, one = np.moveaxis(state, wire, 0)
    return np.stack([-1j * one, 1j * zero] if kind == "RY" else [zero, -one], axis=wire)


def _overlap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The imaginary part of <one|other>, for each row and point."""
    inner = one.real * other.imag - one.imag * other.real
    return inner.sum(axis=tuple(range(one.ndim - 2)))
