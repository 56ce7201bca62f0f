"""What training changed, against PennyLane and plain numpy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.explain.gate_importance import CircuitScore
from qtl_core.explain.training_change_words import (
    circuit_words,
    conclusion_words,
    matters,
    reset_words,
    summary_words,
    turn_words,
)
from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    NO_CNOTS,
    ZERO_ANGLES,
    Reset,
    TrainingChanges,
    movements_of,
    run_training_changes_job,
    start_weights,
    training_changes,
    weight_changes,
)
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.initial_weights import initial_weights
from qtl_core.network.model import DressedQuantumNet, head_weights
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import quick_settings

SETTINGS = CircuitSettings(qubits=3, depth=2)
FEATURES, PICTURES = 5, 40


def made(seed: int = 0, settings: CircuitSettings = SETTINGS):
    """A start, a head far from it, and pictures whose labels the head gets mostly right."""
    start = initial_weights(FEATURES, 2, settings, 0.01, seed)
    random = np.random.default_rng(seed + 100)
    now = {name: values + random.normal(scale=0.8, size=values.shape) for name, values in start.items()}
    features = random.normal(size=(PICTURES, FEATURES))
    labels = answers(settings, now, features)[0].copy()
    labels[:3] = 1 - labels[:3]
    return start, now, features, labels


def answers(settings, head, features):
    """Class and loss by PennyLane and torch's own softmax."""
    angles = np.tanh(features @ head["pre_net.weight"].T + head["pre_net.bias"]) * math.pi / 2
    simulator = PennyLaneSimulator(build_circuit(settings), batched=False)
    values = simulator(torch.tensor(angles), torch.tensor(np.asarray(head["q_params"], dtype=float))).numpy()
    scores = values @ head["post_net.weight"].T + head["post_net.bias"]
    return scores.argmax(axis=1), torch.tensor(scores).log_softmax(1).numpy()


@pytest.mark.parametrize("settings", [SETTINGS, CircuitSettings(qubits=2, depth=1, rotation="rot")])
def test_setting_a_part_back_gives_what_pennylane_gives(settings):
    start, now, features, labels = made(settings=settings)
    found = training_changes(settings, start, now, features, labels)
    before, logs = answers(settings, now, features)
    assert found.trained.correct == (before == labels).sum() == PICTURES - 3
    heads = {
        LAYER_BEFORE: (settings, now | {name: start[name] for name in ("pre_net.weight", "pre_net.bias")}),
        ANGLES: (settings, now | {"q_params": start["q_params"]}),
        LAYER_AFTER: (settings, now | {name: start[name] for name in ("post_net.weight", "post_net.bias")}),
        EVERYTHING: (settings, start),
        ZERO_ANGLES: (settings, now | {"q_params": np.zeros(settings.weight_count)}),
        NO_CNOTS: (replace(settings, entangler="none"), now),
    }
    assert set(found.resets) == set(heads)
    own = -logs[np.arange(PICTURES), labels]
    for name, (circuit, head) in heads.items():
        then, its_logs = answers(circuit, head, features)
        growth = -its_logs[np.arange(PICTURES), labels] - own
        reset = found.resets[name]
        assert reset.differ == (then != before).sum(), name
        assert reset.lost == ((before == labels) & (then != labels)).sum()
        assert reset.won == ((before != labels) & (then == labels)).sum()
        assert reset.score.correct == (then == labels).sum()
        assert reset.loss_change == pytest.approx(growth.mean(), abs=1e-10)
        assert reset.loss_error == pytest.approx(growth.std(ddof=1) / PICTURES**0.5, abs=1e-10)


def test_movements_are_root_mean_squares_of_the_changes():
    start, now, _, _ = made()
    found = weight_changes(start, now)
    change = now["q_params"] - start["q_params"]
    np.testing.assert_allclose(found.angles, change)
    assert found.moved[ANGLES].rms == pytest.approx(math.sqrt((change**2).mean()))
    assert found.moved[ANGLES].most == pytest.approx(abs(change).max())
    both = [np.append(head["pre_net.weight"], head["pre_net.bias"]) for head in (start, now)]
    before = found.moved[LAYER_BEFORE]
    assert before.numbers == 3 * (FEATURES + 1)
    assert before.relative == pytest.approx(np.linalg.norm(both[1] - both[0]) / np.linalg.norm(both[0]))


def test_a_circuit_without_layers_has_no_angles_to_set_back():
    settings = CircuitSettings(qubits=2, depth=0)
    start, now, features, labels = made(settings=settings)
    found = training_changes(settings, start, now, features, labels)
    assert set(found.resets) == {LAYER_BEFORE, LAYER_AFTER, EVERYTHING}
    assert turn_words(found) == "The circuit has no angles that are trained."


