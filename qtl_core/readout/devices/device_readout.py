"""A run's pictures read out on a device: what came, as answers beside the exact ones, and readout correction there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.simulators.shots import standard_errors
from qtl_core.readout.devices.request import DeviceChoice, DeviceRequest
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.mitigation import Cost, corrected
from qtl_core.readout.reading import Reading
from qtl_core.readout.run_readout import RunReadout, with_reading
from qtl_core.settings.readout import ReadoutSettings

DRAWS = 400  # readings that are drawn for a band; its ends are then sure to a picture or so


def device_request(inputs: ReadoutInputs, choice: DeviceChoice) -> DeviceRequest:
    """Returns the circuits of pictures on a device."""
    return DeviceRequest(choice, build_circuit(inputs.circuit), inputs.angles, inputs.trained)


def calibration_requests(choice: DeviceChoice, wires: int) -> tuple[DeviceRequest, DeviceRequest]:
    """Returns two circuits that prepare all 0 and all 1, by turns of 0 and of pi about y."""
    gates = tuple(Gate("RY", (wire,), (AngleSource("weight", wire),)) for wire in range(wires))
    circuit, nothing = Circuit(wires, gates, wires), np.zeros((1, wires))
    zero, one = (DeviceRequest(choice, circuit, nothing, np.full(wires, angle)) for angle in (0.0, math.pi))
    return zero, one


def confusion_of(zero: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Returns how often each bit is read wrongly, shape (qubits, 2, 2) as [qubit, bit, read].

    Args:
        zero: <Z> of every qubit as read of all 0, shape (qubits,).
        one: The same of all 1.
    """
    read_as_zero = np.stack([(1 + zero) / 2, (1 + one) / 2], axis=1)
    return np.stack([read_as_zero, 1 - read_as_zero], axis=2)


def device_readout(
    inputs: ReadoutInputs, choice: DeviceChoice, found: np.ndarray, confusion: np.ndarray | None = None
) -> RunReadout:
    """Returns the answers for those pictures that a device gave a result for.

    Args:
        inputs: All pictures that it was asked about.
        choice: The device and how it was asked.
        found: <Z> of every qubit, shape (pictures, qubits); NaN where nothing came.
        confusion: How often bits are read wrongly, where that is corrected.

    Raises:
        UserError: Nothing came at all.
    """
    came = np.flatnonzero(np.isfinite(found).all(axis=1))
    if not len(came):
        raise UserError("No circuit gave a result.", "", "Go on, or choose another device.")
    there = replace(
        inputs,
        files=tuple(inputs.files[at] for at in came),
        labels=inputs.labels[came],
        angles=inputs.angles[came],
    )
    values = found[came]
    spread = standard_errors(values, choice.shots) if choice.shots else np.zeros_like(values)
    reading = Reading(values, spread, "draw" if choice.shots else "exact")
    if confusion is not None:
        reading = corrected(reading, confusion)
    circuits = len(came) + (2 if confusion is not None else 0)
    return with_reading(
        there,
        reading,
        ReadoutSettings(shots=choice.shots),
        seed=choice.seed,
        mitigate=("readout",) if confusion is not None else (),
        cost=Cost(circuits, circuits * choice.shots),
    )


def accuracy_band(inputs: ReadoutInputs, run: RunReadout) -> tuple[float, float]:
    """Returns where accuracy would lie in 90% of further draws with the same errors, 0 to 1 each.

    Every <Z> is drawn anew around what was read, by its standard error; qubits count as independent.

    Args:
        inputs: The head.
        run: What was read.
    """
    rng = np.random.default_rng(0)
    scattered = rng.normal(run.reading.expectations, run.reading.errors, (DRAWS, *run.reading.errors.shape))
    answers = inputs.probabilities(scattered).argmax(axis=-1)
    low, high = np.quantile((answers == run.labels).mean(axis=1), (0.05, 0.95))
    return float(low), float(high)
