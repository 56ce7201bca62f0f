"""A model folder: its card is read as the Hub reads it, and its script answers as the app does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard
from safetensors.numpy import load_file

from qtl_core.exchange.model_folder.writing import fill_model_folder, why_no_model_folder
from qtl_core.inference.predictor import Predictor
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from tests.exchange.test_run_files import LITE0, that_answers, whole
from tests.export.test_onnx import on_numbers
from tests.export.test_run_script import EXACT, pictures

PATIENCE_S = 300  # a process imports torch first, on a machine that may be busy


@pytest.fixture(scope="module")
def run() -> TrainedRun:
    return TrainedRun.of(that_answers(whole(LITE0.changed(depth=2), classes=("ants", "bees|*x*"))))


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    made = tmp_path_factory.mktemp("model")
    fill_model_folder(run, "Ants: [at] noon", made)
    return made


def test_the_script_answers_as_the_app_does_in_a_process_of_its_own(run, folder, tmp_path):
    files = pictures(tmp_path)
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-I", str(folder / "inference.py"), *map(str, files), "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    predictor = Predictor(run)
    for line, file in zip(done.stdout.splitlines(), files, strict=True):
        told, wanted = json.loads(line), predictor.predict(file)
        assert told["label"] == wanted.label
        assert told["probabilities"] == pytest.approx(dict(wanted.probabilities), abs=EXACT)


def test_the_card_is_read_as_the_hub_reads_it(folder):
    card = ModelCard.load(folder / "README.md")
    assert (card.data.license, card.data.library_name) == ("unknown", "pytorch")
    assert card.data.pipeline_tag == "image-classification"
    assert "quantum-machine-learning" in card.data.tags
    results = {each.metric_type: each for each in card.data.eval_results}
    assert results["accuracy"].metric_value == pytest.approx(5 / 6)
    assert "5 of 6, with 95% confidence 43.6% to 97.0%" in results["accuracy"].metric_name
    assert results["accuracy"].dataset_split == "validation"
    assert "# Ants: \\[at\\] noon" in card.text and "bees\\|\\*x\\*" in card.text
    assert "Outside the app nothing flags a picture that is far from" in card.text and "are flagged" not in card.text
    assert "with 95% confidence 43.6% to 97.0%" in card.text and "Its licence: Apache 2.0" in card.text
    assert (folder / "confusion_validation.png").is_file()


def test_weights_and_configuration_are_the_run_s_and_name_the_image_network(run, folder):
    found = load_file(folder / "model.safetensors")
    assert found.keys() == run.checkpoint.best_weights.keys()
    assert (found["q_params"] == run.checkpoint.best_weights["q_params"]).all()
    config = json.loads((folder / "config.json").read_text())
    assert config["id2label"] == {"0": "ants", "1": "bees|*x*"}
    assert config["backbone"]["sha256"] == run.prepared.weights_sha256
    assert config["settings"]["circuit"]["depth"] == 2 and "folder" not in config["settings"]["data"]


def test_a_run_that_learnt_numbers_has_none_and_one_under_noise_says_what_is_exact(run, tmp_path):
    assert "learnt from numbers" in why_no_model_folder(on_numbers(RunSettings()))
    assert why_no_model_folder(run) == ""
    noisy = replace(run.prepared, settings=run.prepared.settings.changed(shots=100))
    fill_model_folder(replace(run, prepared=noisy), "", tmp_path)
    assert "100 shots" in (tmp_path / "README.md").read_text()
