"""A circuit laid on a machine: the same circuit but for its noise, whatever the map makes of it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.machines.catalogue import machine_named
from qtl_core.machines.placing import noisy_circuit_of, placed, readable_circuit_of
from qtl_core.machines.routing import route
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.noisy_circuit import NoisyCircuit, flips, without_noise
from qtl_core.network.simulators.density_matrix import noisy_expectations
from qtl_core.settings import CircuitSettings, ReadoutSettings

MACHINE = machine_named("ibmqx4")


def quiet(noisy: NoisyCircuit) -> NoisyCircuit:
    """The same circuit with no error left."""
    return replace(noisy, channels=((),) * len(noisy.channels), confusion=flips(noisy.outputs, 0.0))


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", ["brick", "ring", "all", "none"])
@pytest.mark.parametrize("layout", [(1, 0, 2, 4), (0, 3, 1, 4), (4, 0, 3, 1)])
def test_a_routed_circuit_is_the_unrouted_one(entangler, rotation, layout):
    rng = np.random.default_rng(0)
    settings = CircuitSettings(qubits=4, depth=2, entangler=entangler, rotation=rotation, reuploading=True)
    angles, weights = rng.uniform(-1.5, 1.5, (2, 4)), rng.normal(size=settings.weight_count)
    wanted = noisy_expectations(without_noise(build_circuit(settings)), angles, weights)
    found = noisy_expectations(quiet(placed(settings, MACHINE, layout)), angles, weights)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_every_cnot_of_a_routed_circuit_is_on_the_map():
    routed = route(build_circuit(CircuitSettings(entangler="all")), MACHINE, (0, 3, 1, 4))
    pairs = [gate.wires for gate in routed.gates if gate.kind == "CNOT"]
    assert set(pairs) <= set(MACHINE.cnot_errors)
    assert routed.swaps > 0
    assert len(pairs) == routed.cnots == 6 * 6 + 3 * routed.swaps


def test_noise_shrinks_what_is_read_and_wrong_readings_shrink_it_further():
    angles, weights = np.zeros((1, 4)) + 0.7, np.full(24, 0.3)
    noisy = noisy_circuit_of(CircuitSettings(), ReadoutSettings(machine="ibmqx4", layout="1,0,2,4"))
    exact = noisy_expectations(quiet(noisy), angles, weights)
    well_read = noisy_expectations(replace(noisy, confusion=flips(4, 0.0)), angles, weights)
    found = noisy_expectations(noisy, angles, weights)
    factors = [MACHINE.qubits[qubit].read_factor for qubit in (1, 0, 2, 4)]
    np.testing.assert_allclose(found, well_read * factors, atol=1e-12)
    assert np.linalg.norm(found) < np.linalg.norm(well_read) < np.linalg.norm(exact)


def test_without_a_layout_the_best_one_is_taken():
    best = noisy_circuit_of(CircuitSettings(), ReadoutSettings(machine="ibmqx4"))
    named = noisy_circuit_of(CircuitSettings(), ReadoutSettings(machine="ibmqx4", layout="4,2,0,1"))
    assert best is named


def test_gate_times_say_how_much_is_relaxation():
    def read(times: float) -> np.ndarray:
        noisy = noisy_circuit_of(CircuitSettings(), ReadoutSettings(machine="ibmqx4", gate_times=times))
        return noisy_expectations(noisy, np.zeros((1, 4)) + 0.7, np.full(24, 0.3))

    assert np.abs(read(0.0) - read(1.0)).max() > 1e-3
    assert np.abs(read(1.0) - read(0.5)).max() > 1e-4


def test_a_machine_that_is_not_there_is_said():
    with pytest.raises(UserError, match="no machine “nowhere”"):
        noisy_circuit_of(CircuitSettings(), ReadoutSettings(machine="nowhere"))


@pytest.mark.parametrize("asked", ["http://evil.org", "www.evil.org", "fake_[x](http://evil.org)", "a" * 5000])
@pytest.mark.parametrize("name", ["machine", "layout"])
def test_a_stranger_s_machine_or_layout_is_refused_without_a_link(asked, name):
    readout = ReadoutSettings(**({"machine": "ibmqx4"} | {name: asked[:64]}))
    for find in (noisy_circuit_of, readable_circuit_of):
        with pytest.raises(UserError) as refused:
            find(CircuitSettings(), readout)
        said = f"{refused.value.what} {refused.value.why}"
        assert not re.search(r"://|www\.|\]\(", said) and len(said) < 400
