"""The map's numbers are the model's own, its surface is exact everywhere, and it never shows another run's pictures."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.explain.decision_map import frames as making_module
from qtl_core.explain.decision_map.contact_sheet import EDGE, contact_sheet
from qtl_core.explain.decision_map.frames import MapHead, map_job, map_of, places_of, surface_of
from qtl_core.explain.decision_map.request import FEWEST_FRAMES, GRID, MOST_FRAMES, REACH, request_of, why_no_map
from qtl_core.jobs import JobManager
from qtl_core.network.model import DressedQuantumNet, head_weights, load_head
from qtl_core.runs.store import keep_run, load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings, RunSettings
from qtl_core.training.feature_memory import restore_preparation
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import quick_settings

SINGLE = 2e-5  # probabilities from single-precision circuits, through a Fourier series of up to 13 terms an angle
AXIS = np.linspace(-REACH, REACH, GRID)
CIRCUITS = [
    CircuitSettings(),
    CircuitSettings(qubits=2, depth=0),
    CircuitSettings(qubits=3, depth=4, rotation="rot", entangler="all"),
    CircuitSettings(qubits=3, depth=6, reuploading=True, entangler="ring"),
    CircuitSettings(qubits=5, depth=3, rotation="rot", reuploading=True),
]


def random_model(circuit: CircuitSettings, classes: int = 2, seed: int = 3) -> DressedQuantumNet:
    """A head far from its initial weights."""
    model = DressedQuantumNet(16, classes, circuit)
    rng = np.random.default_rng(seed)
    weights = {name: rng.normal(0, 0.8, value.shape) for name, value in head_weights(model).items()}
    load_head(model, {name: value.astype(np.float32) for name, value in weights.items()})
    return model


def said_by(model: DressedQuantumNet, angles: np.ndarray) -> np.ndarray:
    """The model's own class probabilities at these angles."""
    with torch.no_grad():
        scores = model.post_net(model.simulator(torch.tensor(angles, dtype=torch.float32), model.q_params))
        return scores.softmax(1).numpy()


@pytest.mark.parametrize("circuit", CIRCUITS, ids=str)
@pytest.mark.parametrize("classes", [2, 3])
def test_the_surface_is_the_models_own_forward_pass_at_random_points(circuit, classes):
    model, rng = random_model(circuit, classes), np.random.default_rng(0)
    mean = rng.uniform(-1, 1, circuit.qubits).astype(np.float32)
    qubits = (circuit.qubits - 1, 0)
    surface = surface_of(MapHead(circuit, head_weights(model)), mean, qubits)
    assert surface.shape == (GRID, GRID, classes)
    for row, column in rng.integers(0, GRID, (20, 2)):
        angles = mean.copy()
        angles[list(qubits)] = AXIS[row], AXIS[column]
        np.testing.assert_allclose(surface[row, column], said_by(model, angles[None])[0], atol=SINGLE)


def test_one_qubit_has_one_axis_and_its_points_are_spread_over_the_other_always_alike():
    circuit = CircuitSettings(qubits=1, depth=3)
    model = random_model(circuit)
    surface = surface_of(MapHead(circuit, head_weights(model)), np.zeros(1, np.float32), (0,))
    np.testing.assert_allclose(surface[:, 7], said_by(model, AXIS[:, None]), atol=SINGLE)
    assert np.ptp(surface, axis=1).max() == 0
    angles = np.linspace(-1, 1, 9, dtype=np.float32)[:, None]
    places = places_of(angles, (0,))
    assert (places[:, 0] == angles[:, 0]).all()
    assert np.ptp(places[:, 1]) > 1
    assert (places == places_of(angles, (0,))).all()


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> RunSettings:
    folder = tmp_path_factory.mktemp("map")
    return quick_settings(folder, epochs=4, learning_rate=0.02, qubits=3)


@pytest.fixture
def view(settings) -> RunView:
    return trained(settings)


