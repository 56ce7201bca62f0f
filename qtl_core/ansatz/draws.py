"""Random angles for sampling a circuit, and what a sampled state costs.

Sim et al. (2019) draw every parameter of a circuit over its whole range. Here there are two kinds: trained angles, a
whole turn each, and a picture's angles, which tanh times pi/2 keeps between -pi/2 and pi/2. Both are drawn, so that the
figures are about all states that the circuit can make, with any training and for any picture. With the picture's angles
held at 0 instead, every circuit would begin in |+...+>, which no CNOT changes: the first entangler would do nothing.
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.circuit import Circuit

SECONDS_REAL, SECONDS_COMPLEX = 2e-9, 4e-9  # for an amplitude and a one-wire gate, on the two cores this was written on
AMPLITUDES_AT_ONCE = 2**18  # half a second of the deepest circuit: progress and stop are looked at in between


def random_angles(circuit: Circuit, states: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns pictures' angles, shape (states, wires), and trained angles, shape (states, weight_count); radians."""
    pictures = generator.uniform(-math.pi / 2, math.pi / 2, (states, circuit.wires))
    return pictures, generator.uniform(0, 2 * math.pi, (states, circuit.weight_count))


def seconds_per_state(circuit: Circuit) -> float:
    """Returns about how long one state takes; reading its figures off counts as a gate a wire."""
    each = SECONDS_REAL if circuit.is_real else SECONDS_COMPLEX
    turns = sum(len(gate.wires) == 1 for gate in circuit.gates)
    return 2**circuit.wires * each * (turns + circuit.wires)


def affordable(seconds_each: float, seconds: float, fewest: int, most: int) -> int:
    """Returns how many things of `seconds_each` fit into `seconds`, in whole hundreds between `fewest` and `most`."""
    return max(fewest, min(most, int(seconds / seconds_each) // 100 * 100))
