"""The circuit against PennyLane, against textbook matrices, and its gradients against finite differences."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pennylane as qml
import pytest
import torch

from qtl_core.common.errors import InputError
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.network.simulators import torch_statevector
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator, z_signs
from qtl_core.settings import CircuitSettings, spec_of
from tests.helpers import oracle

DOUBLE, SINGLE = 1e-10, 1e-5  # the tolerances the issue demands
BATCH = 3

ENTANGLERS = [choice.value for choice in spec_of(CircuitSettings, "entangler").choices]
ROTATIONS = [choice.value for choice in spec_of(CircuitSettings, "rotation").choices]
OPTIONS = list(product(ENTANGLERS, ROTATIONS, (False, True)))
ALL = [
    CircuitSettings(qubits, depth, entangler, rotation, reuploading)
    for qubits in range(1, 7)
    for depth in (0, 1, 3)
    for entangler, rotation, reuploading in OPTIONS
]
# PennyLane takes some 30 ms a circuit: every option with a few widths, odd and even, with and without a lone last wire.
SOME = [CircuitSettings(qubits, 2, *option) for qubits, option in product((1, 3, 4), OPTIONS)] + [
    CircuitSettings(6, 3, "brick", "ry", True),
    CircuitSettings(5, 0, "all", "rot", True),
    CircuitSettings(6, 2, "all", "rot", False),
    CircuitSettings(),
]


def name(settings: CircuitSettings) -> str:
    again = "again" if settings.reuploading else "once"
    return f"{settings.qubits}-{settings.depth}-{settings.entangler}-{settings.rotation}-{again}"


def numbers(settings: CircuitSettings, dtype: torch.dtype = torch.float64) -> tuple[torch.Tensor, torch.Tensor]:
    """Random picture angles (BATCH, qubits) and trained angles (weight_count,), all over the circle."""
    generator = torch.Generator().manual_seed(settings.qubits * 100 + settings.depth)
    angles = torch.randn(BATCH, settings.qubits, generator=generator, dtype=torch.float64)
    weights = 2 * torch.randn(settings.weight_count, generator=generator, dtype=torch.float64)
    return angles.to(dtype), weights.to(dtype)


def by_the_book(settings: CircuitSettings, angles: torch.Tensor, weights: torch.Tensor) -> np.ndarray:
    """The oracle's answer, shape (BATCH, qubits)."""
    shaped = weights.numpy().reshape(settings.depth, settings.qubits, settings.angles_per_rotation)
    options = settings.entangler, settings.rotation, settings.reuploading
    return np.stack([oracle.expectations(row, shaped, *options) for row in angles.numpy()])


