"""Mitigation: what brings noisy readings back towards the exact ones, what each method costs, and what it brings.

To add a method: a name with its title and a sentence in `methods.METHODS`, and what it does in `read_mitigated`.

- *Readout correction* (`readout`): the machine reads known states, all 0 and all 1, which tells how often each bit is
  read wrongly; the inverse of that confusion matrix is applied. Bits err independently here, so the inverse of the
  whole 2**n matrix is that of each bit's own, and serves any number of qubits: mthree, which solves in the space of
  the bit strings that were seen, has nothing to save; the tests compare with it. Preparing the known states counts as
  perfect.
- *Zero-noise extrapolation* (`zne_linear`, `zne_richardson`): each gate G is run as G G† G, with its noise after each,
  three times the noise for the same circuit, and as G G† G G† G; a line, or the parabola through all three, is followed
  back to none (K. Temme, S. Bravyi, J. M. Gambetta, Phys. Rev. Lett. 119, 180509, 2017). It is our own: mitiq takes
  NumPy below 2.3 alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.checks import one_of, whole_number
from qtl_core.common.errors import InputError, UserError
from qtl_core.common.progress import ProgressCallback, no_progress, parts_of
from qtl_core.machines.fake_backends import AerCircuit
from qtl_core.machines.placing import readable_circuit_of
from qtl_core.network.gates import Gate
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.methods import METHODS
from qtl_core.readout.reading import Reading, read_noisy
from qtl_core.settings.readout import ReadoutSettings

SCALES = (1, 3, 5)  # times each gate is run: odd ones, of which all but one cancel
X = np.array([[[0.0, 1.0], [1.0, 0.0]]])


@dataclass(frozen=True)
class Cost:
    """The work behind a reading.

    Attributes:
        circuits: Different circuits that are run, of all pictures together.
        shots: Shots of all of them together; 0 where averages are computed.
        gates: Times as many gates as without mitigation.
        error_factor: Times as large a standard error as without mitigation, at the same shots a circuit.
    """

    circuits: int
    shots: int
    gates: float = 1.0
    error_factor: float = 1.0


def read_mitigated(
    inputs: ReadoutInputs,
    readout: ReadoutSettings,
    *,
    seed: int = 0,
    mitigate: Sequence[str] = (),
    progress: ProgressCallback = no_progress,
) -> tuple[Reading, Cost]:
    """Reads pictures out and mitigates what noise did to them.

    Args:
        inputs: The pictures and the head.
        readout: How the circuit is read.
        seed: Decides what shots give. The circuits themselves get the same shots with mitigation as without.
        mitigate: Names of `methods.METHODS`.
        progress: Told how far it is; what it raises ends the work.

    Returns:
        The reading, with its standard errors, and what it took.

    Raises:
        UserError: There is no such method or machine, or two extrapolations are asked for.
    """
    check_methods(mitigate)
    noisy = readable_circuit_of(inputs.circuit, readout)
    scales = SCALES if is_extrapolated(mitigate) else (1,)
    readings = [
        read_noisy(folded(noisy, scale), inputs.angles, inputs.trained, readout, seed=_seed(seed, scale), progress=part)
        for scale, part in zip(scales, parts_of(progress, scales), strict=True)
    ]
    calibration = 0
    if "readout" in mitigate:
        confusion, calibration = measured_confusion(noisy, readout.shots, _seed(seed, 0)), 2
        readings = [corrected(each, confusion) for each in readings]
    reading = readings[0]
    if len(scales) > 1:
        reading = extrapolated(readings, zero_weights(scales, is_line="zne_linear" in mitigate))
    circuits = inputs.size * len(scales) + calibration
    factor = _error_factor(noisy, scales, mitigate)
    return reading, Cost(circuits, circuits * readout.shots, float(sum(scales)), factor)


def check_methods(mitigate: Sequence[str]) -> None:
    """Refuses what is no set of methods.

    Raises:
        InputError: A name is none of `methods.METHODS`, or both extrapolations are named.
    """
    for name in mitigate:
        one_of("mitigate", name, tuple(METHODS))
    if {"zne_linear", "zne_richardson"} <= set(mitigate):
        raise InputError("mitigate", "names two extrapolations", "one of zne_linear and zne_richardson")


def is_extrapolated(mitigate: Sequence[str]) -> bool:
    """Returns whether circuits are run with more noise, too."""
    return any(name.startswith("zne") for name in mitigate)


def measured_confusion(noisy: NoisyCircuit | AerCircuit, shots: int, seed: int) -> np.ndarray:
    """Returns how often each bit is read wrongly, as two circuits show it, shape (outputs, 2, 2) as [output, b, r].

    A bit that so few shots show to be read by chance, or worse, counts as read rightly: nothing of it can be corrected.

    Args:
        noisy: The circuit, of which the confusion is read.
        shots: Of each of the two; 0 shows it exactly.
        seed: Decides what they show.
    """
    if not shots:
        return noisy.confusion
    wrong = np.random.default_rng(seed).binomial(shots, noisy.confusion[:, (0, 1), (1, 0)]) / shots  # (outputs, 2)
    wrong[wrong.sum(axis=1) >= 1] = 0.0
    measured = np.empty_like(noisy.confusion)
    measured[:, (0, 1), (1, 0)], measured[:, (0, 1), (0, 1)] = wrong, 1 - wrong
    return measured


def corrected(reading: Reading, confusion: np.ndarray) -> Reading:
    """Returns a reading with the inverse of a confusion applied, errors included; arguments as below."""
    values = corrected_values(reading.expectations, confusion)
    left = np.abs(1 - confusion[:, 0, 1] - confusion[:, 1, 0])
    return replace(reading, expectations=values, errors=reading.errors / left)


def corrected_values(read: np.ndarray, confusion: np.ndarray) -> np.ndarray:
    """Returns expectation values with the inverse of a confusion applied, shape (..., outputs).

    <Z> as read is z (1 - a - b) + (b - a), where a is how often a 0 is read as 1 and b how often a 1 is read as 0.

    Args:
        read: Expectation values as read, shape (..., outputs).
        confusion: Shape (outputs, 2, 2), as [output, b, r].

    Raises:
        UserError: A bit is read wrongly as often as rightly, so nothing can be told of it.
    """
    wrong_zero, wrong_one = confusion[:, 0, 1], confusion[:, 1, 0]
    left = 1 - wrong_zero - wrong_one
    if (np.abs(left) < 1e-9).any():
        raise UserError(
            "These readings cannot be corrected.",
            "Bits are read wrongly as often as rightly, so nothing is left of them to correct.",
            "Choose a lower rate of wrong readings, or leave the correction out.",
        )
    return np.asarray((read - (wrong_one - wrong_zero)) / left)


def folded(noisy: NoisyCircuit | AerCircuit, scale: int) -> NoisyCircuit | AerCircuit:
    """Returns the circuit with each gate G as G G† G ... G, `scale` times, each time followed by the gate's noise.

    H and CNOT are their own inverses; that of RY and Rot is the gate with its angles in reverse order between two X,
    which flip the sign of every angle. These X are put in as channels, so they add no noise.

    Args:
        noisy: The circuit with its noise.
        scale: An odd number.

    Raises:
        UserError: The circuit runs on one of Qiskit's machines, which would undo each G G† again.
    """
    if whole_number("scale", scale, 1, 99) % 2 == 0:
        raise InputError("scale", f"is {scale}", "odd")
    if isinstance(noisy, AerCircuit):
        if scale == 1:
            return noisy
        raise UserError(
            f"Noise cannot be extrapolated to zero on {noisy.machine}.",
            "Qiskit lays the circuit on it, and takes out gates that undo each other.",
            "Switch the extrapolation off, or choose ibmqx4.",
        )
    gates: list[Gate] = []
    channels: list[tuple[AppliedChannel, ...]] = []
    for gate, noise in zip(noisy.circuit.gates, noisy.channels, strict=True):
        flip = tuple(AppliedChannel(X, (wire,)) for wire in gate.wires) if gate.angles else ()
        for _ in range(scale // 2):
            gates += [gate, replace(gate, angles=gate.angles[::-1])]
            channels += [(*noise, *flip), (*flip, *noise)]
        gates.append(gate)
        channels.append(noise)
    return replace(noisy, circuit=replace(noisy.circuit, gates=tuple(gates)), channels=tuple(channels))


def zero_weights(scales: Sequence[int], *, is_line: bool) -> np.ndarray:
    """Returns what the readings at some noise scales are multiplied by to give that at none, shape (scales,).

    Args:
        scales: The noise, in units of the circuit's own.
        is_line: Whether a straight line is fitted (least squares); otherwise the polynomial through all of them.
    """
    powers = np.vander(np.asarray(scales, float), 2 if is_line else len(scales), increasing=True)
    return np.asarray(np.linalg.pinv(powers)[0])  # the polynomial's value at 0 is its first coefficient


def extrapolated(readings: Sequence[Reading], weights: np.ndarray) -> Reading:
    """Returns the reading at no noise, of those at several scales; it may lie a little beyond -1 and 1."""
    values = np.tensordot(weights, [each.expectations for each in readings], axes=1)
    errors = np.sqrt(np.tensordot(weights**2, [each.errors**2 for each in readings], axes=1))
    return Reading(values, errors, readings[0].kind)


def _error_factor(noisy: NoisyCircuit | AerCircuit, scales: Sequence[int], mitigate: Sequence[str]) -> float:
    factor = 1.0
    if "readout" in mitigate:
        left = 1 - noisy.confusion[:, 0, 1] - noisy.confusion[:, 1, 0]
        factor *= float((1 / np.abs(left)).mean())
    if len(scales) > 1:
        factor *= math.sqrt(float((zero_weights(scales, is_line="zne_linear" in mitigate) ** 2).sum()))
    return factor


def _seed(seed: int, part: int) -> int:
    """Returns the seed of one of several circuits; that of the circuit itself is the seed that was asked for."""
    return seed if part == 1 else int(np.random.SeedSequence([seed, part]).generate_state(1)[0])
