"""What is logged of a run is what is known of it: its data by name, and of a head from elsewhere no training."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qtl_core.exchange.model_folder.writing import fill_model_folder
from qtl_core.export.run_notebook import run_notebook
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.tracking.reader import RunReader
from qtl_core.tracking.record import logged
from tests.exchange.test_heads import brought_in
from tests.exchange.test_run_files import whole
from tests.export.test_onnx import on_numbers
from tests.export.test_run_notebook import measured
from tests.helpers.made_heads import demo_head, saved
from tests.tracking.test_reader import Noted

TRAINING = {"epochs", "learning_rate", "seed", "source", "per_class", "batch_size"}


@pytest.fixture(scope="module")
def head() -> TrainedRun:
    return TrainedRun.of(brought_in(saved(demo_head().state_dict())))


def test_no_training_is_made_up_for_a_head_from_elsewhere(head, tmp_path):
    run, log = logged("a", "", 1.0, head.prepared, {}), Noted()
    assert not TRAINING & run.params.keys() and run.params["qubits"] == head.prepared.settings.circuit.qubits
    assert not {"qtl.seed", "qtl.data"} & run.tags.keys()
    assert "training" not in run.tags.get("qtl.pictures", "")
    reader = RunReader(log, "a", started=0.0)
    for event in (head.prepared, *head.epochs):
        reader.read(event)
    assert all(not {"learning_rate", "seconds", "train_loss"} & figures.keys() for _, figures, _ in log.told[1:])
    assert "best_epoch" not in reader.ending().figures
    fill_model_folder(head, "", tmp_path)
    settings = json.loads((tmp_path / "config.json").read_text())["settings"]
    assert "training" not in settings and settings["data"].keys() == {"backbone"} and "qubits" in settings["circuit"]


def test_the_data_are_named_as_the_app_names_them():
    prepared = whole().prepared
    own = replace(prepared, settings=prepared.settings.changed(source="folder", folder="/home/me/ants at noon"))
    assert logged("a", "", 1.0, own, {}).tags["qtl.data"] == "Folder ants at noon"


def test_rows_are_called_rows():
    view = measured(on_numbers(RunSettings(), classes=2))
    tags = logged("a", "", 1.0, view.prepared, {}).tags
    assert "qtl.pictures" not in tags and "training" in tags["qtl.rows"]
    assert "picture" not in run_notebook(view, "", "run.ipynb").decode()
