"""The test part of a whole run: looked at once, at the end, by the best epoch's weights, and kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.network.model import build_head, load_head
from qtl_core.runs import events as told
from qtl_core.runs.events import Ended, EpochDone
from qtl_core.runs.store import find_run, layout, load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.feature_memory import cached_preparation
from qtl_core.training.run import RunRequest, continue_request, continued, run
from tests.helpers.made_networks import made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def settings(tmp_path, weights) -> RunSettings:
    pictures = noisy_pictures(tmp_path / "pictures")
    return RunSettings().changed(
        source="folder",
        folder=str(pictures),
        backbone=NETWORK,
        weights=str(weights),
        epochs=3,
        learning_rate=0.02,
        engine="torch",
        test_share=0.34,
    )


def seen(request: RunRequest, should_stop=lambda: False) -> tuple[RunView, list[object]]:
    view, events = request.before, []
    for event in run(request, lambda _: None, should_stop):
        view = view.apply(event)
        events.append(event)
    return view, events


def test_it_is_looked_at_once_after_the_last_epoch_with_the_best_weights(settings):
    view, events = seen(RunRequest(settings))
    assert [type(event) for event in events if isinstance(event, told.Tested | Ended)] == [told.Tested, Ended]
    assert isinstance(events[-2], told.Tested) and any(isinstance(event, EpochDone) for event in events[:-2])
    prepared = view.prepared
    assert (prepared.val_size, prepared.test_size, prepared.test_labels) == (4, 2, (0, 1))
    assert not set(prepared.test_files) & set(prepared.val_files)
    assert (view.tested.epoch, view.looks) == (view.ended.best_epoch, 1)
    features = cached_preparation(settings, lambda: False).features
    head = build_head(576, 2, settings.circuit)
    load_head(head, view.checkpoint.best_weights)
    import torch

    scores = head(torch.from_numpy(features.test)).detach().softmax(dim=1).numpy()  # torch is the oracle
    assert np.allclose(view.tested.probabilities, scores, atol=1e-5)
    right = scores.argmax(axis=1) == np.array(prepared.test_labels)
    assert view.tested.accuracy == right.mean()
    assert view.tested.loss == pytest.approx(-np.log(scores[[0, 1], [0, 1]]).mean(), abs=1e-5)


def test_it_is_kept_and_read_again(settings):
    view, _ = seen(RunRequest(settings))
    record, kept = find_run(view.ended.run), load_run(view.ended.run)
    assert kept.tested == view.tested and np.array_equal(kept.tested.probabilities, view.tested.probabilities)
    assert (kept.looks, kept.prepared.test_files) == (1, view.prepared.test_files)
    assert (record.test_size, record.test_accuracy, record.test_looks) == (2, view.tested.accuracy, 1)


def test_a_damaged_file_of_it_is_noticed(settings):
    view, _ = seen(RunRequest(settings))
    (file,) = layout.run_folder(view.ended.run).glob("test-*.f32")
    file.write_bytes(bytes(len(file.read_bytes())))
    with pytest.raises(UserError, match="damaged"):
        load_run(view.ended.run)


def test_a_run_that_goes_on_is_looked_at_again_and_counts_it(settings):
    first, _ = seen(RunRequest(settings))
    request = continued(first, 2)
    second, events = seen(request)
    assert (first.looks, second.looks) == (1, 2)
    assert [type(event) for event in events[-2:]] == [told.Tested, Ended]
    kept = load_run(second.ended.run)
    assert (kept.looks, kept.tested) == (2, second.tested)
    assert len(list(layout.run_folder(second.ended.run).glob("test-*.f32"))) == 1


def test_while_it_goes_on_no_earlier_look_passes_for_its_own(settings):
    first, _ = seen(RunRequest(settings))
    view = first.apply(replace(first.epochs[-1], epoch=4))
    assert (view.tested, view.looks) == (None, 1)


def test_a_stop_before_the_next_epoch_leaves_the_look_as_it_was(settings):
    first, _ = seen(RunRequest(settings))
    prepared_yet: list[bool] = []
    request = continued(first, 2)
    view, _ = seen(request, lambda: bool(prepared_yet) or prepared_yet.append(True) or False)
    assert len(view.epochs) == 3 and (view.tested, view.looks) == (first.tested, 1)


def test_a_run_that_was_stopped_is_looked_at_and_brought_to_its_end_again(settings):
    done: list[object] = []
    view = RunView()
    for event in run(RunRequest(settings), lambda _: None, lambda: any(isinstance(each, EpochDone) for each in done)):
        done.append(event)
        view = view.apply(event)
    assert (len(view.epochs), view.tested.epoch, view.looks) == (1, 1, 1)
    again, _ = seen(continue_request(view.ended.run))
    whole, _ = seen(RunRequest(settings))
    assert (again.tested, again.looks, whole.looks) == (whole.tested, 2, 1)


def test_without_a_test_part_nothing_is_looked_at(settings):
    view, events = seen(RunRequest(settings.changed(test_share=0.0)))
    assert view.tested is None and not any(isinstance(event, told.Tested) for event in events)
    assert find_run(view.ended.run).test_accuracy is None


def test_as_published_the_drifting_network_of_the_best_epoch_looks(settings):
    view, _ = seen(RunRequest(settings.changed(backbone_mode="published", epochs=2, views=1)))
    assert view.prepared.test_size == 2 and view.tested.probabilities.shape == (2, 2)
    assert np.allclose(view.tested.probabilities.sum(axis=1), 1, atol=1e-5)


def test_memory_of_features_knows_parts_and_draws(settings):
    seen(RunRequest(settings.changed(epochs=1)))  # so that features are kept
    few = settings.changed(per_class=2)
    first, second = (cached_preparation(few.changed(seed=seed), lambda: False) for seed in (0, 1))
    plain = cached_preparation(settings.changed(test_share=0.0), lambda: False)
    assert first.prepared.train_size == second.prepared.train_size == 4 and plain.prepared.train_size == 8
    assert first.train_files != second.train_files and first.prepared.test_files == second.prepared.test_files
    assert (plain.features.test, plain.prepared.test_size) == (None, 0)
