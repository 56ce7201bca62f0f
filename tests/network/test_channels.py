"""The tables of channels, and the circuits with rates, against PennyLane's own channels and Qiskit Aer's own errors.

Other tests hand the tables to those programs, and so hold the interpreters alone; here each program brings its own.
"""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import InputError
from qtl_core.network.ansatz import ENTANGLERS, build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.noise.channels import CHANNELS, kraus
from qtl_core.network.noise.noisy_circuit import with_rates
from qtl_core.network.simulators.density_matrix import outcome_probabilities
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.settings import CircuitSettings, ReadoutSettings
from tests.helpers.noisy_circuits import EVERY_RATE, numbers_for

PENNYLANE = {
    "depolarizing": qml.DepolarizingChannel,
    "amplitude_damping": qml.AmplitudeDamping,
    "phase_damping": qml.PhaseDamping,
    "bit_flip": qml.BitFlip,
}


def superoperator(operators) -> np.ndarray:
    """What a channel makes of every entry of a density matrix; other operators of the same channel give the same."""
    return sum(np.kron(each, np.conj(each)) for each in np.asarray(operators, complex))


@pytest.mark.parametrize("rate", [0.0, 0.13, 0.75])
@pytest.mark.parametrize("name", list(CHANNELS))
def test_a_channel_is_pennylanes(name, rate):
    wanted = superoperator(PENNYLANE[name](rate, wires=0).kraus_matrices())
    np.testing.assert_allclose(superoperator(kraus(name, rate)), wanted, atol=1e-12)


@pytest.mark.parametrize("rate", [0.02, 0.13, 0.6])
@pytest.mark.parametrize("name", list(CHANNELS))
def test_a_channel_is_aers(name, rate):
    noise = pytest.importorskip("qiskit_aer.noise")
    from qiskit.quantum_info import Kraus

    theirs = {
        # Aer forgets the qubit with its rate, and so leaves it alone by chance a quarter of that
        "depolarizing": lambda: noise.depolarizing_error(4 * rate / 3, 1),
        "amplitude_damping": lambda: noise.amplitude_damping_error(rate),
        "phase_damping": lambda: noise.phase_damping_error(rate),
        "bit_flip": lambda: noise.pauli_error([("X", rate), ("I", 1 - rate)]),
    }[name]()
    np.testing.assert_allclose(superoperator(kraus(name, rate)), superoperator(Kraus(theirs).data), atol=1e-9)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_a_rate_that_is_no_probability_is_refused(rate):
    with pytest.raises(InputError, match="a probability from 0 to 1"):
        kraus("bit_flip", rate)


def by_pennylane(settings: CircuitSettings, readout: ReadoutSettings, angles, weights) -> np.ndarray:
    """The chances of each bit string: channels written out by their names, after every gate on each of its wires."""
    circuit = build_circuit(settings)

    @qml.qnode(qml.device("default.mixed", wires=circuit.wires))
    def run():
        for gate in bind(circuit, angles, weights):
            OPERATIONS[gate.kind](*gate.angles, wires=gate.wires)
            for wire in gate.wires:
                rate = readout.depolarizing_one if len(gate.wires) == 1 else readout.depolarizing_two
                qml.DepolarizingChannel(rate, wires=wire)
                qml.AmplitudeDamping(readout.amplitude_damping, wires=wire)
                qml.PhaseDamping(readout.phase_damping, wires=wire)
        for wire in range(circuit.wires):
            qml.BitFlip(readout.readout_flip, wires=wire)
        return qml.probs(wires=range(circuit.wires))

    return np.asarray(run())


RATES = ("depolarizing_one", "depolarizing_two", "amplitude_damping", "phase_damping", "readout_flip")


@pytest.mark.parametrize("readout", [EVERY_RATE, *(ReadoutSettings(**{name: 0.17}) for name in RATES)])
@pytest.mark.parametrize(
    ("rotation", "entangler", "reuploading"),
    [("ry", "brick", False), *(("rot", entangler, True) for entangler in ENTANGLERS)],
)
def test_rates_are_what_pennylane_makes_of_them(readout, rotation, entangler, reuploading):
    settings = CircuitSettings(qubits=3, depth=2, rotation=rotation, entangler=entangler, reuploading=reuploading)
    noisy = with_rates(build_circuit(settings), readout)
    angles, weights = numbers_for(noisy, 1, seed=len(entangler))
    wanted = by_pennylane(settings, readout, angles[0], weights)
    np.testing.assert_allclose(outcome_probabilities(noisy, angles, weights)[0], wanted, atol=1e-10)