def gradients(simulator, angles: torch.Tensor, weights: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The gradient of a fixed mixture of all outputs with regard to both inputs."""
    angles, weights = angles.clone().requires_grad_(), weights.clone().requires_grad_()
    values = simulator(angles, weights)
    mixture = torch.linspace(0.5, 1.5, values.numel(), dtype=values.dtype).view_as(values)
    return torch.autograd.grad((values * mixture).sum(), (angles, weights), allow_unused=True, materialize_grads=True)


# The oracle itself, by what is known without it


def test_the_oracle_s_cnot_flips_the_target_of_a_set_control():
    basis = np.eye(8)
    assert np.array_equal(oracle.cnot(3, 0, 2) @ basis[0b100], basis[0b101])
    assert np.array_equal(oracle.cnot(3, 2, 0) @ basis[0b001], basis[0b101])
    assert np.array_equal(oracle.cnot(3, 1, 2) @ basis[0b101], basis[0b101])


def test_the_oracle_s_embedding_alone_is_minus_the_sine():
    """H|0> lies along x; RY(angle) turns it to z = -sin(angle)."""
    angles = np.array([0.3, -1.1])
    assert np.allclose(oracle.expectations(angles, np.empty((0, 2, 1)), "none", "ry", False), -np.sin(angles))


# Values


@pytest.mark.parametrize("settings", ALL, ids=name)
def test_the_torch_simulator_against_textbook_matrices(settings):
    simulator = StateVectorSimulator(build_circuit(settings))
    expected = by_the_book(settings, *numbers(settings))
    assert np.abs(simulator(*numbers(settings)).numpy() - expected).max() < DOUBLE
    single = simulator(*numbers(settings, torch.float32))
    assert single.dtype == torch.float32
    assert np.abs(single.numpy() - expected).max() < SINGLE


@pytest.mark.parametrize("settings", SOME, ids=name)
def test_pennylane_s_interpreter_against_textbook_matrices(settings):
    expected = by_the_book(settings, *numbers(settings))
    values = PennyLaneSimulator(build_circuit(settings))(*numbers(settings))
    assert np.abs(values.numpy() - expected).max() < DOUBLE


@pytest.mark.parametrize(("qubits", "depth"), [(8, 3), (9, 2), (12, 1)])
def test_wide_circuits_against_pennylane(qubits, depth):
    """Wider than the oracle's full matrices go; past four wires matrices are applied group by group."""
    settings = CircuitSettings(qubits, depth, "ring", "rot", True)
    fast, reference = StateVectorSimulator(build_circuit(settings)), PennyLaneSimulator(build_circuit(settings))
    assert (fast(*numbers(settings)) - reference(*numbers(settings))).abs().max() < DOUBLE


@pytest.mark.parametrize("batch", [1, 2])
def test_small_batches_keep_their_shape(batch):
    settings = CircuitSettings(3, 2)
    angles, weights = numbers(settings)
    for simulator in (StateVectorSimulator(build_circuit(settings)), PennyLaneSimulator(build_circuit(settings))):
        assert simulator(angles[:batch], weights).shape == (batch, 3)


@pytest.mark.parametrize("batch", [2**4, 2**6])
def test_a_batch_as_long_as_a_state_is_gives_every_picture_its_own_values(batch):
    """Which wires a matrix acts on is seen from the state's width, never from the number of pictures."""
    simulator = StateVectorSimulator(build_circuit(CircuitSettings(6, 1, "ring", "ry")))
    angles = torch.linspace(-2.0, 2.0, 6 * batch, dtype=torch.float64).view(batch, 6)
    weights = torch.linspace(-1.0, 2.0, 6, dtype=torch.float64)
    each = torch.cat([simulator(picture[None], weights) for picture in angles])
    assert (simulator(angles, weights) - each).abs().max() < DOUBLE


@pytest.mark.parametrize("device", ["default.qubit", "lightning.qubit"])
@pytest.mark.parametrize("batched", [True, False])
def test_any_pennylane_device_per_sample_or_batched(device, batched):
    settings = CircuitSettings(3, 2, reuploading=True)
    simulator = PennyLaneSimulator(build_circuit(settings), device, batched=batched)
    values = simulator(*numbers(settings, torch.float32))
    assert (values.shape, values.dtype) == ((BATCH, 3), torch.float32)
    assert np.abs(values.numpy() - by_the_book(settings, *numbers(settings))).max() < SINGLE


def test_the_paper_s_circuit_as_the_demo_writes_it():
    """The PennyLane demo's own lines, from the paper's appendix: nothing of ours takes part."""
    qubits, depth = 4, 6

    @qml.qnode(qml.device("default.qubit", wires=qubits), interface="torch")
    def quantum_net(features, q_weights_flat):
        q_weights = q_weights_flat.reshape(depth, qubits)
        for wire in range(qubits):
            qml.Hadamard(wires=wire)
        for wire, angle in enumerate(features):
            qml.RY(angle, wires=wire)
        for layer in range(depth):
            for wire in range(0, qubits - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
            for wire in range(1, qubits - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
            for wire, weight in enumerate(q_weights[layer]):
                qml.RY(weight, wires=wire)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(qubits)]

    angles, weights = numbers(CircuitSettings())
    expected = torch.stack([torch.stack(quantum_net(row, weights)) for row in angles])
    assert (StateVectorSimulator(build_circuit(CircuitSettings()))(angles, weights) - expected).abs().max() < DOUBLE


# Gradients


@pytest.mark.parametrize("settings", [settings for settings in ALL if settings.depth == 3], ids=name)
def test_gradients_against_finite_differences(settings):
    """Central differences of the oracle-checked simulator in double precision: wrong by about 1e-9."""
    simulator, (angles, weights) = StateVectorSimulator(build_circuit(settings)), numbers(settings)
    by_angles, by_weights = gradients(simulator, angles, weights)
    mixture, step = torch.linspace(0.5, 1.5, angles.numel(), dtype=torch.float64).view_as(angles), 1e-5

    def difference(change_angles: torch.Tensor, change_weights: torch.Tensor) -> float:
        up = simulator(angles + change_angles, weights + change_weights)
        down = simulator(angles - change_angles, weights - change_weights)
        return float(((up - down) * mixture).sum() / (2 * step))

    still_angles, still_weights = torch.zeros_like(angles), torch.zeros_like(weights)
    generator = torch.Generator().manual_seed(1)
    for _ in range(3):  # along random directions, which every single entry takes part in
        direction = torch.randn(angles.shape, generator=generator, dtype=torch.float64)
        assert abs(difference(step * direction, still_weights) - float((by_angles * direction).sum())) < 1e-7
        direction = torch.randn(weights.shape, generator=generator, dtype=torch.float64)
        assert abs(difference(still_angles, step * direction) - float((by_weights * direction).sum())) < 1e-7


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, DOUBLE), (torch.float32, SINGLE)], ids=str)
@pytest.mark.parametrize("settings", SOME, ids=name)
def test_gradients_against_pennylane(settings, dtype, tolerance):
    ours = gradients(StateVectorSimulator(build_circuit(settings)), *numbers(settings, dtype))
    theirs = gradients(PennyLaneSimulator(build_circuit(settings)), *numbers(settings))
    assert len(ours) == 2, "by angles and by weights"
    for mine, reference in zip(ours, theirs, strict=True):
        assert mine.dtype == dtype
        assert mine.shape == reference.shape
        if mine.numel():
            assert (mine - reference).abs().max() < tolerance * 10  # sums of BATCH * qubits terms


