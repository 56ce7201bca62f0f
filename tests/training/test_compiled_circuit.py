"""The compiled interpreter against PennyLane with torch's autograd, for circuits drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import GATE_KINDS, AngleSource, Circuit, Gate
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.settings import CircuitSettings
from qtl_core.training.compiled.circuit_kernels import (
    collect_gradient,
    run_backward,
    run_circuit,
    set_features,
    set_weights,
)
from qtl_core.training.compiled.code_cache import jit
from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.program import PERMUTATION, PHASES, ROTATIONS, START, compile_circuit
from qtl_core.training.compiled.workspace import allocate

WEIGHTS = 4


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Any gates in any order; angles may be used twice, or not at all."""
    wires = draw(st.integers(1, 4))
    kinds = [kind for kind in GATE_KINDS if GATE_KINDS[kind][0] <= wires]
    return Circuit(wires, tuple(draw(st.lists(gates(wires, kinds), max_size=14))), WEIGHTS)


@st.composite
def gates(draw: st.DrawFn, wires: int, kinds: list[str]) -> Gate:
    kind = draw(st.sampled_from(kinds))
    on, angles = GATE_KINDS[kind]
    order = draw(st.permutations(range(wires)))
    features = st.builds(AngleSource, st.just("feature"), st.integers(0, wires - 1))
    weights = st.builds(AngleSource, st.just("weight"), st.integers(0, WEIGHTS - 1))
    return Gate(kind, tuple(order[:on]), tuple(draw(features | weights) for _ in range(angles)))


@jit
def forth_and_back(program, work):
    set_weights(program, work)
    set_features(program, work)
    run_backward(program, work, run_circuit(program, work))
    collect_gradient(program, work)


def compiled(
    circuit: Circuit, angles: np.ndarray, weights: np.ndarray, expectation_gradients: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns <Z>, and the gradients for the pictures' angles (LANES, wires) and for the weights."""
    program, wires = compile_circuit(circuit), circuit.wires
    work = allocate(program, [(wires, 1), (wires,), weights.shape, (2, wires), (2,)], np.dtype(np.float64))
    work.net.q_params[:] = weights[:, None]
    work.half_cosines[:], work.half_sines[:] = np.cos(angles.T / 2), np.sin(angles.T / 2)
    work.expectation_gradients[:] = expectation_gradients.T
    forth_and_back(program, work)
    values = work.values.T.copy()
    return values, work.feature_gradients.T, work.gradient.q_params.sum(axis=1)


def reference(
    circuit: Circuit, angles: np.ndarray, weights: np.ndarray, expectation_gradients: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same from PennyLane's gates and torch's autograd."""
    inputs = torch.tensor(angles, requires_grad=True), torch.tensor(weights, requires_grad=True)
    simulator = PennyLaneSimulator(circuit, batched=False, diff_method="backprop")
    values = simulator(*inputs)
    if not values.requires_grad:  # a circuit without a single angle
        return values.numpy(), np.zeros_like(angles), np.zeros_like(weights)
    values.backward(torch.tensor(expectation_gradients))
    gradients = (np.zeros(x.shape) if x.grad is None else x.grad.numpy() for x in inputs)
    return values.detach().numpy(), *gradients


def assert_agrees(circuit: Circuit, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angles = rng.uniform(-np.pi / 2, np.pi / 2, (LANES, circuit.wires))
    weights = rng.uniform(-np.pi, np.pi, circuit.weight_count)
    expectation_gradients = np.zeros_like(angles)
    expectation_gradients[:2] = rng.standard_normal((2, circuit.wires))  # other lanes stand empty, as in a short batch
    ours = compiled(circuit, angles, weights, expectation_gradients)
    theirs = reference(circuit, angles[:2], weights, expectation_gradients[:2])
    np.testing.assert_allclose(ours[0][:2], theirs[0], atol=1e-10, err_msg="values")
    np.testing.assert_allclose(ours[1][:2], theirs[1], atol=1e-10, err_msg="pictures' angles")
    np.testing.assert_allclose(ours[2], theirs[2], atol=1e-10, err_msg="weights")
    assert not ours[1][2:].any()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(circuit=circuits(), seed=st.integers(0, 99))
def test_any_circuit_has_pennylane_s_values_and_gradients(circuit, seed):
    assert_agrees(circuit, seed)


@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("qubits", [1, 2, 5, 8])
def test_the_app_s_circuits_have_pennylane_s_values_and_gradients(qubits, rotation):
    assert_agrees(build_circuit(CircuitSettings(qubits, 2, "ring", rotation, True)), seed=qubits)


# How a gate list is packed


def kinds(circuit: CircuitSettings) -> list[int]:
    return compile_circuit(build_circuit(circuit)).kinds.tolist()


def test_the_paper_s_circuit_is_a_start_and_six_times_a_permutation_and_a_column():
    assert kinds(CircuitSettings()) == [START] + [PERMUTATION, ROTATIONS] * 6


def test_full_rotations_are_three_columns_and_the_last_phases_fall_away():
    layer = [PERMUTATION, PHASES, ROTATIONS, PHASES]
    assert kinds(CircuitSettings(4, 2, rotation="rot")) == ([START] + layer * 2)[:-1]


def test_real_circuits_are_simulated_without_imaginary_parts():
    for rotation, planes in (("ry", 1), ("rot", 2)):
        assert compile_circuit(build_circuit(CircuitSettings(3, 2, rotation=rotation))).planes == planes


def test_equal_runs_of_cnots_share_one_permutation():
    assert len(compile_circuit(build_circuit(CircuitSettings(5, 9))).permutations) == 1
