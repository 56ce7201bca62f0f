"""The questions of the Learn page: every figure agrees with PennyLane, closed forms, or is counted again."""

from __future__ import annotations

import math
import re

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import UserError
from qtl_core.learn import batch_norm, first_angles, hadamards, thousand_classes
from qtl_core.learn.questions import QUESTIONS
from qtl_core.pictures.sources import photos
from qtl_core.runs.published import published_run
from tests.conftest import PROJECT, SHARED, needs_shared


def pennylane_circuit(with_hadamards: bool):
    @qml.qnode(qml.device("default.qubit", wires=4), interface="autograd", diff_method="backprop")
    def circuit(picture, angles):
        for wire in range(4):
            if with_hadamards:
                qml.Hadamard(wire)
            qml.RY(picture[wire], wires=wire)
        for layer in range(6):
            for pair in ((0, 1), (2, 3), (1, 2)):
                qml.CNOT(pair)
            for wire in range(4):
                qml.RY(angles[4 * layer + wire], wires=wire)
        return qml.math.stack([qml.expval(qml.PauliZ(wire)) for wire in range(4)])

    return lambda picture, angles: qml.math.stack(circuit(picture, angles))


@pytest.mark.parametrize("with_hadamards", [True, False])
def test_the_slopes_with_and_without_hadamards_are_pennylanes(with_hadamards):
    circuit = pennylane_circuit(with_hadamards)
    for picture in (np.zeros(4), np.array([0.2, -0.1, 0.3, 0.05])):
        angles = qml.numpy.zeros(24, requires_grad=True)
        wanted = qml.jacobian(circuit, argnums=1)(picture, angles)  # (4, 24)
        found = hadamards._slopes(hadamards.circuit_of(with_hadamards), picture, np.zeros(24))
        np.testing.assert_allclose(found.T, wanted, atol=1e-10)


def test_at_zero_nothing_has_a_slope_without_hadamards():
    felt, none = hadamards.at_zero(True), hadamards.at_zero(False)
    assert felt.values == pytest.approx([0, 0, 0, 0], abs=1e-12)
    assert none.values == pytest.approx([1, 1, 1, 1])
    assert felt.felt > 0
    assert none.felt == 0
    assert felt.angles == none.angles == 24


def test_a_lone_qubit_is_a_sine_with_and_a_cosine_without():
    for angle in (-0.7, 0.0, 1.2):
        states = [np.array([1.0, 0.0]), np.array([1.0, 1.0]) / math.sqrt(2)]
        turn = np.array([[math.cos(angle / 2), -math.sin(angle / 2)], [math.sin(angle / 2), math.cos(angle / 2)]])
        for state, kind in zip(states, (False, True), strict=True):
            after = turn @ state
            said = hadamards.lone_qubit(np.array(angle), kind)
            assert said == pytest.approx(after[0] ** 2 - after[1] ** 2, abs=1e-12)


def test_with_large_angles_both_learn_alike_and_with_small_ones_not():
    with_them, without = (hadamards.usual_slopes(kind) for kind in (True, False))
    assert without[1] < 0.1 * with_them[1]
    assert without[-1] == pytest.approx(with_them[-1], rel=0.2)


def test_small_first_angles_answer_alike_and_have_their_slope():
    found = first_angles.first_answers(4)
    small, paper = 0, first_angles.SPREADS.index(0.01)
    assert np.all(np.diff(found.scatter[:6]) > 0)
    assert found.scatter[paper] == pytest.approx(10 * found.scatter[small], rel=0.05)  # linear while small
    assert found.slope[-1] > 0.6 * found.slope[paper]
    wide = first_angles.first_answers(8)
    assert wide.slope[-1] < 0.5 * wide.slope[paper]


def test_the_curves_are_the_published_ones_and_what_is_said_of_ours_holds():
    paper, ours, alone, frozen = (batch_norm.accuracy_curves(run) for run in batch_norm.RUNS)
    assert len(paper.train) == len(ours.train) == len(alone.train) == len(frozen.train) == 30
    assert paper.val.max() == pytest.approx(published_run().best_val_accuracy)
    assert int((paper.val > paper.train).sum()) == 29
    assert paper.val[-1] > paper.train[-1]
    assert ours.last_gap > 0
    assert alone.last_gap == pytest.approx(ours.last_gap, abs=0.01)
    assert frozen.first_gap > 0
    assert frozen.last_gap < 0
    assert np.all(frozen.train[1:] > frozen.val[1:])


def test_ant_and_bee_are_where_torchvision_has_them():
    from torchvision.models._meta import _IMAGENET_CATEGORIES

    assert _IMAGENET_CATEGORIES[thousand_classes.ANT] == "ant"
    assert _IMAGENET_CATEGORIES[thousand_classes.BEE] == "bee"
    assert len(_IMAGENET_CATEGORIES) == thousand_classes.CLASSES
    text = next(topic.text for topic in QUESTIONS if topic.key == "thousand_classes")
    assert f"number {thousand_classes.ANT} of them is **ant**" in text
    assert f"number {thousand_classes.BEE} **bee**" in text
    assert round(0.7451 * 153) == 114


@pytest.mark.shared
@needs_shared
@pytest.mark.parametrize(("backbone", "first", "right"), [("efficientnet_lite0", 128, 149), ("mobilenet_v2", 125, 151)])
def test_of_the_two_classes_alone_the_network_itself_is_right_as_often_as_said(backbone, first, right, monkeypatch):
    from qtl_core.pictures.backbones.resolve import resolve_backbone
    from qtl_core.pictures.features.compute import compute_features

    monkeypatch.setenv("QTL_SHARED", str(SHARED))
    found = photos.load_photos()
    features = compute_features(found.val, resolve_backbone(backbone))
    answers = thousand_classes.answers(thousand_classes.ThousandRequest(backbone, "", features.values))
    truths = [found.classes[picture.label] for picture in found.val]
    found_right = sum(answer.likelier == truth for answer, truth in zip(answers, truths, strict=True))
    assert found_right == pytest.approx(right, abs=1)  # another machine's arithmetic may tip one that is in doubt
    found_first = sum(f"{answer.names[0]}s" == truth for answer, truth in zip(answers, truths, strict=True))
    assert found_first == pytest.approx(first, abs=1)
    text = next(topic.text for topic in QUESTIONS if topic.key == "thousand_classes")
    assert re.search(rf"right for {first}\b.*? for {right}\b", text)


def test_the_last_layer_gives_what_the_whole_network_says():
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    from qtl_core.pictures.backbones.fit_weights import read_state_dict
    from qtl_core.pictures.backbones.resolve import resolve_backbone

    matrix, offset = thousand_classes.last_layer("efficientnet_lite0", "", 1280)
    network = EfficientNet.from_name("efficientnet-lite0").eval()
    stored = read_state_dict(resolve_backbone("efficientnet_lite0").weights_path)
    network.load_state_dict({name: each.tensor() for name, each in stored.items()})
    picture = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        whole = network(picture).numpy()[0]
        features = network.extract_features(picture).mean(dim=(2, 3)).numpy()[0]
    assert matrix @ features + offset == pytest.approx(whole, abs=1e-4)
    with pytest.raises(UserError, match="own answer is not here"):
        thousand_classes.last_layer("efficientnet_lite0", "", 1281)


def test_measured_curves_say_how_they_were_made():
    about = (PROJECT / "qtl_core/learn/batch_norm_runs.json").read_text()
    assert "EfficientNet-Lite0" in about
