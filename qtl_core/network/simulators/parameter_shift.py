"""Gradients by the parameter-shift rule: from the same circuit, run with one angle a quarter turn forth and back.

An average of measurements is a sine of every single angle, whatever noise acts after the gates, so half the difference
of the two runs is its slope (Mitarai et al., Phys. Rev. A 98, 032309, 2018). A quantum computer can learn so: each run
gives nothing but shots.

The picture's angles have slopes as well, and stand in several gates where data is re-uploaded. So that every angle of
every gate can be shifted by itself, `shiftable` gives each a number of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.checks import instance
from qtl_core.common.errors import InputError
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit
from qtl_core.network.simulators.density_matrix import outcome_probabilities

SHIFT = math.pi / 2


@dataclass(frozen=True, eq=False)
class ShiftableCircuit:
    """A circuit each of whose angles can be shifted by itself.

    Attributes:
        noisy: It has one trained angle for each angle of a gate; for a picture's, one that is added to it.
        sources: Where each of them came from.
        weight_count: Length of the trained angles of the circuit as it was.
    """

    noisy: NoisyCircuit
    sources: tuple[AngleSource, ...]
    weight_count: int

    def values(self, weights: np.ndarray) -> np.ndarray:
        """Returns its trained angles where nothing is shifted, shape (angles,)."""
        return np.array([weights[each.index] if each.kind == "weight" else 0.0 for each in self.sources])

    def shifted(self, weights: np.ndarray, which: np.ndarray) -> np.ndarray:
        """Returns its trained angles with one of them shifted: all of `which` forth, then all back.

        Args:
            weights: Trained angles of the circuit as it was, shape (weight_count,), radians.
            which: Positions in `sources`, shape (shifted,).

        Returns:
            Shape (2, shifted, angles).
        """
        rows = np.tile(self.values(weights), (2, len(which), 1))
        rows[0, np.arange(len(which)), which] += SHIFT
        rows[1, np.arange(len(which)), which] -= SHIFT
        return rows


def shiftable(noisy: NoisyCircuit) -> ShiftableCircuit:
    """Returns a circuit whose every angle can be shifted by itself.

    Raises:
        InputError: A gate takes a picture's angle that is no RY.
    """
    gates: list[Gate] = []
    channels: list[tuple[AppliedChannel, ...]] = []
    sources: list[AngleSource] = []
    for gate, after in zip(instance("noisy", noisy, NoisyCircuit).circuit.gates, noisy.channels, strict=True):
        own = tuple(AngleSource("weight", len(sources) + number) for number in range(len(gate.angles)))
        sources.extend(gate.angles)
        if any(each.kind == "feature" for each in gate.angles):
            if gate.kind != "RY":
                raise InputError("noisy", f"turns a picture's angle by {gate.kind}", "RY alone")
            gates.append(replace(gate, angles=own))  # two RY add their angles; the noise comes once
            channels.append(())
        gates.append(gate if gate.angles and gate.angles[0].kind == "feature" else replace(gate, angles=own))
        channels.append(after)
    circuit = Circuit(noisy.circuit.wires, tuple(gates), len(sources))
    made = NoisyCircuit(circuit, tuple(channels), noisy.measured, noisy.confusion)
    return ShiftableCircuit(made, tuple(sources), noisy.circuit.weight_count)


def probabilities_of_each(noisy: NoisyCircuit, angles: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Returns how often each bit string is read, for every picture and every row of trained angles.

    Args:
        noisy: The circuit with its noise.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        rows: Trained angles, shape (rows, weight_count), radians.

    Returns:
        Shape (rows, pictures, 2**outputs); the first output is the highest bit.
    """
    every = np.tile(angles, (len(rows), 1)), np.repeat(rows, len(angles), axis=0)
    return outcome_probabilities(noisy, *every).reshape(len(rows), len(angles), -1)


def gathered(
    circuit: ShiftableCircuit, which: np.ndarray, slopes: np.ndarray, pictures: int, outputs: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the gradients of a picture's angles and of the trained ones, from those of the circuit's every angle.

    Args:
        circuit: Whose angles they are.
        which: Positions in `circuit.sources`, shape (shifted,).
        slopes: Of whatever is learnt, by each of them and for every picture, shape (shifted, pictures).
        pictures: How many.
        outputs: Angles of a picture.

    Returns:
        Shapes (pictures, outputs) and (weight_count,).
    """
    of_angles, of_weights = np.zeros((pictures, outputs)), np.zeros(circuit.weight_count)
    for place, slope in zip(which, slopes, strict=True):
        source = circuit.sources[place]
        if source.kind == "feature":
            of_angles[:, source.index] += slope
        else:
            of_weights[source.index] += slope.sum()
    return of_angles, of_weights
