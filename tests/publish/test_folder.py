"""What is written of a page: everything that it needs, no word that is not escaped, nothing of this machine."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import onnxruntime
import pytest

from qtl_core.common.errors import Unavailable, UserError
from qtl_core.evaluation.ood import distances
from qtl_core.inference.bundled import bundled_reference, bundled_run
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.pictures.features.transforms import normalised
from qtl_core.publish.doubt import doubt_of, in_bytes
from qtl_core.publish.facts import facts
from qtl_core.publish.folder import ASSETS, NAMES, PageRequest, mark_of, page_files
from qtl_core.publish.words import about_words, title_of
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import CircuitSettings, RunSettings
from tests.conftest import PROJECT
from tests.export.test_run_script import made
from tests.helpers.every_head import made_weights

FILES = {"index.html", "page.css", "page.js", "run.js", "model.js", "engine.js", "ort.wasm.min.js", "licences.txt"}


@cache
def bundled_page() -> dict[str, bytes]:
    return page_files(PageRequest(named_model("bundled"), "Ants <or> bees & more?"))


def asset(name: str) -> str:
    return (ASSETS / name).read_text()


def part(script: bytes, name: str) -> bytes:
    """A file that a script of a page holds as text."""
    packed = json.loads(re.search(r"PARTS \?\? \{\}, (\{.*\})\);", script.decode())[1])
    return gzip.decompress(base64.b64decode(packed[name]))


def test_a_folder_holds_all_that_the_page_names_and_no_more():
    files = bundled_page()
    assert files.keys() == FILES == {*NAMES}
    named = set(re.findall(r'(?:src|href)="([^"?]+)[?"]', files["index.html"].decode())) - {"data:,"}
    assert named == FILES - {"index.html", "licences.txt"}


def test_a_page_lets_the_browser_load_nothing_but_its_own_files():
    page = bundled_page()["index.html"].decode()
    policy = dict(each.split(" ", 1) for each in re.search(r'Policy" content="([^"]*)"', page)[1].split("; "))
    digest = base64.b64encode(hashlib.sha256(re.search(r"<script>(.*?)</script>", page, re.S)[1].encode()).digest())
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert f"'sha256-{digest.decode()}'" in policy["script-src"]
    assert not re.search(r"\*|https?:|'unsafe-(inline|eval)'", " ".join(policy.values()))
    assert not re.search(r"style=|\son\w+=", page)  # the policy would keep them from being obeyed


def test_a_page_asks_for_its_own_files_where_a_browser_kept_those_of_another(monkeypatch):
    one = bundled_page()
    monkeypatch.setattr("qtl_core.publish.folder.onnx_bytes", lambda *_, **__: b"another network")
    run = with_weights(TrainedRun.of(made(RunSettings().changed(backbone="efficientnet_lite0", head="linear"))))
    other = page_files(PageRequest(TrainedModel("made", run), "Other"))
    addresses = [set(re.findall(r'src="(.+?)"', files["index.html"].decode())) for files in (one, other)]
    shared = {name.split("?")[0] for name in addresses[0] & addresses[1]}
    assert shared == {name for name in one if name.endswith(".js") and one[name] == other[name]}


def test_every_script_ends_with_the_mark_that_the_page_expects():
    files = bundled_page()
    marks = dict(re.findall(r'src="([^"]+)[?]\w+" data-mark="([^"]+)"', files["index.html"].decode()))
    assert marks.keys() == {"page.js", "run.js", "model.js", "engine.js"}
    for name, mark in marks.items():
        content, _, end = files[name].decode().rpartition("globalThis.CAME = ")
        assert mark_of(content) == mark and mark in end


def test_nothing_of_a_page_names_a_host_or_this_machine():
    files = {name: each for name, each in bundled_page().items() if name not in ("ort.wasm.min.js", "licences.txt")}
    for name, content in files.items():
        assert not re.search(rb"https?://", content), name
        assert str(PROJECT).encode() not in content, name
    assert b"sourceMappingURL=http" not in bundled_page()["ort.wasm.min.js"]


def test_a_page_that_nobody_named_asks_what_it_answers():
    run = bundled_run()
    for classes, title in (
        (("ants", "bees"), "Ants or bees?"),
        (("red", "green", "blue"), "Red, green or blue?"),
        (tuple(f"species number {number}" for number in range(40)), "Which of 40 classes?"),
    ):
        assert title_of(replace(run, prepared=replace(run.prepared, classes=classes))) == title


def test_a_title_is_text_and_every_word_has_its_place():
    page = bundled_page()["index.html"].decode()
    assert page.count("Ants &lt;or&gt; bees &amp; more?") == 2
    assert "$" not in page.replace(asset("guard.js"), "")
    figures = ("244 drawings of ants and bees", "gets 148 right (96.7%", "gets 145 right")
    for words in (*figures, "Apache 2.0", "onnxruntime-web 1.30.0"):
        assert words in page


def test_the_network_in_it_gives_the_answer_and_what_lies_on_the_way():
    model = part(bundled_page()["model.js"], "model")
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    view = np.random.default_rng(1).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    predictor = Predictor(bundled_run())
    names = ["probabilities", "expectations", "stage_features", "stage_angles"]
    found = session.run(names, {"pictures": normalised([view], predictor.spec.transform).contiguous().numpy()})
    (wanted,) = predictor.explain_views([view], 0.0)
    shares = list(wanted.prediction.probabilities.values())
    for got, numbers in zip(found, (shares, wanted.expectations, wanted.features, wanted.angles), strict=True):
        np.testing.assert_allclose(got[0], numbers, rtol=0, atol=1e-4)


def test_doubt_in_bytes_is_the_same_doubt():
    reference = bundled_reference()
    rows, scales = in_bytes(reference.training)
    rebuilt = (rows * scales[:, None]).astype(np.float32)
    features = np.abs(np.random.default_rng(2).normal(size=(50, rows.shape[1])))
    moved = distances(features, rebuilt) - distances(features, reference.training)
    assert np.abs(moved).max() < 1e-3
    assert doubt_of(reference).facts["limit"] == reference.limit


def test_where_nothing_can_be_compared_the_page_says_so():
    doubt = doubt_of(Unavailable("Its features are gone."))
    assert (doubt.rows, "scales" in doubt.facts) == (b"", False)
    said = dict(about_words(named_model("bundled"), doubt.unknown))["Where it ends."]
    assert "does not say when a picture is unlike" in said
    assert "Its features are gone." in said


def with_weights(run: TrainedRun) -> TrainedRun:
    """The run with weights of its head's shapes."""
    prepared, last = run.prepared, run.epochs[-1]
    sizes = prepared.feature_size, len(prepared.classes), prepared.settings.circuit, prepared.settings.model
    checkpoint = replace(last.checkpoint, best_weights=made_weights(*sizes), best_val_accuracy=0.5)
    return replace(run, epochs=(*run.epochs[:-1], replace(last, checkpoint=checkpoint)))