# The gate list


def test_the_paper_s_gate_list_in_full():
    gates = build_circuit(CircuitSettings(qubits=4, depth=1)).gates
    assert [(gate.kind, gate.wires) for gate in gates] == [
        *(("H", (wire,)) for wire in range(4)),
        *(("RY", (wire,)) for wire in range(4)),
        *(("CNOT", pair) for pair in ((0, 1), (2, 3), (1, 2))),
        *(("RY", (wire,)) for wire in range(4)),
    ]
    assert [gate.section for gate in gates] == ["superposition"] * 4 + ["embedding"] * 4 + ["layer"] * 7
    assert gates[4].angles == (AngleSource("feature", 0),)
    assert gates[-1].angles == (AngleSource("weight", 3),)


def test_every_gate_says_which_part_and_layer_it_belongs_to():
    gates = build_circuit(CircuitSettings(2, 3, reuploading=True)).gates
    found = [(gate.section, gate.layer) for gate in gates]
    layer = [("layer", 0)] * 3  # a CNOT and two rotations
    assert found[:7] == [("superposition", 0)] * 2 + [("embedding", 0)] * 2 + layer
    assert found[7:] == [(section, at) for at in (1, 2) for section in ["embedding"] * 2 + ["layer"] * 3]
    assert Gate("H", (0,)) == Gate("H", (0,), (), "layer", 0)


def test_pennylane_is_asked_once_for_a_whole_batch_unless_told_otherwise():
    simulator = PennyLaneSimulator(build_circuit(CircuitSettings(2, 1)))
    asked, real = [], simulator.qnode
    simulator.qnode = lambda *inputs: asked.append(inputs) or real(*inputs)
    simulator(*numbers(CircuitSettings(2, 1)))
    assert len(asked) == 1


