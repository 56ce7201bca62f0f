"""One picture's answer under noise on many qubits, in a worker."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.readout.flicker import FlickerRequest, flicker_of, run_flicker_job
from qtl_core.readout.reading import read_circuit
from qtl_core.settings import ReadoutSettings
from tests.readout.conftest import made_inputs


@pytest.mark.parametrize(("qubits", "trajectories"), [(3, 0), (9, 100)])
def test_the_job_finds_what_the_function_does_and_says_what_is_behind(qubits, trajectories):
    inputs, readout = made_inputs(1, qubits=qubits, depth=1), ReadoutSettings(depolarizing_two=0.05)
    made = []
    run_flicker_job(FlickerRequest(inputs, readout, 3), made.append, lambda: False)
    found = flicker_of(inputs, readout, seed=3)
    assert made[0].trajectories == found.trajectories == trajectories
    np.testing.assert_array_equal(made[0].trail, found.trail)
    read = read_circuit(inputs.circuit, inputs.angles, inputs.trained, readout)
    np.testing.assert_allclose(found.average, inputs.probabilities(read.expectations)[0], atol=1e-12)