def with_circuit(circuit: CircuitSettings) -> TrainedRun:
    """A run with this circuit and random weights."""
    return TrainedRun.of(made(replace(RunSettings().changed(backbone="efficientnet_lite0"), circuit=circuit)))


@pytest.mark.parametrize("head", ["linear", "bottleneck", "mlp"])
def test_a_head_without_a_circuit_has_a_page_without_one(head, monkeypatch):
    monkeypatch.setattr("qtl_core.publish.folder.onnx_bytes", lambda *_, **__: b"tests/export makes it")
    run = with_weights(TrainedRun.of(made(RunSettings().changed(backbone="efficientnet_lite0", head=head))))
    page = page_files(PageRequest(TrainedModel("made", run), "Without"))
    assert b'class="way"' not in page["index.html"]
    assert b"an image network says which it is" in page["index.html"]
    assert b"quantum" not in page["index.html"].split(b"<footer>")[0]
    assert facts(run, doubt_of(Unavailable("")))["circuit"] is None


def test_what_an_image_network_had_learnt_from_is_said_of_published_weights_alone():
    run = bundled_run()
    brought = replace(run, prepared=replace(run.prepared, weights_sha256="0" * 64))
    said = [dict(about_words(TrainedModel("made", each), ""))["What it learnt from."] for each in (run, brought)]
    assert ["1.3 million photos" in each for each in said] == [True, False]
    assert "not known here" in said[1]


def test_a_run_that_cannot_be_written_as_onnx_is_refused_with_the_reason(monkeypatch):
    monkeypatch.setattr("qtl_core.publish.folder.why_no_onnx", lambda _: "Something is missing.")
    with pytest.raises(UserError, match="Something is missing"):
        page_files(PageRequest(named_model("bundled"), "Nothing"))


def test_the_examples_are_drawings_that_it_did_not_learn_from():
    run = bundled_run()
    shown = facts(run, doubt_of(Unavailable("")))["examples"]
    assert {each["name"] for each in shown} == set(run.prepared.classes)
    photos = replace(run, prepared=replace(run.prepared, settings=run.prepared.settings.changed(source="photos")))
    assert facts(photos, doubt_of(Unavailable("")))["examples"] == []
