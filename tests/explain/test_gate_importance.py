"""Turning an angle and taking gates away, against the circuit run anew by another interpreter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.common.errors import UserError
from qtl_core.explain.angle_response import response_of
from qtl_core.explain.gate_importance import (
    GateImportances,
    class_probabilities,
    gate_importance_job,
    gate_importances,
    layer_gates,
    score_circuit,
)
from qtl_core.explain.validation_angles import CircuitInputs, inputs_job, inputs_of, run_inputs_job, why_no_inputs
from qtl_core.jobs import JobManager
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.model import DressedQuantumNet, load_head
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings, RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_circuits import CIRCUITS, name
from tests.helpers.made_networks import quick_settings
from tests.helpers.made_runs import made_run


def made_inputs(wires: int, pictures: int = 5) -> CircuitInputs:
    generator = np.random.default_rng(3)
    return CircuitInputs(
        ("ants", "bees"),
        tuple(map(str, range(pictures))),
        np.arange(pictures) % 2,
        generator.uniform(-1.5, 1.5, (pictures, wires)),
        generator.normal(size=(wires, 2)),
        generator.normal(size=2),
    )


def run_anew(circuit: Circuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return PennyLaneSimulator(circuit, batched=False)(torch.tensor(angles), torch.tensor(weights)).numpy()


@pytest.mark.parametrize("settings", [each for each in CIRCUITS if each.weight_count], ids=name)
def test_a_response_is_what_the_turned_circuit_gives(settings: CircuitSettings):
    circuit, inputs = build_circuit(settings), made_inputs(settings.qubits)
    weights = np.random.default_rng(1).uniform(-4, 4, settings.weight_count)
    for index in {0, settings.weight_count // 2, settings.weight_count - 1}:
        found = response_of(circuit, inputs.angles, weights, index)
        for angle in (weights[index], 0.3, -2.9):
            turned = weights.copy()
            turned[index] = angle
            np.testing.assert_allclose(found.at(angle), run_anew(circuit, inputs.angles, turned), atol=1e-12)


def test_the_verdict_is_that_of_softmax_and_cross_entropy():
    inputs, values = made_inputs(3), np.random.default_rng(2).uniform(-1, 1, (5, 3))
    scores = torch.tensor(values @ inputs.weights + inputs.bias)
    found = score_circuit(inputs, values)
    assert found.loss == pytest.approx(float(torch.nn.functional.cross_entropy(scores, torch.tensor(inputs.labels))))
    assert found.correct == int((scores.argmax(1).numpy() == inputs.labels).sum())
    assert found.accuracy == found.correct / 5
    np.testing.assert_allclose(class_probabilities(inputs, values), scores.softmax(1).numpy())
    np.testing.assert_allclose(class_probabilities(inputs, values[0]), scores.softmax(1).numpy()[0])


@pytest.mark.parametrize(
    "settings",
    [
        CircuitSettings(qubits=3, depth=2),
        CircuitSettings(qubits=2, depth=1, rotation="rot", reuploading=True),
        CircuitSettings(qubits=1, depth=0),
    ],
    ids=name,
)
def test_what_is_left_without_each_gate(settings: CircuitSettings):
    circuit, inputs = build_circuit(settings), made_inputs(settings.qubits)
    weights = np.random.default_rng(1).uniform(-4, 4, settings.weight_count)
    found = list(gate_importances(circuit, inputs, weights))
    assert len(found) == 1 + settings.depth + len(circuit.gates)
    assert found[0].score == score_circuit(
        inputs, StateVectorSimulator(circuit)(torch.tensor(inputs.angles), torch.tensor(weights)).numpy()
    )
    for each in found:
        kept = tuple(gate for index, gate in enumerate(circuit.gates) if index not in each.gates)
        left = replace(circuit, gates=kept)
        again = score_circuit(inputs, run_anew(left, inputs.angles, weights))
        assert (each.score.correct, each.score.loss) == (again.correct, pytest.approx(again.loss, abs=1e-12))


def test_a_gate_that_does_nothing_contributes_nothing():
    settings = CircuitSettings(qubits=2, depth=1)
    inputs, weights = made_inputs(2), np.array([0.0, 1.0])
    view = GateImportances(tuple(gate_importances(build_circuit(settings), inputs, weights)))
    idle, busy = (view.without([len(build_circuit(settings).gates) - 2 + wire]) for wire in (0, 1))
    assert idle.loss == pytest.approx(view.whole.loss, abs=1e-12)
    assert abs(busy.loss - view.whole.loss) > 0.01


def test_a_layer_is_its_own_gates_and_not_the_picture_embedded_anew():
    circuit = build_circuit(CircuitSettings(qubits=2, depth=2, reuploading=True))
    gone = layer_gates(circuit, 1)
    assert [circuit.gates[index].kind for index in gone] == ["CNOT", "RY", "RY"]
    assert all(circuit.gates[index].section == "layer" for index in gone)


def test_taking_gates_away_is_stopped_between_two_of_them():
    asked = iter([False, False, True])
    found = gate_importances(build_circuit(CircuitSettings()), made_inputs(4), np.zeros(24), lambda: next(asked))
    assert len(list(found)) == 2


@pytest.fixture(scope="module")
def trained_at_home(tmp_path_factory) -> tuple[RunView, str]:
    folder = tmp_path_factory.mktemp("probing")
    settings = quick_settings(folder, epochs=2, learning_rate=0.02, qubits=2)
    view = RunView()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(folder / "home"))
        for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
            view = view.apply(event)
    return view, str(folder / "home")


@pytest.fixture
def trained(trained_at_home, monkeypatch) -> RunView:
    """A run whose features are kept in this test's home."""
    view, home = trained_at_home
    monkeypatch.setenv("QTL_HOME", home)
    return view


