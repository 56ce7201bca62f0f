"""Numbers are prepared, forecast, tried and repeated as pictures are, and nothing looks for an image network."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.progress import never_stop
from qtl_core.runs.store import load_run
from qtl_core.settings import RunSettings
from qtl_core.training import preparation
from qtl_core.training.feature_memory import cached_preparation, restore_preparation
from qtl_core.training.forecast import forecast
from qtl_core.training.playground import try_out
from qtl_core.training.repeat import train_seeds
from qtl_core.training.run import train

FEW = RunSettings().changed(source="points", points=40, qubits=2, depth=1, epochs=2, batch_size=10)


@pytest.fixture(autouse=True)
def no_network_is_looked_for(monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("an image network was looked for")

    monkeypatch.setattr(preparation, "resolve_backbone", refused)
    monkeypatch.setattr(preparation, "find_dataset", refused)
    monkeypatch.setattr("qtl_core.pictures.backbones.resolve.resolve_backbone", refused)


def test_points_are_prepared_without_an_image_network():
    found = preparation.prepare(FEW, lambda _: None, never_stop)
    prepared = found.prepared
    assert (prepared.feature_names, prepared.feature_size, prepared.classes) == (("x", "y"), 2, ("A", "B"))
    assert (prepared.train_size, prepared.val_size, prepared.train_counts) == (
        40,
        10,
        tuple(np.bincount(found.source.train_labels)),
    )
    assert prepared.backbone_title == prepared.weights_sha256 == ""
    assert all(name.startswith("spirals/") for name in (*prepared.val_files, *found.train_files))
    assert prepared.parameters == 2 * 3 + 2 + 3 * 2
    assert found.data.train_counts == prepared.train_counts


def test_what_only_pictures_have_does_not_count_and_that_is_said():
    prepared = preparation.prepare(FEW.changed(augmentation=True), lambda _: None, never_stop).prepared
    assert not prepared.settings.training.augmentation
    assert any("no views" in note for note in prepared.notes)
    assert not preparation.prepare(FEW, lambda _: None, never_stop).prepared.notes


def test_a_run_of_points_is_kept_and_its_points_are_found_again(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    view = train(FEW)
    kept = load_run(view.ended.run)
    assert kept.prepared == view.prepared
    assert kept.prepared.feature_names == ("x", "y")
    again = restore_preparation(kept.prepared, never_stop, "It cannot be had.")
    assert again.train_files == cached_preparation(FEW, never_stop).train_files


def test_points_are_forecast_tried_and_repeated():
    assert forecast(FEW).pictures_missing == 0
    assert len(try_out(FEW, never_stop).epochs) == 2
    assert train_seeds(FEW, 5).curves["val_accuracy"].shape == (5, 2)
