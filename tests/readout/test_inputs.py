"""Where inputs come from when no features are kept: the image network is asked again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from qtl_core.common.progress import never_stop
from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.readout.inputs import validation_inputs, why_no_readout
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from tests.helpers.made_networks import made_weights, noisy_pictures


def test_the_head_that_comes_along_is_asked_about_drawings_made_anew():
    """Its drawings need not be on disk, and what it says of them is what it said when it was made."""
    run, some = bundled_run(), (0, 5, 80, 152)
    files, labels = (tuple(given[at] for at in some) for given in (run.prepared.val_files, run.prepared.val_labels))
    few = replace(run, prepared=replace(run.prepared, val_files=files, val_labels=labels))
    found = validation_inputs(few, never_stop)
    assert found.files == files
    assert found.labels.tolist() == list(labels)
    wanted = run.best.val_probabilities[list(some)]
    np.testing.assert_allclose(found.probabilities(found.exact_expectations()), wanted, atol=1e-5)


def test_a_head_from_elsewhere_is_asked_about_the_pictures_it_was_measured_with(tmp_path):
    """The same pictures as files: the answers are the same, however the head came in."""
    run, some = bundled_run(), (0, 152)
    files = []
    for at in some:
        files.append(tmp_path / f"{at}.jpg")
        files[-1].write_bytes(drawn_example(run.prepared.val_files[at]))
    labels = tuple(run.prepared.val_labels[at] for at in some)
    origin = replace(run.prepared, val_files=tuple(map(str, files)), val_labels=labels, train_size=0)
    head = replace(run, prepared=origin)
    assert head.prepared.from_elsewhere
    assert why_no_readout(head) == ""
    found = validation_inputs(head, never_stop)
    wanted = run.best.val_probabilities[list(some)]
    np.testing.assert_allclose(found.probabilities(found.exact_expectations()), wanted, atol=1e-5)
    assert "not been measured" in why_no_readout(replace(head, prepared=replace(head.prepared, val_files=())))


def test_pictures_are_named_where_they_lie_now_though_their_data_folder_was_moved(tmp_path):
    weights = made_weights("mobilenet_v3_small", tmp_path / "weights")  # the quickest
    chosen = {"source": "folder", "folder": str(noisy_pictures(tmp_path / "pictures")), "weights": str(weights)}
    settings = RunSettings().changed(**chosen, backbone="mobilenet_v3_small", epochs=1, engine="torch")
    run = TrainedRun.of(train(settings))
    before = tuple(f"/old/home/{'/'.join(Path(file).parts[-3:])}" for file in run.prepared.val_files)
    moved = replace(run, prepared=replace(run.prepared, val_files=before))
    assert validation_inputs(moved, never_stop).files == run.prepared.val_files
    assert all(Path(file).is_file() for file in run.prepared.val_files)
