"""What is said to change an answer does change it, in the whole forward pass and no sooner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.explain.counterfactual import (
    Counterfactuals,
    counterfactual_job,
    find_counterfactuals,
    margin_of,
    run_counterfactual_job,
)
from qtl_core.explain.decision_map.frames import MapHead
from qtl_core.explain.decision_map.request import REACH
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.model import DressedQuantumNet, head_weights, load_head
from qtl_core.runs.events import Checkpoint
from qtl_core.settings import CircuitSettings
from tests.helpers.made_runs import made_run

SLIGHTLY = 2e-3  # radians, a ninth of a degree; single precision finds the change of the answer to about 1e-4
CIRCUITS = [
    CircuitSettings(),
    CircuitSettings(qubits=1, depth=2),
    CircuitSettings(qubits=3, depth=4, rotation="rot", entangler="all"),
    CircuitSettings(qubits=3, depth=5, reuploading=True, entangler="ring"),
]


def random_model(circuit: CircuitSettings, classes: int, seed: int) -> DressedQuantumNet:
    """A head far from its initial weights, so that answers are won and lost."""
    model = DressedQuantumNet(16, classes, circuit)
    rng = np.random.default_rng(seed)
    spread = {"post_net.bias": 0.2}  # or it would decide alone
    load_head(
        model,
        {
            name: rng.normal(0, spread.get(name, 1), value.shape).astype(np.float32)
            for name, value in head_weights(model).items()
        },
    )
    return model


def said(model: DressedQuantumNet, angles: np.ndarray) -> np.ndarray:
    """The class scores of the model itself."""
    with torch.no_grad():
        return model.post_net(model.simulator(torch.tensor(angles[None]).float(), model.q_params))[0].numpy()


def turning(model: DressedQuantumNet, circuit: CircuitSettings, angles: np.ndarray) -> Counterfactuals:
    weights = head_weights(model)
    head = MapHead(circuit, weights)
    degrees = [head.degree(qubit) for qubit in range(circuit.qubits)]
    return find_counterfactuals(
        angles, head.expectations, degrees, weights["post_net.weight"].T, weights["post_net.bias"]
    )


def explained(scores: list[float]) -> Explanation:
    powers = np.exp(scores)
    shares = {f"class {label}": float(share) for label, share in enumerate(powers / powers.sum())}
    none = np.zeros(0)
    return Explanation(
        Prediction(max(shares, key=shares.get), shares, 0.1),
        none,
        none,
        np.zeros(1),
        np.zeros(1),
        np.zeros((1, len(scores))),
        np.array(scores),
    )


@pytest.mark.parametrize("circuit", CIRCUITS, ids=str)
@pytest.mark.parametrize("classes", [2, 3])
def test_the_answer_changes_there_and_not_a_little_before(circuit, classes):
    rng, checked = np.random.default_rng(5), 0
    for seed in range(10):
        model = random_model(circuit, classes, seed)
        angles = rng.uniform(-1.4, 1.4, circuit.qubits).astype(np.float32)
        first = said(model, angles).argmax()
        for qubit, turn in enumerate(turning(model, circuit, angles).by_unit):
            if turn is None:
                continue
            assert (turn.unit, turn.before) == (qubit, pytest.approx(float(angles[qubit])))
            assert abs(turn.after) <= REACH
            changed, before = angles.copy(), angles.copy()
            changed[qubit] = turn.after + SLIGHTLY * np.sign(turn.change)
            before[qubit] = turn.after - SLIGHTLY * np.sign(turn.change)
            assert said(model, changed).argmax() == turn.label != first
            if abs(turn.change) > SLIGHTLY:
                assert said(model, before).argmax() == first
            checked += 1
    assert checked >= 4


@pytest.mark.parametrize("circuit", CIRCUITS, ids=str)
def test_no_smaller_change_of_any_angle_does_it(circuit):
    rng, asked = np.random.default_rng(8), 0
    for seed in range(4):
        model = random_model(circuit, 2, seed)
        angles = rng.uniform(-1.4, 1.4, circuit.qubits).astype(np.float32)
        first = said(model, angles).argmax()
        for qubit, turn in enumerate(turning(model, circuit, angles).by_unit):
            reach = abs(turn.change) - SLIGHTLY if turn else np.inf
            for value in np.linspace(-REACH, REACH, 181):
                if abs(value - angles[qubit]) < reach:
                    other = angles.copy()
                    other[qubit] = value
                    scores = said(model, other)
                    assert scores.argmax() == first or abs(np.ptp(scores)) < 1e-4
                    asked += 1
    assert asked > 0


def test_the_stretches_say_what_the_model_says_all_along():
    circuit = CircuitSettings(qubits=2, depth=3)
    model, angles = random_model(circuit, 3, 1), np.array([0.3, -0.9], np.float32)
    found = turning(model, circuit, angles).intervals
    assert len(found) == 2
    for qubit, stretches in enumerate(found):
        assert (stretches[0].start, stretches[-1].end) == pytest.approx((-REACH, REACH))
        assert [each.end for each in stretches[:-1]] == [each.start for each in stretches[1:]]
        for each in stretches:
            middle = angles.copy()
            middle[qubit] = (each.start + each.end) / 2
            assert said(model, middle).argmax() == each.label


def test_where_the_last_layer_hears_no_qubit_no_angle_changes_anything():
    head = MapHead(CircuitSettings(qubits=2, depth=1), {"q_params": np.zeros(2, np.float32)})
    found = find_counterfactuals(np.zeros(2), head.expectations, [1, 1], np.zeros((2, 2)), np.array([0.0, 1.0]))
    assert found.by_unit == (None, None)
    assert found.smallest is None
    assert [(each.label, each.end) for each in found.intervals[0]] == [(1, pytest.approx(REACH))]


def test_of_two_qubits_the_one_that_needs_less_is_named():
    # <Z_q> = -sin(angle_q) without layers: the answer is class 1 as soon as angle_0 + 2 angle_1 < 0 in these sines
    head = MapHead(CircuitSettings(qubits=2, depth=0), {"q_params": np.zeros(0, np.float32)})
    weights = np.array([[-1.0, 1.0], [-2.0, 2.0]])
    angles = np.array([0.6, 0.5])
    found = find_counterfactuals(angles, head.expectations, [1, 1], weights, np.zeros(2))
    assert found.smallest.unit == 1
    assert found.smallest.after == pytest.approx(-np.arcsin(np.sin(0.6) / 2), abs=1e-4)
    assert found.smallest.label == 1


def test_the_margin_is_the_lead_over_the_next_class():
    margin = margin_of(explained([0.5, 2.0, 1.2]))
    assert (margin.first, margin.second) == (1, 2)
    assert margin.score == pytest.approx(0.8)
    powers = np.exp([2.0, 1.2, 0.5])
    assert margin.probability == pytest.approx((powers[0] - powers[1]) / powers.sum())


def test_the_job_asks_with_the_runs_own_best_weights(tmp_path):
    run = made_run(tmp_path)
    q_params = np.linspace(-1, 1, 24).astype(np.float32)
    weights = {"q_params": q_params}
    epoch = replace(run.epochs[-1], checkpoint=Checkpoint(3, {}, {}, {}, 3, best_weights=weights))
    model = TrainedModel("key", replace(run, epochs=(epoch,)))
    told = replace(explained([0.0, 0.0]), angles=np.full(4, 0.2), weights=np.eye(4)[:, :2], bias=np.zeros(2))
    found: list[Counterfactuals] = []
    run_counterfactual_job(counterfactual_job(model, told).payload, found.append, lambda: False)
    head = MapHead(CircuitSettings(), weights)
    assert found == [find_counterfactuals(told.angles, head.expectations, [1] * 4, told.weights, told.bias)]
