"""A circuit of RY and CNOT alone, whose amplitudes are real: for many starts and states at once, with all slopes.

The slopes are worked out from the last gate to the first, a few times the work of running the circuit; for expectation
values and chances they are what the parameter-shift rule gives, two runs an angle, on a machine that cannot look
inside. Amplitudes are the first axis, so that every gate runs through memory in order; wire 0 is the highest bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RealCircuit:
    """Layers of RY on every wire and a ring of CNOTs, and RY on every wire at the end.

    Attributes:
        wires: How many qubits, two at least.
        depth: How many layers.
    """

    wires: int
    depth: int

    @property
    def angles(self) -> int:
        """The number of trained angles."""
        return self.wires * (self.depth + 1)

    def run(self, angles: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Returns what the circuit makes of states.

        Args:
            angles: Shape (rows, angles), radians.
            states: Real amplitudes, shape (2**wires, rows, items); with one row for all rows alike.
        """
        rows = max(len(angles), states.shape[1])
        state = np.broadcast_to(states, (len(states), rows, states.shape[2])).copy()
        cosines, sines = np.cos(angles / 2), np.sin(angles / 2)
        for layer in range(self.depth + 1):
            if layer > 0:
                state = state[self._ring()]
            for index in self._of(layer):
                _turn(state, index % self.wires, cosines[:, index, None], sines[:, index, None])
        return state

    def slopes(self, angles: np.ndarray, final: np.ndarray, pull: np.ndarray) -> np.ndarray:
        """Returns the slopes of a loss by every angle, shape (rows, angles).

        Args:
            angles: As in `run`.
            final: What `run` gave.
            pull: Slopes of the loss by the amplitudes of `final`, same shape; a row's items are added up.
        """
        state, pull = final.copy(), pull.copy()
        cosines, sines = np.cos(angles / 2), np.sin(angles / 2)
        slopes = np.empty((final.shape[1], self.angles))
        back = np.argsort(self._ring())
        for layer in reversed(range(self.depth + 1)):
            for index in self._of(layer):
                wire = index % self.wires
                zero, one = _halves(state, wire)
                pull_zero, pull_one = _halves(pull, wire)
                slopes[:, index] = 0.5 * (pull_one * zero - pull_zero * one).sum(axis=(0, 1, 3))
                _turn(state, wire, cosines[:, index, None], -sines[:, index, None])
                _turn(pull, wire, cosines[:, index, None], -sines[:, index, None])
            if layer > 0:
                state, pull = state[back], pull[back]
        return slopes

    def _of(self, layer: int) -> range:
        return range(layer * self.wires, (layer + 1) * self.wires)

    def _ring(self) -> np.ndarray:
        """The order of amplitudes after CNOTs from each wire to the next, and from the last to the first."""
        order = basis = np.arange(2**self.wires)
        for control in range(self.wires if self.wires > 2 else 1):
            target = (control + 1) % self.wires
            bit = (basis >> (self.wires - 1 - control)) & 1
            order = order[basis ^ (bit << (self.wires - 1 - target))]
        return order


def _halves(state: np.ndarray, wire: int) -> tuple[np.ndarray, np.ndarray]:
    halves = state.reshape(2**wire, 2, -1, *state.shape[1:])
    return halves[:, 0], halves[:, 1]


def _turn(state: np.ndarray, wire: int, cos: np.ndarray, sin: np.ndarray) -> None:
    """Turns one wire by RY, in place."""
    zero, one = _halves(state, wire)
    turned = cos * zero - sin * one
    one *= cos
    one += sin * zero
    zero[...] = turned
