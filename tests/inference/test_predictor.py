"""A kept run answers for a picture exactly as its parts, called one by one, do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from qtl_core.common.errors import UserError
from qtl_core.inference.answering import all_answers, run_answering_job
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import Answer, ImageRequest, model_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.pictures.backbones.loading import load_plain_backbone
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.runs.events import Ended
from qtl_core.runs.store import load_run
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_runs import made_pictures
from tests.helpers.picture_tensors import picture_tensor


@pytest.fixture
def trained(tmp_path: Path) -> RunView:
    settings = RunSettings().changed(
        source="folder", folder=str(made_pictures(tmp_path)), backbone="efficientnet_lite0", epochs=2, qubits=2, depth=2
    )
    view = RunView()
    for event in run(RunRequest(settings), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def test_a_prediction_is_what_plain_torch_and_pennylane_make_of_the_picture(trained, tmp_path):
    picture = tmp_path / "val/bees/bees_0.jpg"
    answer = Predictor(TrainedRun.of(load_run(trained.ended.run))).predict(picture)

    backbone = load_plain_backbone(resolve_backbone("efficientnet_lite0"))
    weights = {name: torch.tensor(value) for name, value in trained.checkpoint.best_weights.items()}
    with torch.no_grad():
        features = backbone(picture_tensor(Image.open(picture), resolve_backbone("efficientnet_lite0").spec)[None])
        angles = torch.tanh(features @ weights["pre_net.weight"].T + weights["pre_net.bias"]) * np.pi / 2
        simulate = PennyLaneSimulator(build_circuit(trained.prepared.settings.circuit), batched=False)
        scores = simulate(angles, weights["q_params"]) @ weights["post_net.weight"].T + weights["post_net.bias"]
    expected = scores.softmax(1)[0].tolist()

    assert list(answer.probabilities) == ["ants", "bees"]
    assert list(answer.probabilities.values()) == pytest.approx(expected, abs=1e-5)
    assert answer.label == ["ants", "bees"][int(np.argmax(expected))]


def test_an_explanation_is_the_forward_pass_stage_by_stage(trained, tmp_path):
    picture = tmp_path / "val/ants/ants_2.jpg"
    told = Predictor(trained).explain(picture)

    resolved = resolve_backbone("efficientnet_lite0")
    weights = {name: torch.tensor(value) for name, value in trained.checkpoint.best_weights.items()}
    with torch.no_grad():
        features = load_plain_backbone(resolved)(picture_tensor(Image.open(picture), resolved.spec)[None])
        angles = torch.tanh(features @ weights["pre_net.weight"].T + weights["pre_net.bias"]) * np.pi / 2
        simulate = PennyLaneSimulator(build_circuit(trained.prepared.settings.circuit), batched=False)
        expectations = simulate(angles, weights["q_params"])
        scores = expectations @ weights["post_net.weight"].T + weights["post_net.bias"]

    assert told.features == pytest.approx(features[0].numpy(), rel=1e-4, abs=1e-5)  # 60 layers in single precision
    assert told.angles == pytest.approx(angles[0].numpy(), abs=1e-5)
    assert told.expectations == pytest.approx(expectations[0].numpy(), abs=1e-5)
    assert told.scores == pytest.approx(scores[0].numpy(), abs=1e-5)
    mean, std = (np.array(figures) for figures in (resolved.spec.transform.mean, resolved.spec.transform.std))
    given = (told.seen / 255 - mean) / std
    assert given.transpose(2, 0, 1) == pytest.approx(
        picture_tensor(Image.open(picture), resolved.spec).numpy(), abs=1e-5
    )


def test_shares_of_qubits_and_bias_add_up_to_the_scores_and_these_to_the_probabilities(trained, tmp_path):
    told = Predictor(trained).explain(tmp_path / "val/bees/bees_1.jpg")
    assert told.shares.shape == (2, 2)
    by_hand = [sum(told.shares[:, label]) + told.bias[label] for label in range(2)]
    assert list(told.scores) == pytest.approx(by_hand, abs=1e-12)
    powers = np.exp(told.scores)
    assert list(told.prediction.probabilities.values()) == pytest.approx(powers / powers.sum(), abs=1e-6)


def test_pictures_answered_together_are_answered_as_alone_and_wrong_ones_do_not_stop_them(trained, tmp_path):
    files = [tmp_path / "val/ants/ants_0.jpg", b"<html>", tmp_path / "val/bees/bees_0.jpg", tmp_path / "none.jpg"]
    asked = [ImageRequest(str(number), "photo.jpg", source) for number, source in enumerate(files)]
    told: list[Answer] = []
    run_answering_job((model_of(trained, "key"), tuple(asked), True), told.append, lambda: False)
    assert [answer.id for answer in told] == ["0", "1", "2", "3"]
    assert "web page" in told[1].error
    assert "It is not there" in told[3].error
    for answer in (told[0], told[2]):
        alone = Predictor(trained).predict(files[int(answer.id)]).probabilities
        assert dict(answer.explanation.prediction.probabilities) == pytest.approx(dict(alone), abs=1e-5)


def test_a_stopped_worker_answers_no_more(trained):
    told: list[Answer] = []
    for many in (1, 20):
        asked = tuple(ImageRequest(str(number), "a", b"") for number in range(many))
        run_answering_job((model_of(trained, "key"), asked, True), told.append, lambda: True)
    assert told == []


def test_many_pictures_are_answered_in_their_order_as_each_alone(trained):
    predictor, files = Predictor(trained), [Path(file) for file in trained.prepared.val_files] * 2
    asked = [ImageRequest(str(number), file.name, file) for number, file in enumerate(files)]
    asked.insert(5, ImageRequest("bad", "bad", b"<html>"))
    found = list(all_answers(predictor, asked))
    assert [answer.id for answer in found] == [each.id for each in asked]
    assert found.pop(5).error
    for answer, file in zip(found, files, strict=True):
        alone = predictor.predict(file).probabilities
        assert dict(answer.explanation.prediction.probabilities) == pytest.approx(dict(alone), abs=1e-5)


def test_validation_pictures_get_the_probabilities_their_run_recorded(trained):
    predictor = Predictor(trained)
    assert trained.prepared.val_files
    for file, recorded in zip(trained.prepared.val_files, trained.best.val_probabilities, strict=True):
        given = list(predictor.predict(Path(file)).probabilities.values())
        assert given == pytest.approx(recorded.tolist(), abs=1e-5)


def test_other_weights_than_those_of_the_run_are_refused(trained):
    other = replace(trained, prepared=replace(trained.prepared, weights_sha256="0" * 64))
    with pytest.raises(UserError, match="not those this run was trained with"):
        Predictor(other)


def test_a_network_of_another_shape_that_came_with_a_run_is_refused_in_words(trained):
    last = trained.epochs[-1]
    strange = replace(last.checkpoint, best_backbone_state={"_bn0.running_mean": np.zeros(7, np.float32)})
    with pytest.raises(UserError, match="no EfficientNet-Lite0"):
        Predictor(replace(trained, epochs=(*trained.epochs[:-1], replace(last, checkpoint=strange))))


def test_runs_share_a_network_that_training_left_alone_and_no_other(trained):
    plain = load_plain_backbone(resolve_backbone("efficientnet_lite0")).state_dict()
    name = next(name for name in plain if name.endswith("running_mean"))
    last = trained.epochs[-1]
    drifted = replace(last.checkpoint, best_backbone_state={name: plain[name].numpy() + 0.1})
    own = Predictor(replace(trained, epochs=(*trained.epochs[:-1], replace(last, checkpoint=drifted))))
    first, second = Predictor(trained), Predictor(trained)
    assert first.backbone is second.backbone
    assert own.backbone is not first.backbone
    view = np.full((224, 224, 3), 90, np.uint8)
    mine, shared = (each.explain_views([view], 0.0)[0].features for each in (own, first))
    assert np.abs(mine - shared).max() > 1e-3


def test_what_is_no_picture_is_refused_and_the_next_one_is_answered(trained, tmp_path):
    predictor = Predictor(trained)
    with pytest.raises(UserError):
        predictor.predict(b"<html>")
    assert sum(predictor.predict(tmp_path / "val/ants/ants_0.jpg").probabilities.values()) == pytest.approx(1)


def test_a_run_ends_with_where_it_is_kept(trained):
    assert isinstance(trained.ended, Ended)
    assert trained.ended.how == "finished"