@pytest.mark.parametrize("entangler", ENTANGLERS)
@pytest.mark.parametrize("qubits", range(1, 7))
def test_every_entangler_has_the_pairs_it_says(entangler, qubits):
    gates = build_circuit(CircuitSettings(qubits, 1, entangler)).gates
    assert [gate.wires for gate in gates if gate.kind == "CNOT"] == list(oracle.pairs(entangler, qubits))


@pytest.mark.parametrize("settings", ALL, ids=name)
def test_every_trained_angle_is_used_once_and_every_picture_angle_as_often_as_embedded(settings):
    sources = [source for gate in build_circuit(settings).gates for source in gate.angles]
    weights = [source.index for source in sources if source.kind == "weight"]
    assert weights == list(range(settings.weight_count))
    embeddings = max(1, settings.depth) if settings.reuploading else 1
    features = [source.index for source in sources if source.kind == "feature"]
    assert sorted(features) == sorted(list(range(settings.qubits)) * embeddings)


def test_a_circuit_is_made_once():
    assert build_circuit(CircuitSettings(3)) is build_circuit(CircuitSettings(3))


def test_amplitudes_are_real_where_no_gate_is_complex():
    for settings in (CircuitSettings(), CircuitSettings(depth=0, rotation="rot")):
        assert not StateVectorSimulator(build_circuit(settings)).final_state(*numbers(settings)).is_complex()
    settings = CircuitSettings(rotation="rot")
    state = StateVectorSimulator(build_circuit(settings)).final_state(*numbers(settings))
    assert state.is_complex()
    assert torch.allclose(state.abs().square().sum(1), torch.ones(BATCH, dtype=torch.float64))


def test_wire_0_is_the_most_significant_bit():
    assert z_signs(2).tolist() == [[1, 1], [1, -1], [-1, 1], [-1, -1]]


@pytest.mark.parametrize(
    ("kind", "wires", "angles"), [("H", (0, 1), 0), ("CNOT", (0,), 0), ("RY", (0,), 0), ("Rot", (0,), 1)]
)
def test_a_gate_that_cannot_be_is_refused(kind, wires, angles):
    with pytest.raises(ValueError, match=kind):
        Gate(kind, wires, (AngleSource("weight", 0),) * angles)


def test_a_circuit_has_at_most_24_wires():
    assert Circuit(24, (), 0).wires == 24
    for wires in (0, 25):
        with pytest.raises(InputError, match="wires"):
            Circuit(wires, (), 0)


@pytest.mark.parametrize("shape", [(), (4,), (2, 4), (3, 2, 4)])
def test_a_matrix_of_every_angle_whatever_shape_they_come_in(shape):
    angles = torch.linspace(-2.0, 3.0, 3 * math.prod(shape), dtype=torch.float64).reshape(*shape, 3)
    each = [by_angles.tolist() for by_angles in angles.reshape(-1, 3)]
    rotations = np.array([oracle.rot(*of_one) for of_one in each]).reshape(*shape, 2, 2)
    turns = np.array([oracle.ry(first) for first, _, _ in each]).reshape(*shape, 2, 2)
    assert np.allclose(torch_statevector.rot(angles).numpy(), rotations, atol=DOUBLE)
    assert np.allclose(torch_statevector.ry(angles[..., 0]).numpy(), turns, atol=DOUBLE)


def test_an_interpreter_takes_any_gate_list_in_any_order():
    """Not only what the ansatz makes: rotations before entanglers, two runs of them, a control below its target."""
    first, second = AngleSource("feature", 0), AngleSource("weight", 0)
    circuit = Circuit(
        2,
        (
            Gate("CNOT", (1, 0)),
            Gate("RY", (1,), (first,)),
            Gate("CNOT", (1, 0)),
            Gate("H", (0,)),
            Gate("RY", (0,), (second,)),
        ),
        1,
    )
    angles, weights = torch.tensor([[0.4, 0.0]], dtype=torch.float64), torch.tensor([0.9], dtype=torch.float64)
    fast, reference = StateVectorSimulator(circuit)(angles, weights), PennyLaneSimulator(circuit)(angles, weights)
    assert (fast - reference).abs().max() < DOUBLE
