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
    luck_words,
    matters,
    reset_words,
    summary_words,
    turn_words,
    where_learnt_words,
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
    changes_payload,
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
from qtl_core.settings import CircuitSettings, RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import quick_settings

SETTINGS = CircuitSettings(qubits=3, depth=2)
FEATURES, PICTURES = 5, 40


def of(circuit: CircuitSettings) -> RunSettings:
    return RunSettings(circuit)


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
    found = training_changes(of(settings), start, now, features, labels)
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
    found = training_changes(of(settings), start, now, features, labels)
    assert set(found.resets) == {LAYER_BEFORE, LAYER_AFTER, EVERYTHING}
    assert turn_words(found) == "The circuit has no angles that are trained."


@pytest.mark.parametrize("part", [LAYER_BEFORE, ANGLES, LAYER_AFTER])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_of_weights_that_are_no_numbers_it_says_that_it_is_not_known(part, value):
    start, now, features, labels = made()
    name = {LAYER_BEFORE: "pre_net.bias", ANGLES: "q_params", LAYER_AFTER: "post_net.weight"}[part]
    now[name].flat[0] = value
    for found in (weight_changes(start, now), training_changes(of(SETTINGS), start, now, features, labels)):
        assert not found.moved and not found.resets
        assert turn_words(found).endswith("is not known: its weights stopped being finite.")
        assert "elsewhere" not in summary_words(found) and "nan" not in summary_words(found)


def test_the_start_of_a_head_from_elsewhere_is_not_known():
    _, now, features, labels = made()
    found = training_changes(of(SETTINGS), None, now, features, labels)
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
        run_training_changes_job(changes_payload(view), found.append, lambda: False)
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


def reset(lost: int, won: int, loss: float = 0.1, error: float = 0.01, total: int = 153) -> Reset:
    right = 146 - lost + won
    return Reset(CircuitScore(right, total, 0.2), lost + won, lost, won, loss, error)


