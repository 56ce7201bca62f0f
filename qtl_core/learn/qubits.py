"""One qubit turned about Y, and two with a CNOT: chances, measurements, and how entangled they get."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from qtl_core.learn.register import CNOT, H, act, probabilities, ry, rz, sampled, zero


@dataclass(frozen=True)
class Measured:
    """One qubit and its measurements.

    Attributes:
        state: Amplitudes, shape (2,).
        counts: How often 0 and 1 came up, shape (2,).
        again: Whether a Hadamard gate stood before the measurement.
    """

    state: np.ndarray
    counts: np.ndarray
    again: bool = False

    @property
    def chance(self) -> float:
        """The probability of 1."""
        return float(probabilities(self.state)[1])

    @property
    def chance_of_mixture(self) -> float:
        """The probability of 1 for a coin of the same bias, a mixture of 0 and 1, put through the same gates."""
        return 0.5 if self.again else self.chance

    @property
    def share(self) -> float:
        """The share of 1 among the measurements."""
        return float(self.counts[1] / self.counts.sum())

    @property
    def usual_error(self) -> float:
        """The standard deviation of that share: the square root of p(1 - p) / shots."""
        return math.sqrt(max(0.0, self.chance * (1 - self.chance)) / self.counts.sum())


def measure(angle: float, phase: float, shots: int, seed: int, *, again: bool = False) -> Measured:
    """Turns |0> by RY(angle), then RZ(phase), and measures copies of it.

    Args:
        angle: Radians about Y.
        phase: Radians about Z; no measurement in Z notices it.
        shots: How many copies are measured.
        seed: Of the simulated measurements.
        again: Whether a Hadamard gate follows, after which the phase is noticed.
    """
    state = act(rz(phase), act(ry(angle), zero(1), [0]), [0])
    state = act(H, state, [0]) if again else state
    return Measured(state, sampled(state, shots, seed), again)


def pair(angle: float, *, cnot: bool = True) -> np.ndarray:
    """Returns RY(angle) on qubit 0, then a CNOT from it to qubit 1, or none: amplitudes, shape (4,)."""
    state = act(ry(angle), zero(2), [0])
    return act(CNOT, state, [0, 1]) if cnot else state


def agreement(state: np.ndarray, *, turned: bool = False) -> float:
    """Returns how probable it is that both qubits give the same result.

    Args:
        state: Amplitudes of two qubits, shape (4,).
        turned: Whether both are measured in X, by a Hadamard gate on each before the measurement.
    """
    for wire in (0, 1) if turned else ():
        state = act(H, state, [wire])
    chances = probabilities(state)
    return float(chances[0] + chances[3])
