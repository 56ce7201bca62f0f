"""A run's ONNX file, run by ONNX Runtime, answers as the app does."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest
from qtl_core.exchange.heads.importing import read_head
from qtl_core.export.onnx_file import onnx_bytes
from qtl_core.export.onnx_words import remarks, why_no_onnx
from qtl_core.inference.number_answers import answer_numbers
from qtl_core.inference.predictor import Predictor
from qtl_core.pictures.features.transforms import normalised
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.heads import HEADS
from tests.export.test_run_script import made
from tests.helpers.every_head import every_head, made_weights
from tests.helpers.made_circuits import CIRCUITS, name
from tests.helpers.made_heads import demo_head, demo_hybrid, saved
from tests.helpers.made_networks import KINDS, made_backbone
from tests.helpers.made_networks import made_weights as made_weights_file

EXACT = 1e-5
COLUMNS = ("length", "width", "year")
YEARS = np.array([[5.1, 3.5, 2001.0], [-4.0, 1e-3, 1999.5], [6.2, 0.5, 2024.0], [0.0, 0.0, 2010.0]])


def opened(content: bytes) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def on_numbers(settings: RunSettings, *, standardise: bool = False, classes: int = 3) -> TrainedRun:
    """A run with random weights that learnt from a table with a column of large numbers."""
    settings = settings.changed(source="table", standardise=standardise)
    view = made(settings, classes=tuple("abc"[:classes]))
    weights = made_weights(len(COLUMNS), classes, settings.circuit, settings.model, standardise=standardise)
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, best_weights=weights)
    prepared = replace(view.prepared, feature_size=len(COLUMNS), feature_names=COLUMNS)
    return TrainedRun.of(
        replace(view, prepared=prepared, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))
    )


def agreed_on_numbers(run: TrainedRun) -> list[str]:
    """What the file gives, after it was compared with the app's answers."""
    session = opened(onnx_bytes(run))
    names = [each.name for each in session.get_outputs()]
    for rows in (YEARS, YEARS[:1]):
        wanted = answer_numbers(run, rows)
        found = session.run(names, {"features": rows})
        for got, numbers in zip(found, (wanted.probabilities, wanted.hidden)[: len(names)], strict=True):
            np.testing.assert_allclose(got, numbers, rtol=0, atol=EXACT)
    return names


@pytest.mark.parametrize("circuit", CIRCUITS, ids=name)
def test_every_ansatz(circuit):
    agreed_on_numbers(on_numbers(replace(RunSettings(), circuit=circuit)))


@every_head
def test_every_head(head, standardise):
    run = on_numbers(RunSettings().changed(head=head, depth=1, rotation="rot"), standardise=standardise)
    second = ["expectations"] if HEADS[head].has_circuit else ["hidden"] if HEADS[head].is_hidden else []
    assert agreed_on_numbers(run) == ["probabilities", *second]
    assert any("no circuit" in each for each in remarks(run)) != HEADS[head].has_circuit


@pytest.mark.parametrize("head", ["dressed", "linear"])
def test_what_lies_on_the_way_comes_for_a_batch_of_any_size(head):
    run = on_numbers(RunSettings().changed(head=head, depth=1))
    session = opened(onnx_bytes(run, stages=True))
    names = [each.name for each in session.get_outputs()]
    for rows in (YEARS, YEARS[:1]):
        found = dict(zip(names, session.run(names, {"features": rows}), strict=True))
        wanted = answer_numbers(run, rows)
        np.testing.assert_allclose(found["probabilities"], wanted.probabilities, rtol=0, atol=EXACT)
        np.testing.assert_array_equal(found["stage_features"], rows)
        if wanted.angles is not None:
            np.testing.assert_allclose(found["stage_angles"], wanted.angles, rtol=0, atol=EXACT)


# What they are made of is in ResNet-18, and in EfficientNet-B0.
SEEN_ELSEWHERE = {"resnet34", "resnet50", "mobilenet_v2"}