def inputs_again(view: RunView) -> CircuitInputs:
    found = []
    run_inputs_job((view.prepared, view.checkpoint.best_weights), found.append, lambda: False)
    return found[0]


def test_the_inputs_of_a_run_give_its_own_result_again(trained):
    inputs = inputs_again(trained)
    weights = trained.checkpoint.best_weights["q_params"]
    found = next(iter(gate_importances(build_circuit(trained.prepared.settings.circuit), inputs, weights))).score
    assert found.accuracy == pytest.approx(trained.best.val_accuracy)
    assert found.loss == pytest.approx(trained.best.val_loss, abs=1e-5)


def test_angles_are_those_of_the_network(trained):
    features = np.random.default_rng(0).normal(size=(3, trained.prepared.feature_size)).astype(np.float32)
    head = trained.checkpoint.best_weights
    network = DressedQuantumNet(trained.prepared.feature_size, 2, trained.prepared.settings.circuit)
    load_head(network, head)
    found = inputs_of(trained.prepared, head, features)
    np.testing.assert_allclose(found.angles, network.angles(torch.tensor(features)).detach().numpy(), atol=1e-6)


def test_a_run_whose_pictures_are_others_now_gets_a_sentence(trained):
    other = replace(trained.prepared, weights_sha256="0" * 64)
    with pytest.raises(UserError, match="no longer those it was trained with"):
        inputs_again(replace(trained, prepared=other))


def test_where_there_are_no_fixed_angles_it_says_why(tmp_path):
    assert "first epoch" in why_no_inputs(RunView())
    settings = RunSettings().changed(backbone_mode="published")
    assert "drifts" in why_no_inputs(made_run(tmp_path, settings=settings))
    assert why_no_inputs(made_run(tmp_path)) == ""


def test_both_jobs_run_in_a_worker(trained):
    jobs = JobManager(slots=1, threads=1)
    try:
        inputs = finished(jobs, inputs_job(trained)).result
        settings = trained.prepared.settings.circuit
        view = finished(jobs, gate_importance_job(settings, inputs, trained.checkpoint.best_weights["q_params"]))
    finally:
        jobs.close()
    found = GateImportances(view.result)
    assert len(found.found) == view.progress.total
    assert found.whole.correct == round(trained.best.val_accuracy * len(inputs.files))
    assert found.without([0]) is not None


def finished(jobs: JobManager, spec: object) -> object:
    snapshot = jobs.wait(jobs.submit(spec), 120)
    assert snapshot.error is None
    return snapshot.view
