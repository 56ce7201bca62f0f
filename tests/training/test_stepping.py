"""One epoch at a time: whoever steps, however often the run is put away, gets the run that is trained at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import delete, find_run, list_runs, load_run, purge, undelete
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, continue_request, continued, run
from qtl_core.training.stepping import finish, first_step, is_midway, next_step
from tests.helpers.made_networks import made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest
EPOCHS = 4
KINDS = {
    "the recipe's": {},
    "one cycle, which depends on all epochs": {"schedule": "one_cycle", "warm_up": 1},
    "cosine and momentum": {"schedule": "cosine", "optimiser": "sgd"},
    "compiled": {"engine": "compiled", "schedule": "one_cycle", "optimiser": "adamw", "weight_decay": 0.01},
    "a head without a circuit": {"head": "mlp", "hidden_units": 3, "label_smoothing": 0.1},
}


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def settings(tmp_path, weights) -> RunSettings:
    folder = noisy_pictures(tmp_path / "pictures")
    return RunSettings().changed(
        source="folder",
        folder=str(folder),
        backbone=NETWORK,
        weights=str(weights),
        epochs=EPOCHS,
        learning_rate=0.02,
        engine="torch",
    )


def seen(request: RunRequest) -> RunView:
    """The view after all events of a request."""
    view = request.before
    for event in run(replace(request, patient=True), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def stepped(settings: RunSettings, put_away: Callable[[RunView], RunView]) -> RunView:
    view = seen(first_step(settings))
    while is_midway(view):
        view = seen(next_step(put_away(view)))
    return view


def as_loaded(view: RunView) -> RunView:
    return load_run(view.ended.run)


def assert_equal(one: RunView, other: RunView) -> None:
    """All figures and probabilities of all epochs are equal, and the last weights, to the last bit."""
    assert len(one.epochs) == len(other.epochs)
    for here, there in zip(one.epochs, other.epochs, strict=True):
        assert replace(here, seconds=0) == replace(there, seconds=0)
        assert np.array_equal(here.val_probabilities, there.val_probabilities)
    for kind in ("weights", "best_weights", "first_moments", "second_moments"):
        here, there = getattr(one.checkpoint, kind), getattr(other.checkpoint, kind)
        assert here.keys() == there.keys()
        assert all(np.array_equal(here[name], there[name]) for name in here)
    assert replace(one.ended, seconds_training=0, run="") == replace(other.ended, seconds_training=0, run="")


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_steps_are_the_run_that_is_trained_at_once(settings, changes):
    settings = settings.changed(**changes)
    at_once = seen(RunRequest(settings, keep=False))
    by_steps = stepped(settings, lambda view: view)
    assert len(at_once.epochs) == EPOCHS
    assert_equal(by_steps, at_once)
    (record,) = list_runs()
    assert (record.id, record.state) == (by_steps.ended.run, "finished")
    assert_equal(load_run(record.id), at_once)


def test_a_step_is_kept_as_a_run_of_all_its_epochs_and_may_come_from_the_store(settings):
    first = seen(first_step(settings))
    assert (len(first.epochs), first.ended.how, is_midway(first)) == (1, "paused", True)
    assert find_run(first.ended.run).settings.training.epochs == EPOCHS
    by_steps = stepped(settings, as_loaded)
    assert_equal(by_steps, seen(RunRequest(settings, keep=False)))
    assert len(list_runs()) == 2  # this one, and the one of a single step


def test_finish_goes_to_the_end_from_where_the_steps_are(settings):
    view = seen(finish(seen(next_step(seen(first_step(settings))))))
    assert (view.ended.how, is_midway(view)) == ("finished", False)
    assert_equal(view, seen(RunRequest(settings, keep=False)))
    with pytest.raises(UserError, match="nothing to go on with"):
        finish(view)


def test_steps_end_where_patience_does(settings):
    settings = settings.changed(epochs=30, patience=1, learning_rate=1e-6)  # nothing gets better
    at_once, by_steps = seen(RunRequest(settings, keep=False)), stepped(settings, as_loaded)
    assert 1 < len(at_once.epochs) < 30
    assert_equal(by_steps, at_once)
    assert by_steps.ended.how == "finished"


def test_a_single_epoch_is_the_whole_run(settings):
    view = seen(first_step(settings.changed(epochs=1)))
    assert (view.ended.how, is_midway(view)) == ("finished", False)


def test_what_has_not_begun_or_is_not_its_own_is_not_midway(settings):
    assert not is_midway(RunView())
    first = seen(first_step(settings))
    assert not is_midway(replace(first, ended=None))
    assert isinstance(first.prepared, Prepared)
    assert not is_midway(replace(first, prepared=replace(first.prepared, train_size=0)))


def test_a_run_that_was_deleted_while_it_paused_does_not_come_back(settings):
    view = seen(first_step(settings))
    run_id = view.ended.run
    delete([run_id])
    for onward in (next_step, finish, lambda view: continued(view, 1), lambda _: continue_request(run_id)):
        with pytest.raises(UserError, match="was deleted meanwhile"):
            onward(view)
    assert not list_runs()
    undelete([run_id])
    assert next_step(view).run == run_id
    delete([run_id])
    purge([run_id])
    with pytest.raises(UserError, match="was deleted meanwhile"):
        next_step(view)
