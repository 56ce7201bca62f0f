"""The plane of a run: its surface is what the trained head says, by epoch, beginning before training."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.common.progress import never_stop
from qtl_core.explain.plane import (
    GRID,
    grid_of,
    is_plane,
    plane_now,
    plane_of,
    plane_request,
    points_of,
    rows_of_run,
    rows_of_settings,
)
from qtl_core.network.model import build_head, load_head
from qtl_core.runs.store import keep_run, load_run
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run

FEW = RunSettings().changed(source="points", points=60, qubits=2, depth=1, epochs=3, batch_size=10, learning_rate=0.05)


def trained(settings: RunSettings) -> TrainedRun:
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, never_stop):
        view = view.apply(event)
    return TrainedRun.of(view)


@pytest.fixture(scope="module")
def view() -> TrainedRun:
    return trained(FEW)


def test_every_surface_is_what_torch_says_with_that_epochs_weights(view: TrainedRun):
    plane = plane_of(plane_request(view))
    assert is_plane(view.prepared) and plane.epochs.tolist() == [0, 1, 2, 3]
    grid = torch.tensor(grid_of(plane.points.middle, plane.points.reach), dtype=torch.float32)
    heads = [build_head(2, 2, FEW.circuit, q_delta=FEW.training.q_delta, seed=FEW.training.seed) for _ in range(4)]
    for head, epoch in zip(heads[1:], view.epochs, strict=True):
        load_head(head, epoch.checkpoint.weights)
    for frame, head in enumerate(heads):
        for values, found in (
            (grid, plane.surface[frame].reshape(GRID * GRID, 2)),
            (plane.points.values, plane.probabilities[frame]),
        ):
            expected = torch.softmax(head(torch.as_tensor(values)), dim=1).detach().numpy()
            np.testing.assert_allclose(found, expected, atol=2e-5)
    told = [round(epoch.val_accuracy * view.prepared.val_size) for epoch in view.epochs]
    assert plane.right.tolist()[1:] == told and plane.held_out == 10


def test_a_run_read_from_the_store_shows_its_best_epoch_and_its_last(own_home, view: TrainedRun):
    at_its_best = replace(view, epochs=tuple(replace(each, is_best=each.epoch == 1) for each in view.epochs))
    best_weights = view.epochs[0].checkpoint.weights
    last = at_its_best.epochs[-1]
    last = replace(last, checkpoint=replace(last.checkpoint, best_weights=best_weights, best_epoch=1))
    found = TrainedRun.of(load_run(keep_run(replace(at_its_best, epochs=(*at_its_best.epochs[:-1], last)))))
    assert not found.epochs[0].checkpoint.weights, "the store keeps those of the best epoch and of the last"
    plane, whole = plane_of(plane_request(found)), plane_of(plane_request(view))
    assert plane.epochs.tolist() == [1, 3]
    np.testing.assert_allclose(plane.surface, whole.surface[[1, 3]], atol=1e-6)
    assert plane.right.tolist() == whole.right[[1, 3]].tolist()


def test_the_plane_of_a_run_under_way_is_that_of_its_last_epoch(view: TrainedRun):
    whole = plane_of(plane_request(view))
    now = plane_now(view.prepared, view.epochs[-1], whole.points)
    np.testing.assert_allclose(now.surface[0], whole.surface[-1], atol=1e-6)
    assert (now.right[0], now.epochs.tolist()) == (whole.right[-1], [3])


def test_all_held_out_points_are_shown_and_training_points_thinned():
    rows, classes, columns = rows_of_settings(FEW.changed(points=3000))
    points = rows.points
    assert (classes, columns) == (("A", "B"), ("x", "y"))
    assert (points.is_validation.sum(), (~points.is_validation).sum(), points.total) == (300, 500, 3300)
    assert (np.abs((points.values - points.middle) / points.reach) < 1).all(), "all lie in the plane that is shown"


def test_points_that_are_others_now_are_no_runs_points(view: TrainedRun):
    assert rows_of_run(view.prepared) is not None
    assert rows_of_run(replace(view.prepared, val_files=view.prepared.val_files[:-1])) is None


def test_one_point_alone_has_a_plane():
    points = points_of(("a", "b"), np.zeros((2, 2)), np.array([0, 1]), 1)
    assert (points.reach > 0).all()