@pytest.mark.parametrize("backbone", [name for name in KINDS if name not in SEEN_ELSEWHERE])
def test_every_image_network_and_a_batch_of_any_size(backbone, tmp_path):
    weights, sha256 = "", ""
    if backbone != "efficientnet_lite0":
        resolved = made_backbone(backbone, tmp_path)
        weights, sha256 = str(resolved.weights_path), resolved.weights_sha256
    run = TrainedRun.of(made(RunSettings().changed(backbone=backbone, depth=1), sha256))
    agreed_on_pictures(run, weights)


def agreed_on_pictures(run: TrainedRun, weights: str) -> None:
    """Compares what the file gives with the app's answers to one picture, and to several at once."""
    session, predictor = opened(onnx_bytes(run, weights)), Predictor(run, weights)
    generator = np.random.default_rng(1)
    for many in (1, 3):
        views = list(generator.integers(0, 256, (many, 224, 224, 3), dtype=np.uint8))
        pictures = normalised(views, BACKBONES[run.prepared.settings.data.backbone].transform).contiguous().numpy()
        probabilities, expectations = session.run(["probabilities", "expectations"], {"pictures": pictures})
        wanted = predictor.explain_views(views, 0.0)
        shares = [list(each.prediction.probabilities.values()) for each in wanted]
        np.testing.assert_allclose(probabilities, shares, rtol=0, atol=EXACT)
        np.testing.assert_allclose(expectations, [each.expectations for each in wanted], rtol=0, atol=EXACT)


def test_own_weights_whose_batch_norms_drifted(tmp_path):
    weights = made_weights_file("resnet18", tmp_path)
    content = saved(demo_hybrid(weights, demo_head(), drift=0.3).state_dict())
    view = TrainedRun.of(read_head(HeadRequest(content, "hybrid.pt", HeadQuestions(), str(weights))).view)
    assert view.checkpoint.best_backbone_state and view.prepared.weights_sha256
    agreed_on_pictures(view, str(weights))


def lite0(**changes: object) -> TrainedRun:
    return TrainedRun.of(made(RunSettings().changed(backbone="efficientnet_lite0", depth=1, **changes)))


def test_a_file_says_what_it_is_and_nothing_of_this_machine():
    run = lite0(folder="/home/somebody/pictures", source="folder", weights="")
    content = onnx_bytes(run)
    said = opened(content).get_modelmeta().custom_metadata_map
    assert json.loads(said["classes"]) == ["ants", "bees"]
    transform = json.loads(said["transform"])
    assert (transform["resize"], transform["crop"], transform["mean"]) == (256, 224, [0.5, 0.5, 0.5])
    assert json.loads(said["backbone"])["name"] == "efficientnet_lite0"
    assert json.loads(said["settings"])["circuit"]["depth"] == 1
    assert "Apache 2.0" in said["licence"]
    assert "exact_circuit" not in said
    for private in (b"somebody", str(Path(__file__).parents[2]).encode(), b"site-packages"):
        assert private not in content


def test_equal_runs_give_equal_bytes():
    assert onnx_bytes(on_numbers(RunSettings())) == onnx_bytes(on_numbers(RunSettings()))


def test_a_run_from_shots_is_written_exactly_and_says_so():
    run = on_numbers(RunSettings().changed(shots=100))
    said = opened(onnx_bytes(run)).get_modelmeta()
    assert "100 shots" in said.custom_metadata_map["exact_circuit"]
    assert "100 shots" in said.description
    assert any("100 shots" in each for each in remarks(run))
    assert json.loads(said.custom_metadata_map["inputs"])["columns"] == list(COLUMNS)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "onnx" else there(name, *rest))
    run = on_numbers(RunSettings())
    with pytest.raises(UserError, match=r"takes onnx, which is not installed. .*pip install '.\[onnx\]'"):
        onnx_bytes(run)
    assert "pip install '.[onnx]'" in why_no_onnx(run)
