"""Neighbours are the nearest of the run's own training pictures by both distances, or it is said why there are none."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.common.errors import StoppedByUser
from qtl_core.evaluation.ood import NEIGHBOURS, directions, distances
from qtl_core.explain.neighbours import MAX_NEIGHBOURS, Neighbours, neighbours_job, neighbours_of, run_neighbours_job
from qtl_core.inference.bundled import bundled_reference, bundled_run, drawn_example
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import model_of
from qtl_core.network.model import DressedQuantumNet, load_head
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import noisy_pictures


@pytest.fixture
def trained(tmp_path) -> RunView:
    settings = RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(tmp_path / "mine", train=5)),
        backbone="efficientnet_lite0",
        epochs=2,
        qubits=3,
        engine="torch",
    )
    view = RunView()
    for event in run(RunRequest(settings), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def found_for(view: RunView, picture, **changes) -> Neighbours:
    told = Predictor(view).explain(picture)
    model = model_of(replace(view, **changes), "key")
    found: list[Neighbours] = []
    run_neighbours_job(neighbours_job(model, told).payload, found.append, lambda: False)
    return found[0]


def test_a_training_picture_is_its_own_nearest_neighbour(trained, tmp_path):
    picture = tmp_path / "mine/train/bees/bees_3.png"
    found = found_for(trained, picture)
    assert found.total == 10
    for neighbours in (found.by_head, found.by_features):
        assert (neighbours[0].file, neighbours[0].label) == (str(picture), 1)
        assert neighbours[0].distance == pytest.approx(0, abs=2e-4)  # from folded features in single precision
        assert len(neighbours) == MAX_NEIGHBOURS
        away = [each.distance for each in neighbours]
        assert away == sorted(away)


def test_both_distances_are_those_that_the_model_itself_gives(trained, tmp_path):
    told = Predictor(trained).explain(tmp_path / "mine/val/ants/ants_1.png")
    weights = trained.checkpoint.best_weights
    found = neighbours_of(trained.prepared, weights, told.features, lambda: False)
    files = sorted((tmp_path / "mine/train").glob("*/*.png"))
    features = np.stack([Predictor(trained).explain(file).features for file in files])
    model = DressedQuantumNet(features.shape[1], 2, trained.prepared.settings.circuit)
    load_head(model, weights)
    with torch.no_grad():
        angles = model.angles(torch.from_numpy(features)).numpy()
    by_head = {str(file): np.sqrt(np.mean((row - told.angles) ** 2)) for file, row in zip(files, angles, strict=True)}
    away = 1 - directions(features) @ directions(told.features)
    by_features = dict(zip(map(str, files), away, strict=True))
    mean = np.mean([each.distance for each in found.by_features[:NEIGHBOURS]])
    assert mean == pytest.approx(distances(told.features[None], directions(features))[0], abs=1e-4), (
        "not that of a flag"
    )
    for neighbours, expected in ((found.by_head, by_head), (found.by_features, by_features)):
        assert {each.file: each.distance for each in neighbours} == pytest.approx(
            {each.file: expected[each.file] for each in neighbours}, abs=1e-4
        )
        left_out = [away for file, away in expected.items() if file not in {each.file for each in neighbours}]
        assert max(each.distance for each in neighbours) <= min(left_out) + 1e-4
        assert all(("ants", "bees")[each.label] in each.file for each in neighbours)


def test_a_run_whose_pictures_are_gone_or_others_says_so(trained, tmp_path):
    picture = (tmp_path / "mine/val/ants/ants_0.png").read_bytes()
    other = replace(trained.prepared, val_labels=tuple(reversed(trained.prepared.val_labels)))
    found = found_for(trained, picture, prepared=other)
    assert found.missing.startswith("There are no neighbours to show. The pictures or")
    assert (found.by_head, found.by_features) == ((), ())
    shutil.rmtree(tmp_path / "mine")
    gone = found_for(trained, picture).missing
    assert gone == (
        "There are no neighbours to show. Its pictures, or its image network's weights, cannot be read where they "
        "were. Train again, on what is there now."
    )


def test_as_published_no_picture_has_fixed_features(trained, tmp_path):
    drifting = replace(trained.prepared, settings=trained.prepared.settings.changed(backbone_mode="published"))
    found = found_for(trained, tmp_path / "mine/val/ants/ants_0.png", prepared=drifting)
    assert "drifts with every batch" in found.missing


def test_the_run_that_comes_along_finds_its_drawings_and_draws_them(own_home):
    told = Predictor(bundled_run()).explain(drawn_example("train/bees/007.jpg"))
    found: list[Neighbours] = []
    run_neighbours_job(neighbours_job(model_of(bundled_run(), "bundled"), told).payload, found.append, lambda: False)
    nearest = found[0].by_features
    assert (nearest[0].file, nearest[0].label) == ("train/bees/007.jpg", 1)
    assert nearest[0].jpeg == drawn_example("train/bees/007.jpg")
    mean = np.mean([each.distance for each in nearest[:NEIGHBOURS]])
    assert mean == pytest.approx(bundled_reference().report(told.features, told.seen).distance, abs=1e-5)
    assert (found[0].by_head, found[0].total) == ((), 244)
    assert not (own_home / "datasets").exists()


def test_it_stops(trained, tmp_path):
    told = Predictor(trained).explain(tmp_path / "mine/val/ants/ants_1.png")
    weights = trained.checkpoint.best_weights
    with pytest.raises(StoppedByUser):
        neighbours_of(trained.prepared, weights, told.features, lambda: True)
