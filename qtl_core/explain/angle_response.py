"""The response of every picture's expectation values to one trained angle, all others held: exactly a sine wave.

A rotation's angle t enters the state as exp(-i t P / 2) with P a Pauli matrix, so <Z> = a + b cos t + c sin t (Mitarai
et al. 2018; Ostaszewski et al. 2021 train with it). Three runs of the circuit therefore give its values at any angle,
and a slider that is dragged costs no further run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.checks import instance, real_array, whole_number
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states

_THIRDS = 2 * math.pi * np.arange(3) / 3


@dataclass(frozen=True, eq=False)
class Response:
    """Expectation values as a function of one angle.

    Attributes:
        constant, cosine, sine: Coefficients a, b, c of every picture and qubit, each of shape (pictures, qubits).
    """

    constant: np.ndarray = field(repr=False)
    cosine: np.ndarray = field(repr=False)
    sine: np.ndarray = field(repr=False)

    def at(self, angle: float) -> np.ndarray:
        """Returns <Z> of every picture and qubit at this angle, radians; shape (pictures, qubits)."""
        return self.constant + self.cosine * math.cos(angle) + self.sine * math.sin(angle)


def response_of(circuit: Circuit, angles: np.ndarray, weights: np.ndarray, index: int) -> Response:
    """Returns the response to one trained angle.

    Args:
        circuit: The gate list; the angle drives one gate of it, as every trained angle does.
        angles: The pictures' angles, shape (pictures, qubits), radians.
        weights: Trained angles, shape (weight_count,), radians; the one at `index` does not matter.
        index: Which of them is turned.

    Raises:
        InputError: A shape does not fit the circuit, or there is no such angle.
    """
    instance("circuit", circuit, Circuit)
    weights = real_array("weights", weights, (circuit.weight_count,), says="(weight_count,)")
    index = whole_number("index", index, 0, circuit.weight_count - 1)
    values = np.stack([_values(circuit, angles, weights, index, angle) for angle in _THIRDS])
    cosine, sine = (np.tensordot(wave(_THIRDS), values, axes=1) * 2 / 3 for wave in (np.cos, np.sin))
    return Response(values.mean(axis=0), cosine, sine)


def _values(circuit: Circuit, angles: np.ndarray, weights: np.ndarray, index: int, angle: float) -> np.ndarray:
    turned = np.array(weights, dtype=np.float64)
    turned[index] = angle
    return expectations(final_states(circuit, angles, turned))
