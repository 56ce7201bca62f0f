"""A run with any head comes back from its own file bit by bit, and brings what belongs to its head and nothing else."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common import paths
from qtl_core.exchange.run_files.importing import import_run_file, same_run
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.runs.store import keep_run, load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count
from tests.helpers.every_head import every_head, made_weights
from tests.helpers.made_runs import CLASSES, made_pictures, made_run


def run_with(folder: Path, head: str, standardise: bool) -> RunView:
    """A run with random weights of this head, whose other records fit them."""
    settings = RunSettings().changed(head=head, standardise=standardise, hidden_units=6, backbone="resnet18")
    view = made_run(made_pictures(folder), settings=settings)
    sizes = 512, len(CLASSES), settings.circuit, settings.model
    weights = made_weights(*sizes, standardise=standardise)
    last, best = view.epochs[-1], view.epochs[1]
    checkpoint = replace(
        last.checkpoint,
        weights=weights,
        best_weights=weights,
        best_epoch=2,
        best_val_accuracy=best.val_accuracy,
        best_val_loss=best.val_loss,
    )
    prepared = replace(view.prepared, parameters=parameter_count(*sizes))
    return replace(view, prepared=prepared, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))


@every_head
def test_it_comes_back_as_it_was(tmp_path, monkeypatch, head, standardise):
    run_id = keep_run(run_with(tmp_path / "pictures", head, standardise))
    content, before = archive_bytes(run_id), load_run(run_id)
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another"))
    assert paths.home() == tmp_path / "another"
    imported = import_run_file(content, "run.qtl.zip")
    back = load_run(imported.run)
    assert same_run(before, back)
    for name, values in before.checkpoint.best_weights.items():
        np.testing.assert_array_equal(back.checkpoint.best_weights[name], values)
    assert ("standardise.mean" in back.checkpoint.best_weights) == standardise


@pytest.mark.parametrize("head", HEADS)
def test_it_holds_a_circuit_only_where_there_is_one(tmp_path, head):
    run_id = keep_run(run_with(tmp_path / "pictures", head, False))
    with zipfile.ZipFile(io.BytesIO(archive_bytes(run_id))) as archive:
        names, readme = archive.namelist(), archive.read("README.txt").decode()
    assert ("circuit.qasm" in names) == ("circuit.qasm" in readme) == HEADS[head].has_circuit
    assert ("no circuit" in readme) == (not HEADS[head].has_circuit)
    assert "predict.py" in names