def test_the_start_of_a_head_from_elsewhere_is_not_known():
    _, now, features, labels = made()
    found = training_changes(SETTINGS, None, now, features, labels)
    assert set(found.resets) == {ZERO_ANGLES, NO_CNOTS}
    assert not found.moved
    assert np.isnan(found.angles).all()
    assert "not known" in summary_words(found)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("changes")
    view = RunView()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(folder / "home"))
        settings = quick_settings(folder, epochs=2, learning_rate=0.02, qubits=2, seed=7)
        for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
            view = view.apply(event)
        found = []
        run_training_changes_job((view.prepared, view.checkpoint.best_weights), found.append, lambda: False)
    return view, found[0]


def test_the_start_is_what_the_network_is_made_with(trained):
    view, _ = trained
    settings = view.prepared.settings
    network = DressedQuantumNet(view.prepared.feature_size, 2, settings.circuit, q_delta=0.01, seed=7)
    made = head_weights(network)
    assert made.keys() == start_weights(view.prepared).keys()
    assert made
    for name, values in made.items():
        np.testing.assert_array_equal(start_weights(view.prepared)[name], values)


def test_a_run_is_asked_as_it_answered_itself(trained):
    view, found = trained
    assert found.trained.accuracy == pytest.approx(view.best.val_accuracy)
    assert found.trained.loss == pytest.approx(view.best.val_loss, abs=1e-5)
    assert found.moved == movements_of(view).moved
    assert 0 < found.moved[ANGLES].most < 1


def reset(lost: int, won: int, differ: int | None = None) -> Reset:
    right = 146 - lost + won
    return Reset(CircuitScore(right, 153, 0.2), lost + won if differ is None else differ, lost, won, 0.1, 0.01)


def changes(angle: float, **resets: Reset) -> TrainingChanges:
    zeros = {name: np.zeros(2) for name in ("pre_net.weight", "pre_net.bias", "post_net.weight", "post_net.bias")}
    turned = np.zeros(24)
    turned[3] = math.radians(angle)
    moved = weight_changes({**zeros, "q_params": np.zeros(24)}, {**zeros, "q_params": turned})
    return replace(moved, trained=CircuitScore(146, 153, 0.2), resets=resets)


def test_where_the_layer_before_learnt_it_says_so():
    found = changes(2.4, pre_net=reset(70, 2), q_params=reset(0, 0), post_net=reset(1, 0), everything=reset(72, 2))
    assert summary_words(found) == (
        "Training turned no angle of the circuit by more than 2.4° (root mean square 0.5°). Setting all 24 angles back "
        "to where they started changes 0 of 153 answers. What was learnt lies in the layer before the circuit."
    )


def test_where_the_circuit_learnt_it_says_that():
    found = changes(73.0, pre_net=reset(2, 1), q_params=reset(60, 1), post_net=reset(0, 0), everything=reset(72, 2))
    assert summary_words(found) == (
        "Training turned the circuit's 24 angles by up to 73.0° (root mean square 14.9°). Setting all 24 angles back "
        "to where they started changes 61 of 153 answers: 87 right instead of 146, more than luck gives (exact McNemar "
        "test, p < 0.001). What was learnt lies in the circuit's own angles."
    )


def test_a_difference_that_luck_gives_is_called_that_and_does_not_matter():
    # Seven lost and none won: 2/2**7 = 0.0156, times three parts 0.047; six: 0.031, times three 0.094.
    found = changes(8.0, pre_net=reset(70, 0), q_params=reset(6, 0), post_net=reset(7, 0), everything=reset(70, 0))
    assert reset_words(found, ANGLES) == (
        "6 of 153 answers: 140 right instead of 146, no more than luck gives (exact McNemar test, p = 0.031)"
    )
    assert not matters(found, ANGLES)
    assert matters(found, LAYER_AFTER)
    assert conclusion_words(found) == "What was learnt lies in the layer before the circuit and the layer after it."


def test_a_part_that_is_in_the_way_is_no_place_of_learning():
    found = changes(8.0, pre_net=reset(70, 0), q_params=reset(0, 9), post_net=reset(0, 0), everything=reset(70, 0))
    assert not matters(found, ANGLES)


def test_a_run_that_learnt_nothing_is_not_praised():
    nothing = reset(2, 3)
    found = changes(1.0, pre_net=nothing, q_params=nothing, post_net=nothing, everything=nothing)
    assert "no better at these pictures than its random start" in conclusion_words(found)


def test_pictures_that_change_sides_without_a_balance_are_counted():
    found = changes(1.0, q_params=reset(2, 2))
    assert reset_words(found, ANGLES) == "4 of 153 answers, and 146 are right either way"


def test_the_circuit_without_its_angles_and_without_its_cnots():
    found = changes(1.0, zero_angles=reset(0, 0), no_cnots=reset(40, 0))
    assert circuit_words(found) == (
        "Setting all 24 angles to zero, with the CNOTs left in, changes 0 of 153 answers.",
        "Taking out all CNOTs, with nothing trained anew, changes 40 of 153 answers: 106 right instead of 146, more "
        "than luck gives (exact McNemar test, p < 0.001).",
    )
