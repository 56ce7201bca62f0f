"""Answers from what a device gave: of those pictures alone that came, with errors, and corrected for wrong readings."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.readout.devices.device_readout import calibration_requests, confusion_of, device_readout, device_request
from qtl_core.readout.devices.measuring import gathered, measure
from qtl_core.readout.devices.request import DeviceChoice
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.settings import CircuitSettings

RNG = np.random.default_rng(2)
INPUTS = ReadoutInputs(
    circuit=CircuitSettings(qubits=2, depth=1),
    classes=("a", "b"),
    files=tuple("pqrst"),
    labels=np.array([0, 1, 0, 1, 0]),
    angles=RNG.uniform(-1, 1, (5, 2)),
    trained=RNG.uniform(-1, 1, 2),
    weights=RNG.normal(size=(2, 2)),
    bias=np.zeros(2),
)
EXACT = INPUTS.exact_expectations()


def test_what_did_not_come_is_left_out():
    found = EXACT.copy()
    found[[1, 3]] = np.nan
    result = device_readout(INPUTS, DeviceChoice("default.qubit"), found)
    assert (result.files, result.size, result.kind) == (("p", "r", "t"), 3, "exact")
    np.testing.assert_array_equal(result.exact_expectations, EXACT[[0, 2, 4]])
    assert len(result.changed) == 0
    with pytest.raises(UserError, match="No circuit"):
        device_readout(INPUTS, DeviceChoice("default.qubit"), np.full((5, 2), np.nan))


def test_shots_leave_their_standard_error():
    result = device_readout(INPUTS, DeviceChoice("qiskit.aer", shots=100), EXACT)
    assert result.kind == "draw"
    np.testing.assert_allclose(result.reading.errors, np.sqrt((1 - (EXACT / 1.01) ** 2) / 100))


def test_wrong_readings_are_measured_and_undone():
    def read(true: np.ndarray) -> np.ndarray:  # a 0 is read as 1 in 5 of 100, a 1 as 0 in 15
        return true * 0.8 + 0.1

    confusion = confusion_of(read(np.ones(2)), read(-np.ones(2)))
    np.testing.assert_allclose(confusion[0], [[0.95, 0.05], [0.15, 0.85]])
    result = device_readout(INPUTS, DeviceChoice("qiskit.aer", shots=100), read(EXACT), confusion)
    np.testing.assert_allclose(result.reading.expectations, EXACT, atol=1e-12)
    np.testing.assert_allclose(result.reading.errors, np.sqrt((1 - (read(EXACT) / 1.01) ** 2) / 100) / 0.8)
    assert result.cost.circuits == 7


def test_the_known_states_are_all_0_and_all_1():
    zero, one = calibration_requests(DeviceChoice("default.qubit"), 3)
    for request, value in ((zero, 1.0), (one, -1.0)):
        np.testing.assert_allclose(gathered(request, tuple(measure(request, never_stop))), [[value] * 3], atol=1e-12)
    assert device_request(INPUTS, DeviceChoice("default.qubit")).size == 5
