"""Tries: the same run as Start gives, from memory while the files stand still, and words where they would be slow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone
from qtl_core.runs.store import kept_runs
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training import feature_memory, playground
from qtl_core.training.compiled import warm_up
from qtl_core.training.playground import COMPILING, playground_job, try_out, why_not
from qtl_core.training.preparation import prepare
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def settings(tmp_path, weights) -> RunSettings:
    folder = noisy_pictures(tmp_path / "pictures", train=6, val=4)
    chosen = {"source": "folder", "folder": str(folder), "backbone": NETWORK, "weights": str(weights)}
    return RunSettings().changed(**chosen, epochs=3, learning_rate=0.02)


@pytest.fixture
def kept(settings, monkeypatch) -> RunSettings:
    """Settings whose features are kept, as after a first Start."""
    feature_memory._cache.clear()
    warm_up.warm_up().join()  # before, torch trains
    monkeypatch.setattr(playground, "LIMIT_SECONDS", 60.0)  # how busy this machine is says nothing of a try
    prepare(settings, lambda _: None, never)
    return settings


def started(settings: RunSettings) -> RunView:
    view = RunView()
    for event in run(RunRequest(settings, keep=False, patient=True), lambda _: None, never):
        view = view.apply(event)
    return view


def figures(view: RunView) -> list[tuple[float, ...]]:
    return [(epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy) for epoch in view.epochs]


@pytest.mark.parametrize("changes", [{}, {"depth": 2, "qubits": 3}, {"augmentation": True, "views": 2, "seed": 5}])
def test_a_try_is_the_run_that_start_would_give(kept, changes):
    settings = kept.changed(**changes)
    whole = started(settings)
    for view in (try_out(settings, never), try_out(settings, never)):  # the second one from memory
        assert figures(view) == figures(whole)
        assert np.array_equal(view.best.val_probabilities, whole.best.val_probabilities)
        assert view.prepared.settings == view.prepared.asked == settings
        assert (view.prepared.parameters, view.prepared.engine) == (whole.prepared.parameters, "compiled")
        assert (view.ended.how, view.ended.run) == ("finished", "")
    assert kept_runs() == []


def test_only_the_last_epoch_carries_all_that_going_on_needs(kept):
    view = try_out(kept, never)
    assert view.checkpoint.first_moments
    assert not any(epoch.checkpoint.first_moments for epoch in view.epochs[:-1])


def test_features_that_are_not_kept_are_not_computed(settings):
    feature_memory._cache.clear()
    with pytest.raises(UserError, match="features of 20 pictures are not computed yet"):
        try_out(settings, never)


def test_a_changed_picture_is_noticed(kept):
    before = try_out(kept, never)
    folder = Path(kept.data.folder)
    swapped = folder / "train/ants/swapped.png"
    min((folder / "train/bees").iterdir()).rename(swapped)
    after = try_out(kept, never)
    assert figures(after) == figures(started(kept))
    assert figures(after) != figures(before)


def test_memory_is_bounded(kept, tmp_path):
    for number in range(4):
        folder = noisy_pictures(tmp_path / str(number), train=6, val=4)
        try_out(kept.changed(folder=str(folder)), never)
    assert len(feature_memory._cache) == feature_memory.CACHE_SIZE


def test_what_would_take_too_long_is_refused_with_the_time(kept, monkeypatch):
    monkeypatch.setattr(playground, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(playground, "LIMIT_SECONDS", 1e-6)
    with pytest.raises(UserError, match="about 1 s here, too long") as raised:
        try_out(kept, never)
    assert "Press Start" in raised.value.do


def test_a_slow_first_step_is_not_taken_for_all_of_them(monkeypatch):
    def judged(seconds_each: float) -> list[object]:
        times = iter([0.0, *(5.0 + seconds_each * number for number in range(20))])  # the first takes 5 s
        monkeypatch.setattr(playground.time, "thread_time", lambda: next(times))
        steps = [BatchDone(1, batch, 10, 0.5) for batch in range(1, 11)]
        return list(playground._within_limit([None, *steps], epochs=1, limit=3.0))

    assert len(judged(0.25)) == 11
    assert judged(0.5)[-1] == pytest.approx(5.0)


def test_a_stop_ends_it(kept):
    with pytest.raises(StoppedByUser):
        try_out(kept, lambda: True)


@pytest.mark.parametrize("changes", [{"backbone_mode": "published"}, {"engine": "torch"}, {"engine": "pennylane"}])
def test_slow_kinds_are_refused_before_anything_is_read(settings, changes):
    assert why_not(settings) is None
    with pytest.raises(UserError, match=r"engine|image network"):
        try_out(settings.changed(**changes), never)


def test_the_job_sends_the_whole_run_at_once(kept):
    spec, sent = playground_job(kept, "me"), []
    playground.run_playground_job(spec.payload, sent.append, never)
    assert len(sent) == 1
    assert len(spec.fold(spec.view, sent[0]).epochs) == 3


def test_a_folder_that_is_gone_is_said(settings, tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        try_out(settings.changed(folder=str(tmp_path / "nowhere")), never)


def test_while_the_compiler_is_waited_for_it_says_how_far_it_is(kept, monkeypatch):
    class Compiling:
        """Two looks until it is done."""

        looks = 0

        def is_alive(self) -> bool:
            return self.looks < 2

        def join(self, _: float) -> None:
            self.looks += 1

    warm_up.warm_up().join()
    counts = iter([(3, 30), (30, 30)])
    monkeypatch.setattr(warm_up, "warm_up", Compiling)
    monkeypatch.setattr(warm_up, "kernels_compiled", lambda: next(counts))
    told = []
    try_out(kept, lambda: False, told.append)
    assert told == [Progress(COMPILING, 3, 30)]


def test_before_the_compiler_is_done_torch_trains(kept, monkeypatch):
    whole = try_out(kept, never)
    monkeypatch.setattr(playground, "_is_compiling", lambda: True)
    monkeypatch.setattr(playground, "MEANWHILE_SECONDS", 60.0)
    monkeypatch.setattr(warm_up, "is_ready", lambda: False)
    told = []
    meanwhile = try_out(kept, never, told.append)
    assert (meanwhile.prepared.engine, whole.prepared.engine) == ("torch", "compiled")
    np.testing.assert_allclose(meanwhile.best.val_probabilities, whole.best.val_probabilities, atol=1e-4)
    assert told == []


def test_what_would_take_torch_longer_than_the_compiler_waits_for_it(kept, monkeypatch):
    monkeypatch.setattr(playground, "_is_compiling", lambda: True)
    monkeypatch.setattr(playground, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(playground, "MEANWHILE_SECONDS", 0.0)
    assert try_out(kept, never).prepared.engine == "compiled"


def test_the_view_of_a_try_is_its_progress_and_then_the_whole_run(kept):
    spec = playground_job(kept, "")
    waiting = spec.fold(spec.view, Progress(COMPILING, 3, 30))
    assert waiting.progress == Progress(COMPILING, 3, 30)
    whole = try_out(kept, lambda: False)
    assert spec.fold(waiting, whole) is whole