class TestOfARun:
    def test_validation_pictures_are_where_the_run_saw_them_after_every_epoch(self, view):
        made = map_of(request_of(view, (0, 2)))
        assert made.epochs.tolist() == [1, 2, 3, 4]
        assert made.pictures == len(made.files) == 14
        assert made.is_validation.tolist() == [False] * 8 + [True] * 6
        assert made.files[8:] == view.prepared.val_files
        assert made.labels.tolist() == [0] * 4 + [1] * 4 + [0] * 3 + [1] * 3
        for frame, epoch in enumerate(view.epochs):
            np.testing.assert_allclose(made.probabilities[frame, 8:], epoch.val_probabilities, atol=SINGLE)

    def test_places_are_the_angles_that_the_model_turns(self, view):
        made = map_of(request_of(view, (2, 0)))
        features = restore_preparation(view.prepared, lambda: False, "").source.train
        model = DressedQuantumNet(features.shape[1], 2, view.prepared.settings.circuit)
        load_head(model, view.epochs[1].checkpoint.weights)
        with torch.no_grad():
            angles = model.angles(torch.from_numpy(features)).numpy()
        np.testing.assert_allclose(made.places[1, :8], angles[:, [2, 0]], atol=1e-5)

    def test_a_run_read_from_disk_has_its_last_epoch_alone(self, view):
        loaded = load_run(keep_run(view))
        assert not why_no_map(loaded)
        made = map_of(request_of(loaded, (0, 1)))
        assert made.epochs.tolist() == [4]
        np.testing.assert_allclose(made.probabilities, map_of(request_of(view, (0, 1))).probabilities[-1:], atol=1e-6)

    def test_augmented_runs_show_every_picture_once(self, settings):
        view = trained(settings.changed(augmentation=True, views=2, epochs=1))
        assert map_of(request_of(view, (0, 1))).places.shape == (1, 14, 2)

    def test_other_pictures_than_the_runs_are_never_shown(self, view):
        other = replace(view, prepared=replace(view.prepared, val_labels=(1, 0, 0, 1, 1, 1)))
        with pytest.raises(UserError, match="no map of this run"):
            map_of(request_of(other, (0, 1)))

    def test_it_stops(self, view):
        with pytest.raises(StoppedByUser):
            map_of(request_of(view, (0, 1)), should_stop=lambda: True)

    def test_a_large_folder_is_thinned_evenly(self, view, monkeypatch):
        monkeypatch.setattr(making_module, "MOST_PICTURES", 7)
        made = map_of(request_of(view, (0, 1)))
        assert (made.pictures, len(made.files)) == (14, 7)
        assert sorted(set(made.labels[made.is_validation])) == sorted(set(made.labels[~made.is_validation])) == [0, 1]

    def test_the_job_gives_the_same_map(self, view):
        manager = JobManager(slots=1, threads=1)
        try:
            snapshot = manager.wait(manager.submit(map_job(request_of(view, (0, 1)))), 120)
        finally:
            manager.close()
        assert snapshot.error is None
        assert (snapshot.view.result.surface == map_of(request_of(view, (0, 1))).surface).all()

    def test_without_weights_or_fixed_features_it_says_why_there_is_none(self, view):
        assert "once the first epoch" in why_no_map(RunView())
        drifting = replace(view.prepared, settings=view.prepared.settings.changed(backbone_mode="published"))
        assert "drifts with every batch" in why_no_map(replace(view, prepared=drifting))
        assert why_no_map(view) == ""

    def test_long_runs_and_costly_circuits_show_fewer_epochs_always_the_best_and_the_last(self, view):
        best = replace(view.epochs[0], is_best=True)
        epochs = tuple(
            replace(view.epochs[0], epoch=number, is_best=False) if number != 7 else replace(best, epoch=7)
            for number in range(1, 302)
        )
        long = replace(view, epochs=epochs)
        shown = [epoch for epoch, _ in request_of(long, (0, 1)).weights]
        assert MOST_FRAMES / 2 < len(shown) <= MOST_FRAMES + 2
        assert {7, 301} <= set(shown)
        wide = view.prepared.settings.changed(qubits=12, depth=20, reuploading=True)
        costly = replace(long, prepared=replace(long.prepared, settings=wide))
        assert len(request_of(costly, (0, 1)).weights) <= FEWEST_FRAMES + 2


def trained(settings: RunSettings) -> RunView:
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
        view = view.apply(event)
    assert view.ended, view.failed
    return view


def test_the_contact_sheet_holds_every_picture_in_its_place_and_grey_for_a_damaged_one(tmp_path):
    colours = [(220, 30, 30), (30, 200, 30), (30, 30, 220), (230, 230, 20)]
    files = [tmp_path / f"{number}.png" for number in range(5)]
    for file, colour in zip(files, [*colours, None], strict=True):
        Image.new("RGB", (50, 30), colour).save(file) if colour else Path(file).write_bytes(b"no picture")
    sheet = contact_sheet([str(file) for file in files])
    image = Image.open(io.BytesIO(sheet.jpeg))
    assert (sheet.columns, image.size) == (3, (3 * EDGE, 2 * EDGE))
    for number, colour in enumerate([*colours, (128, 128, 128)]):
        place = (number % 3 * EDGE + EDGE // 2, number // 3 * EDGE + EDGE // 2)
        np.testing.assert_allclose(image.getpixel(place), colour, atol=8)