def changes(angle: float, count: int = 24, trained: int = 146, **resets: Reset) -> TrainingChanges:
    zeros = {name: np.zeros(2) for name in ("pre_net.weight", "pre_net.bias", "post_net.weight", "post_net.bias")}
    turned = np.zeros(count)
    turned[count // 8] = math.radians(angle)
    moved = weight_changes({**zeros, "q_params": np.zeros(count)}, {**zeros, "q_params": turned})
    return replace(moved, trained=CircuitScore(trained, 153, 0.2), resets=resets)


def parts(before: Reset, angles: Reset, after: Reset, everything: Reset | None = None, angle: float = 8.0):
    """The six comparisons of a circuit with CNOTs."""
    others = {ZERO_ANGLES: reset(0, 0), NO_CNOTS: reset(0, 0), EVERYTHING: everything or reset(70, 0)}
    return changes(angle, pre_net=before, q_params=angles, post_net=after, **others)


def test_where_one_layer_costs_answers_and_every_part_loss_it_says_both():
    found = parts(reset(62, 3, 0.404), reset(0, 1, 0.102), reset(4, 0, 0.2746), angle=2.4)
    assert summary_words(found) == (
        "Training turned no angle of the circuit by more than 2.4° (root mean square 0.5°). Setting all 24 angles back "
        "to where they started changes 1 of 153 answers: 147 right instead of 146; luck cannot be ruled out (exact "
        "McNemar test, p = 1.00; below 0.05/6 would count). Only setting back the layer before costs more right "
        "answers than luck explains; every part, set back, makes the true class less likely (loss +0.40, +0.10, +0.27)."
    )


def test_where_the_circuit_learnt_it_says_that():
    still = reset(0, 0, 0.01)
    found = parts(reset(2, 1, 0.019), reset(60, 1, 0.3), still, angle=73.0)
    assert summary_words(found) == (
        "Training turned the circuit's 24 angles by up to 73.0° (root mean square 14.9°). Setting all 24 angles back "
        "to where they started changes 61 of 153 answers: 87 right instead of 146; more than luck explains (exact "
        "McNemar test, p < 0.001). Only setting back the circuit's angles costs more right answers than luck explains; "
        "setting back the circuit's angles makes the true class less likely (loss +0.30)."
    )


NONE, FEW, MANY = reset(0, 0, 0.0), reset(6, 0, 0.0), reset(70, 0, 0.0)


@pytest.mark.parametrize(
    ("three", "said"),
    [
        ((MANY, FEW, FEW), "Only setting back the layer before costs more right answers than luck explains."),
        ((MANY, FEW, MANY), "Setting back the layer before or the layer after costs more right answers than luck"),
        ((MANY, MANY, MANY), "Every part, set back, costs more right answers than luck explains."),
        ((FEW, FEW, NONE), "No single part, set back, costs clearly more right answers than luck explains."),
    ],
)
def test_the_parts_that_cost_right_answers_are_named(three, said):
    assert conclusion_words(parts(*three)).startswith(said)


@pytest.mark.parametrize(
    ("losses", "said"),
    [
        (
            (0.021, 0.019, -0.019),
            "explains; setting back the layer before makes the true class less likely (loss +0.02).",
        ),
        (
            (0.021, 0.3, 0.0),
            "setting back the layer before or the circuit's angles makes the true class less likely (loss ",
        ),
        (
            (0.5, 0.0, -0.04),
            "less likely (loss +0.50); setting back the layer after makes the true class likelier (loss −",
        ),
        ((0.0, -0.04, 0.0), "explains; setting back the circuit's angles makes the true class likelier (loss −0.04)."),
        ((0.0, 0.0, 0.0), "than luck explains."),
    ],
)
def test_a_loss_counts_beyond_two_standard_errors(losses, said):
    assert said in conclusion_words(parts(*(reset(0, 0, loss, 0.01) for loss in losses)))


def test_a_loss_without_a_spread_to_judge_by_says_nothing():
    unknown = reset(0, 0, 0.5, math.nan)
    assert "loss" not in conclusion_words(parts(unknown, unknown, unknown))


def test_a_loss_that_changed_is_never_written_as_nought():
    assert "(loss +0.0040)" in conclusion_words(parts(reset(0, 0, 0.004, 0.001), NONE, NONE))
    mixed = parts(reset(0, 0, 0.12, 0.001), reset(0, 0, 0.0011, 0.0001), reset(0, 0, 0.02, 0.001))
    assert "(loss +0.1200, +0.0011, +0.0200)" in conclusion_words(mixed), "as many places for each of them"


def test_luck_is_judged_by_all_comparisons_that_are_made():
    # Of eight pictures that all get worse p is 2/2**8 = 0.0078; times six 0.047; of seven 0.0156, times three 0.047.
    assert matters(parts(MANY, reset(8, 0), NONE), ANGLES)
    assert not matters(parts(MANY, reset(7, 0), NONE), ANGLES)
    assert matters(changes(8.0, pre_net=MANY, q_params=reset(7, 0), post_net=NONE), ANGLES)
    assert reset_words(parts(MANY, FEW, NONE), ANGLES) == (
        "6 of 153 answers: 140 right instead of 146; luck cannot be ruled out (exact McNemar test, p = 0.031; below "
        "0.05/6 would count)"
    )
    assert (
        luck_words(reset(10, 1), 6)
        == "luck cannot be ruled out (exact McNemar test, p = 0.012; below 0.05/6 would count)"
    )
    assert luck_words(reset(8, 0), 6) == "more than luck explains (exact McNemar test, p = 0.0078)"
    assert (
        luck_words(reset(3, 0), 1) == "luck cannot be ruled out (exact McNemar test, p = 0.25; below 0.05 would count)"
    )
    assert luck_words(reset(2, 2), 6) == "no difference in right answers"


def test_a_part_that_is_in_the_way_costs_nothing():
    found = parts(MANY, reset(0, 9), NONE)
    assert not matters(found, ANGLES)
    assert luck_words(found.resets[ANGLES], 6).startswith("more than luck explains")


@pytest.mark.parametrize(
    ("everything", "said"),
    [
        (reset(4, 0, 0.01), "146 of 153 are right instead of 142 at the start; so few cannot rule out luck."),
        (reset(12, 5, 0.01), "146 of 153 are right instead of 139 at the start; luck cannot be ruled out."),
        (reset(2, 3, 0.0), "Training got no more of them right."),
        (reset(2, 2, 0.0), "Training got no more of them right."),
        (
            reset(2, 2, 0.42),
            "Training got no more of them right. It made the true class likelier (loss −0.42).",
        ),
        (reset(0, 30, -1.0), "Training got fewer of them right, by more than luck explains."),
    ],
)
def test_a_run_that_learnt_nothing_sure_is_not_praised_and_not_damned(everything, said):
    assert conclusion_words(parts(NONE, NONE, NONE, everything)) == said


@pytest.mark.parametrize(
    ("count", "angle", "said"),
    [
        (1, 73.0, "Training turned the circuit's one angle by 73.0°."),
        (1, 0.01, "Training turned the circuit's one angle by less than 0.1°."),
        (1, 0.0, "Training has not turned the circuit's one angle."),
        (24, 0.0, "Training has not turned any of the circuit's 24 angles."),
        (24, 0.01, "Training turned each of the circuit's 24 angles by less than 0.1°."),
        (24, 0.2, "Training turned no angle of the circuit by more than 0.2° (root mean square less than 0.1°)."),
        (1, 36e3, "Training turned the circuit's one angle by 100 full turns."),
        (1, 5.7e31, "Training turned the circuit's one angle by 2e+29 full turns."),
        (24, 2.41, "Training turned no angle of the circuit by more than 2.5° (root mean square 0.5°)."),
    ],
)
def test_turns_are_said_as_large_as_they_are(count, angle, said):
    assert turn_words(changes(angle, count)) == said


def test_one_angle_is_set_back_to_where_it_started():
    assert summary_words(changes(9.0, 1, q_params=reset(0, 0))).endswith(
        "Setting the one angle back to where it started changes 0 of 153 answers."
    )


def test_pictures_that_change_sides_without_a_balance_are_counted():
    found = changes(1.0, q_params=reset(2, 2))
    assert reset_words(found, ANGLES) == "4 of 153 answers, and 146 are right either way"


def test_the_circuit_without_its_angles_and_without_its_cnots():
    found = changes(1.0, zero_angles=reset(0, 0), no_cnots=reset(40, 0))
    assert circuit_words(found) == (
        "Setting all 24 angles to zero, with the CNOTs left in, changes 0 of 153 answers.",
        "Taking out all CNOTs, with nothing trained anew, changes 40 of 153 answers: 106 right instead of 146; more "
        "than luck explains (exact McNemar test, p < 0.001).",
    )


def test_one_plain_sentence_names_the_angles_either_way():
    layers = changes(2.4, pre_net=reset(70, 2), q_params=reset(0, 0), post_net=reset(9, 0), everything=reset(72, 2))
    assert where_learnt_words(layers) == (
        "What it learnt lies in the layers before and after the circuit; training the circuit's own angles added no "
        "right answers beyond luck."
    )
    angles = changes(73.0, pre_net=reset(2, 1), q_params=reset(60, 1), post_net=reset(0, 0), everything=reset(72, 2))
    assert where_learnt_words(angles) == conclusion_words(angles)
    assert where_learnt_words(replace(angles, trained=None, resets={})) == turn_words(angles)
