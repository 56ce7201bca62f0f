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
from qtl_core.explain.decision_map.frames import MapHead, map_job, map_of, surface_of
from qtl_core.explain.decision_map.planes import linear_plane, spread_out
from qtl_core.explain.decision_map.request import (
    FEWEST_FRAMES,
    GRID,
    MOST_FRAMES,
    MOST_UNITS,
    REACH,
    axes_of,
    request_of,
    why_no_map,
)
from qtl_core.jobs import JobManager
from qtl_core.network.head_scores import class_scores, head_places, log_softmax
from qtl_core.network.model import DressedQuantumNet, head_weights, load_head
from qtl_core.network.trained_head import TrainedHead
from qtl_core.runs.store import keep_run, load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings, ModelSettings, RunSettings
from qtl_core.training.feature_memory import restore_preparation
from qtl_core.training.run import RunRequest, run
from tests.helpers.every_head import every_head, with_head
from tests.helpers.every_head import made_weights as made_head
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
    places = spread_out(angles, -REACH, REACH)
    assert (places[:, 0] == angles[:, 0]).all()
    assert np.ptp(places[:, 1]) > 1
    assert (places == spread_out(angles, -REACH, REACH)).all()


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

    @every_head
    def test_any_head_has_a_map_whose_pictures_and_surface_are_its_own(self, view, head, standardise):
        changed = with_head(view, head, standardise=standardise)
        axes = axes_of(changed)[-1]
        made = map_of(request_of(changed, axes))
        settings, weights = changed.prepared.settings, changed.checkpoint.best_weights
        source = restore_preparation(view.prepared, lambda: False, "").source
        features = np.concatenate([source.train, source.val])
        own = np.exp(log_softmax(class_scores(settings.circuit, weights, features, settings.model)))
        np.testing.assert_allclose(made.probabilities[-1], own, atol=SINGLE)
        assert made.low <= made.places.min() and made.places.max() <= made.high
        axis = np.linspace(made.low, made.high, GRID)
        for row, column in [(3, 30), (20, 5), (39, 39)]:
            at = np.array([axis[row], axis[column]])
            expected = decided_at(settings, weights, features, axes, at)
            np.testing.assert_allclose(made.surface[-1, row, column], expected, atol=SINGLE)

    def test_the_pictures_of_a_linear_head_lie_on_the_side_of_the_class_that_it_names(self, view):
        made = map_of(request_of(with_head(view, "linear"), ()))
        axis = np.linspace(made.low, made.high, GRID)
        cells = np.abs(axis - made.places[-1, :, :1]).argmin(axis=1)
        named = made.probabilities[-1].argmax(-1)
        there = made.surface[-1].argmax(-1)[cells, GRID // 2]
        apart = np.abs(np.diff(made.probabilities[-1], axis=1)[:, 0]) > 0.2  # not within a cell of the border
        assert (there == named)[apart].all()
        assert np.ptp(made.surface[-1], axis=1).max() < SINGLE, "upwards nothing changes"


def decided_at(
    settings: RunSettings,
    weights: dict[str, np.ndarray],
    features: np.ndarray,
    axes: tuple[int, ...],
    at: np.ndarray,
) -> np.ndarray:
    """The class probabilities at a point of the plane, from the head's own forward pass."""
    model = settings.model
    mean = head_places(weights, features, model).mean(axis=0)
    if model.head == "linear":
        first = weights["post_net.weight"][1] - weights["post_net.weight"][0]
        along = first.astype(float) / np.linalg.norm(first)
        place = mean + at[0] * along  # upwards the scores do not change
    else:
        place = mean.copy()
        place[list(axes)] = at[: len(axes)]
    hidden = place[None]
    if model.spec.has_circuit:
        head = TrainedHead(weights, settings.circuit, model).head
        with torch.no_grad():
            hidden = head.simulator(torch.tensor(hidden, dtype=torch.float32), head.q_params).numpy()
    scores = hidden @ weights["post_net.weight"].T.astype(float) + weights["post_net.bias"]
    return np.exp(log_softmax(scores))[0]


def test_many_hidden_units_are_offered_by_what_they_weigh_in_the_last_layer(view_of_units):
    pairs = axes_of(view_of_units)
    weights = np.abs(view_of_units.checkpoint.best_weights["post_net.weight"]).max(axis=0)
    offered = sorted({unit for pair in pairs for unit in pair})
    assert len(offered) == MOST_UNITS
    assert set(offered) == set(np.argsort(-weights)[:MOST_UNITS].tolist())


@pytest.fixture
def view_of_units(settings) -> RunView:
    return with_head(trained(settings.changed(epochs=1, hidden_units=30)), "mlp")


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_plane_of_a_linear_head_holds_what_decides(classes):
    """With three classes or fewer every score difference is the same on the plane as among all features."""
    rng = np.random.default_rng(classes)
    features = rng.normal(size=(40, 12)).astype(np.float32)
    model = ModelSettings("linear")
    weights = made_head(12, classes, CircuitSettings(), model)
    plane = linear_plane(weights, features)
    np.testing.assert_allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-9)
    scores = class_scores(CircuitSettings(), weights, features, model)
    on_plane = features.mean(axis=0) + plane.places.astype(float) @ plane.directions
    projected = class_scores(CircuitSettings(), weights, on_plane, model)
    apart = [each - each.mean(axis=1, keepdims=True) for each in (scores, projected)]
    if classes <= 3:
        np.testing.assert_allclose(apart[0], apart[1], atol=1e-5)
    else:
        assert np.abs(apart[0] - apart[1]).max() > 0.1
    again = linear_plane({**weights, "post_net.weight": -weights["post_net.weight"]}, features, plane)
    assert (again.directions * plane.directions).sum(axis=1).min() > 0, "an axis turned over from one epoch to the next"


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
