"""Barren plateaus, gradients that fade with the number of qubits: the variance of one derivative over random angles.

J. R. McClean et al., Barren plateaus in quantum neural network training landscapes, Nat. Commun. 9, 4812 (2018): deep
random circuits have gradients whose variance falls exponentially with the qubits. Where one qubit alone is measured and
the circuit is shallow, it falls more slowly (M. Cerezo et al., Nat. Commun. 12, 1791, 2021); the curve of this very
ansatz says which it is.

The derivative is that of <Z> of qubit 0 by the first layer's turn about Y on qubit 0: on the wire that is measured,
every gate is in the light cone, with any entangler, depth and number of qubits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.checks import instance, whole_number
from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.network.analysis.expressibility import AMPLITUDES_AT_ONCE, affordable, random_angles, seconds_per_state
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.settings import CircuitSettings

SMALLEST, USUAL_LARGEST = 2, 10  # qubits; a larger circuit's own number is measured as well
FEWEST, MOST = 200, 2000  # derivatives a number of qubits
BUDGET_SECONDS = 5.0  # a number of qubits, by the estimate


@dataclass(frozen=True)
class PlateauPoint:
    """The gradient at one number of qubits.

    Attributes:
        qubits: How many.
        variance, error: Variance of the derivative over random angles, and its standard error.
        samples: Derivatives that were taken.
    """

    qubits: int
    variance: float
    error: float
    samples: int


def plateau_sizes(settings: CircuitSettings) -> range:
    """Returns the numbers of qubits at which the gradient is measured."""
    return range(SMALLEST, max(USUAL_LARGEST, settings.qubits) + 1)


def plateau_seconds(settings: CircuitSettings) -> float:
    """Returns about how long `plateau` takes."""
    circuits = [_circuit(settings, qubits) for qubits in plateau_sizes(settings)]
    return sum(2 * seconds_per_state(circuit) * _samples(circuit) for circuit in circuits)


def plateau(settings: CircuitSettings, should_stop: ShouldStop = never_stop, seed: int = 0) -> Iterator[PlateauPoint]:
    """Yields the gradient's variance at each of `plateau_sizes`, from few qubits to many, all else as in `settings`.

    Raises:
        ValueError: The circuit has no layer, and so no trained angle.
        StoppedByUser: `should_stop` said so.
    """
    if settings.depth == 0:
        raise ValueError("a circuit without layers has no trained angle")
    for qubits in plateau_sizes(settings):
        circuit = _circuit(settings, qubits)
        generator = np.random.default_rng((seed, qubits))
        yield point(circuit, first_turn(settings), _samples(circuit), generator, should_stop)


def first_turn(settings: CircuitSettings) -> int:
    """Returns where in `q_params` the first layer's turn about Y on qubit 0 is; in a Rot it is the middle angle."""
    return settings.angles_per_rotation // 2


def point(
    circuit: Circuit, index: int, samples: int, generator: np.random.Generator, should_stop: ShouldStop = never_stop
) -> PlateauPoint:
    """Returns the variance of the derivative by the trained angle `index`, from so many random angles."""
    instance("circuit", circuit, Circuit)
    instance("generator", generator, np.random.Generator)
    index = whole_number("index", index, 0, circuit.weight_count - 1)
    samples = whole_number("samples", samples, 2)  # of one there is no spread
    most = max(1, AMPLITUDES_AT_ONCE // 2**circuit.wires)
    squares = []
    for first in range(0, samples, most):
        numbers = random_angles(circuit, min(most, samples - first), generator)
        squares.append(np.square(derivatives(circuit, index, *numbers)))
        if should_stop():
            raise StoppedByUser
    found = np.concatenate(squares)
    # The mean derivative is 0 exactly: it is that of a periodic function over its whole period.
    return PlateauPoint(circuit.wires, float(found.mean()), float(found.std(ddof=1) / math.sqrt(samples)), samples)


def derivatives(circuit: Circuit, index: int, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns d<Z_0> / d weights[:, index] by the parameter-shift rule, exact for the angle of a rotation.

    Args:
        circuit: The gate list.
        index: Which trained angle.
        angles: Pictures' angles, shape (batch, wires), radians.
        weights: Trained angles, shape (batch, weight_count), radians.

    Returns:
        Shape (batch,).
    """
    step = np.zeros(circuit.weight_count)
    step[index] = math.pi / 2
    ahead, behind = (expectations(final_states(circuit, angles, weights + shift))[:, 0] for shift in (step, -step))
    return (ahead - behind) / 2


def _circuit(settings: CircuitSettings, qubits: int) -> Circuit:
    return build_circuit(replace(settings, qubits=qubits))


def _samples(circuit: Circuit) -> int:
    return affordable(2 * seconds_per_state(circuit), BUDGET_SECONDS, FEWEST, MOST)
