"""A whole run, as a generator and as a background job: its events, its stops, going on, and what is kept of it."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.jobs import JobManager, JobSnapshot
from qtl_core.runs.events import BatchDone, Ended, EpochDone, Event, Failed, Prepared
from qtl_core.runs.store import find_run, kept_runs, layout, list_runs, load_run, opening
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings, SettingsError
from qtl_core.training.run import RunRequest, _wait_for, continue_request, continued, named, run, training_job
from qtl_core.training.task import KeptFeatures
from tests.helpers.made_networks import damage_inside, made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest
PATIENCE = 300.0  # seconds, for a busy machine


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def pictures(tmp_path) -> Path:
    return noisy_pictures(tmp_path / "pictures")


@pytest.fixture
def settings(pictures, weights) -> RunSettings:
    return RunSettings().changed(
        source="folder",
        folder=str(pictures),
        backbone=NETWORK,
        weights=str(weights),
        epochs=3,
        learning_rate=0.02,
        engine="torch",  # nothing stands in for it meanwhile, so that runs are the same to the last bit
    )


def never() -> bool:
    return False


def events(request: RunRequest, should_stop: Callable[[], bool] = never) -> Iterator[Event]:
    return run(request, lambda _: None, should_stop)


def seen(request: RunRequest, should_stop: Callable[[], bool] = never) -> RunView:
    """The view after all events."""
    view = request.before
    for event in events(request, should_stop):
        view = view.apply(event)
    return view


def stopped_after(epochs: int, request: RunRequest) -> RunView:
    """The view of a run that is stopped as soon as so many epochs are done."""
    done: list[Event] = []
    for event in events(request, lambda: sum(isinstance(event, EpochDone) for event in done) >= epochs):
        done.append(event)
    return reduce(RunView.apply, done, request.before)


def breaks_in(epoch: int, monkeypatch) -> None:
    """Has the features be no numbers from an epoch on, as those of a backbone that drifts may become."""
    given = KeptFeatures.train_batch

    def broken(self: KeptFeatures, now: int, indices: np.ndarray) -> torch.Tensor:
        return given(self, now, indices) * (torch.nan if now >= epoch else 1)

    monkeypatch.setattr(KeptFeatures, "train_batch", broken)


def test_training_that_breaks_down_fails_with_its_epoch_and_keeps_those_before(settings, monkeypatch):
    breaks_in(3, monkeypatch)
    view = seen(RunRequest(settings))
    assert [epoch.epoch for epoch in view.epochs] == [1, 2]
    assert view.ended is None
    assert view.failed.what == "Training broke down in epoch 3: the training loss stopped being finite."
    assert "learning rate" in view.failed.do
    kept = load_run(view.failed.run)
    assert figures(kept) == figures(view)
    assert find_run(view.failed.run).state == "failed"


def test_training_that_breaks_down_at_once_keeps_nothing(settings, monkeypatch):
    breaks_in(1, monkeypatch)
    view = seen(RunRequest(settings))
    assert (view.epochs, view.failed.run, kept_runs()) == ((), "", [])
    assert "epoch 1" in view.failed.what


def test_a_run_that_broke_down_unnoticed_does_not_go_on(settings):
    """Earlier versions trained on with NaN and called such a run finished."""
    view = seen(RunRequest(settings))
    last = view.epochs[-1]
    weights = {name: values * np.nan for name, values in last.checkpoint.weights.items()}
    broken = replace(last, checkpoint=replace(last.checkpoint, weights=weights))
    again = seen(continued(replace(view, epochs=(*view.epochs[:-1], broken)), 1))
    assert again.failed.what == "This run cannot go on."
    assert "after epoch 3 its numbers are not finite" in again.failed.why


def figures(view: RunView) -> list[tuple[float, ...]]:
    return [(each.train_loss, each.train_accuracy, each.val_loss, each.val_accuracy) for each in view.epochs]


def same_checkpoint(one: RunView, other: RunView) -> bool:
    groups = ("weights", "first_moments", "second_moments", "best_weights", "backbone_state", "best_backbone_state")
    pairs = [(getattr(one.checkpoint, group), getattr(other.checkpoint, group)) for group in groups]
    return all(
        left.keys() == right.keys() and all(np.array_equal(left[name], right[name]) for name in left)
        for left, right in pairs
    )


# Its events


def test_a_run_from_end_to_end(settings):
    told = list(events(RunRequest(settings)))
    assert isinstance(told[0], Prepared)
    assert {type(event) for event in told[1:-1]} == {BatchDone, EpochDone}
    ended = told[-1]
    epochs = [event for event in told if isinstance(event, EpochDone)]
    assert (ended.how, ended.epochs, len(epochs)) == ("finished", 3, 3)
    assert ended.best_val_accuracy == max(epoch.val_accuracy for epoch in epochs)
    assert ended.seconds_training == sum(epoch.seconds for epoch in epochs)
    assert (kept_runs(), ended.note) == ([ended.run], "")


def test_what_is_kept_is_what_was_seen(settings):
    view = seen(RunRequest(settings))
    found = load_run(view.ended.run)
    assert (found.prepared, found.ended, figures(found)) == (view.prepared, view.ended, figures(view))
    assert same_checkpoint(found, view)


def test_the_same_settings_give_the_same_run_and_another_seed_another(settings):
    one, same, other = (seen(RunRequest(settings.changed(seed=seed))) for seed in (4, 4, 5))
    assert figures(one) == figures(same)
    assert same_checkpoint(one, same)
    assert figures(one) != figures(other)


# Stops


def test_a_stop_while_getting_ready_leaves_nothing(settings):
    view = seen(RunRequest(settings), lambda: True)
    assert (view.ended.how, view.ended.epochs, view.ended.run, view.prepared) == ("stopped", 0, "", None)
    assert kept_runs() == []


def test_a_stop_keeps_the_epochs_done(settings):
    view = stopped_after(2, RunRequest(settings))
    assert (view.ended.how, len(view.epochs), view.ended.epochs) == ("stopped", 2, 2)
    assert len(load_run(view.ended.run).epochs) == 2


# Going on


@pytest.mark.parametrize("mode", ["frozen", "published"])
@pytest.mark.parametrize("loaded", [False, True], ids=["from the view", "from disk"])
def test_a_run_that_goes_on_is_an_unbroken_one_in_its_own_place(settings, mode, loaded):
    settings = settings.changed(backbone_mode=mode, augmentation=True, views=2)
    unbroken = seen(RunRequest(settings))
    begun = stopped_after(1, RunRequest(settings))
    view = load_run(begun.ended.run) if loaded else begun
    resumed = seen(continued(view, 2))
    assert figures(resumed) == figures(unbroken)
    assert same_checkpoint(resumed, unbroken)
    assert (resumed.ended.how, resumed.ended.run) == ("finished", begun.ended.run)
    assert len(load_run(begun.ended.run).epochs) == 3
    assert len(kept_runs()) == 2


def test_more_epochs_than_asked_for_at_first(settings):
    view = seen(continued(seen(RunRequest(settings.changed(epochs=1))), 2))
    assert (len(view.epochs), view.prepared.settings.training.epochs) == (3, 3)
    assert figures(view) == figures(seen(RunRequest(settings)))


EARLY = {"patience": 1, "best_by": "loss", "learning_rate": 0.5, "epochs": 8}  # steps too wide to get better for long


def test_a_run_that_patience_ends_is_finished_and_goes_on_without(settings):
    view = seen(RunRequest(settings.changed(**EARLY)))
    done = len(view.epochs)
    assert (view.ended.how, done < 8) == ("finished", True)
    with pytest.raises(UserError, match="has come to its end"):
        continue_request(view.ended.run)
    request = continued(view, 2)
    assert (request.settings.training.patience, request.settings.training.epochs) == (0, done + 2)
    further = seen(request)
    assert figures(further) == figures(
        seen(RunRequest(settings.changed(**EARLY | {"patience": 0, "epochs": done + 2})))
    )


@pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
def test_a_run_goes_on_only_for_the_epochs_that_its_schedule_was_made_for(settings, schedule):
    planned = settings.changed(schedule=schedule, warm_up=1, optimiser="sgd", head="mlp", standardise=True)
    begun = stopped_after(1, RunRequest(planned))
    with pytest.raises(UserError, match="cannot go on for 3 more epochs") as refused:
        continued(begun, 3)
    assert refused.value.do == "Go on for the 2 that are left, or start a new run."
    whole, resumed = seen(RunRequest(planned)), seen(continued(begun, 2))
    assert figures(resumed) == figures(whole)
    assert same_checkpoint(resumed, whole)
    with pytest.raises(UserError, match=r"cannot go on for 1 more epoch\."):
        continued(whole, 1)


def test_features_of_a_network_that_drifts_are_not_standardised(settings):
    view = seen(RunRequest(settings.changed(backbone_mode="published", standardise=True)))
    assert view.failed is not None
    assert "cannot be standardised" in view.failed.what


def test_there_must_be_something_to_go_on_from(settings):
    for view in (RunView(), seen(RunRequest(settings), lambda: True)):
        with pytest.raises(UserError, match="nothing to go on from"):
            continued(view, 5)


def test_a_head_from_elsewhere_cannot_be_gone_on_with(settings):
    view = seen(RunRequest(settings.changed(epochs=1)))
    assert not view.prepared.from_elsewhere
    assert view.prepared.is_measured is True
    assert replace(view.prepared, val_size=0).is_measured is False
    for size, refused in ((0, True), (1, False)):
        other = replace(view, prepared=replace(view.prepared, train_size=size))
        assert other.prepared.from_elsewhere is refused
    with pytest.raises(UserError, match="cannot be trained on here"):
        continued(replace(view, prepared=replace(view.prepared, train_size=0)), 1)


def test_the_compiler_is_waited_for_and_a_stop_is_heard_meanwhile():
    alive, waits = iter([True, True, False]), []
    _wait_for(SimpleNamespace(is_alive=lambda: next(alive), join=waits.append), never)
    assert len(waits) == 2
    with pytest.raises(StoppedByUser):
        _wait_for(SimpleNamespace(is_alive=lambda: True, join=waits.append), lambda: True)


def test_epochs_beyond_what_is_allowed_are_refused(settings):
    view = seen(RunRequest(settings.changed(epochs=1)))
    with pytest.raises(SettingsError, match="epochs = 501"):
        continued(view, 500)


def test_stopped_while_getting_ready_to_go_on_nothing_is_lost(settings):
    begun = seen(RunRequest(settings))
    view = seen(continued(begun, 2), lambda: True)
    assert (view.ended.how, view.ended.run) == ("finished", begun.ended.run)
    assert (view.prepared, figures(view)) == (begun.prepared, figures(begun))
    assert same_checkpoint(load_run(begun.ended.run), begun)
    assert len(seen(continued(view, 1)).epochs) == 4


def test_a_run_taken_further_elsewhere_meanwhile_is_not_replaced(settings):
    begun = seen(RunRequest(settings.changed(epochs=1)))
    further = seen(continued(begun, 3))
    beside = seen(continued(begun, 1))
    assert further.ended.run == begun.ended.run != beside.ended.run
    assert [len(load_run(view.ended.run).epochs) for view in (further, beside)] == [4, 2]


def test_a_run_that_another_process_trains_is_left_to_it(settings, monkeypatch):
    monkeypatch.setattr("qtl_core.runs.store.locks.TIMEOUT_SECONDS", 0.1)
    begun = seen(RunRequest(settings.changed(epochs=1)))
    elsewhere = run(continued(begun, 2), lambda _: None, never)
    assert isinstance(next(elsewhere), Prepared)
    refused = seen(continued(begun, 1))
    assert ("being trained already" in refused.failed.what, refused.failed.run) == (True, "")
    *_, ended = elsewhere
    assert (ended.how, ended.run) == ("finished", begun.ended.run)
    assert len(load_run(ended.run).epochs) == 3
    assert find_run(ended.run).state == "finished"


@pytest.mark.parametrize("change", ["another picture", "one picture less", "a new class"])
def test_a_run_does_not_go_on_with_other_pictures(settings, pictures, change):
    begun = seen(RunRequest(settings))
    if change == "another picture":
        (pictures / "val/ants/ants_0.png").rename(pictures / "val/ants/ants_9.png")
    elif change == "one picture less":
        damage_inside(pictures / "train/ants/ants_0.png")
    else:
        for split in ("train", "val"):
            (pictures / split / "wasps").mkdir()
            (pictures / split / "ants/ants_1.png").rename(pictures / split / "wasps/wasp.png")
    view = seen(continued(begun, 2))
    assert "cannot go on" in view.failed.what
    assert (figures(view), view.failed.run) == (figures(begun), begun.ended.run)
    assert len(load_run(begun.ended.run).epochs) == 3
    assert find_run(begun.ended.run).state == "finished", "what it had come to is as good as before"


# What goes wrong


def test_pictures_that_cannot_be_used_are_said(settings, tmp_path):
    view = seen(RunRequest(settings.changed(folder=str(tmp_path / "nowhere"))))
    assert "nowhere" in view.failed.what
    assert (view.failed.run, view.ended, kept_runs()) == ("", None, [])


def test_a_failure_in_the_middle_keeps_the_epochs_before_it(settings, pictures):
    """As published, pictures are read at every batch: one that vanishes ends the run."""
    view = RunView()
    for event in events(RunRequest(settings.changed(backbone_mode="published"))):
        view = view.apply(event)
        if isinstance(event, EpochDone):
            (pictures / "train/ants/ants_0.png").unlink(missing_ok=True)
    assert "ants_0.png" in view.failed.what
    assert len(view.epochs) == len(load_run(view.failed.run).epochs) == 1
    assert continued(view, 1).run == view.failed.run


def test_a_home_that_cannot_be_written_costs_a_note_and_not_the_result(settings, own_home):
    (own_home / "runs").write_text("in the way")
    view = seen(RunRequest(settings))
    assert (view.ended.how, view.ended.run, len(view.epochs)) == ("finished", "", 3)
    assert "Nothing can be kept" in view.ended.note
    assert "QTL_HOME" in view.ended.note


def test_a_store_of_a_newer_version_costs_a_note_and_not_the_result(settings):
    seen(RunRequest(settings.changed(epochs=1)))
    with sqlite3.connect(layout.store_file()) as connection:
        connection.execute("PRAGMA user_version = 99")
    opening._ready.clear()
    view = seen(RunRequest(settings))
    assert (view.ended.how, view.ended.run, len(view.epochs)) == ("finished", "", 3)
    assert "newer version of this app" in view.ended.note


# As a job


@pytest.fixture
def jobs() -> Iterator[JobManager]:
    made = JobManager(slots=1, threads=1)
    yield made
    made.close()


def wait_for(jobs: JobManager, job_id: str, condition: Callable[[JobSnapshot], bool]) -> JobSnapshot:
    snapshot = jobs.wait(job_id, PATIENCE, until=condition)
    assert condition(snapshot), snapshot
    return snapshot


def test_a_job_trains_as_the_generator_does(jobs, settings):
    job_id = jobs.submit(training_job(RunRequest(settings), "me"))
    view = wait_for(jobs, job_id, lambda job: job.is_over).view
    assert figures(view) == figures(seen(RunRequest(settings)))
    assert load_run(view.ended.run).ended == view.ended
    again = jobs.submit(training_job(continued(view, 1), "me"))
    assert len(jobs.snapshot(again).view.epochs) >= 3, "the epochs before stay in sight"
    assert len(wait_for(jobs, again, lambda job: job.is_over).view.epochs) == 4


def test_a_stopped_job_keeps_its_epochs(jobs, settings):
    job_id = jobs.submit(training_job(RunRequest(settings.changed(epochs=500)), "me"))
    wait_for(jobs, job_id, lambda job: len(job.view.epochs) >= 2)
    jobs.stop(job_id)
    job = wait_for(jobs, job_id, lambda job: job.is_over)
    assert (job.state, job.view.ended.how) == ("stopped", "stopped")
    assert len(load_run(job.view.ended.run).epochs) == len(job.view.epochs) >= 2
    assert find_run(job.view.ended.run).state == "stopped"


def test_a_worker_that_is_killed_leaves_its_epochs(jobs, settings):
    job_id = jobs.submit(training_job(RunRequest(settings.changed(epochs=500, engine="pennylane")), "me"))
    wait_for(jobs, job_id, lambda job: len(job.view.epochs) >= 2)
    os.kill(jobs.jobs[job_id].worker.process.pid, signal.SIGKILL)
    job = wait_for(jobs, job_id, lambda job: job.is_over)
    assert (job.state, job.view.failed.what) == ("failed", "The process that did the work ended unexpectedly.")
    kept, record = load_run(job.view.failed.run), find_run(job.view.failed.run)
    assert (record.state, "ended unexpectedly" in record.failure) == ("failed", True)
    told = figures(job.view)  # an epoch may be written that was not told any more
    assert (figures(kept)[: len(told)], kept.ended.how) == (told, "stopped")
    assert figures(seen(continued(kept, 1)))[:-1] == figures(kept)


@pytest.mark.parametrize("how", ["stopped", "failed"])
def test_a_job_whose_worker_is_gone_is_brought_to_its_end_from_what_was_seen_of_it(settings, how):
    request = named(RunRequest(settings))
    spec, view, worker = training_job(request, "me"), RunView(), events(request)
    for event in worker:
        view = view.apply(event)
        if len(view.epochs) == 2:
            break
    worker.close()  # as a kill would, but for its last moment
    assert find_run(request.run).state == "interrupted"
    over = spec.when_stopped(view) if how == "stopped" else spec.when_failed(view, "What.", "Why.", "Do.")
    assert (over.ended or over.failed).run == request.run
    record = find_run(request.run)
    assert (record.state, record.epochs, record.failure) == (how, 2, "What. Why. Do." if how == "failed" else "")
    assert kept_runs() == [request.run]
    assert figures(seen(continue_request(request.run))) == figures(seen(RunRequest(settings)))


def test_a_job_whose_worker_is_gone_before_its_first_epoch_leaves_nothing(settings):
    request = named(RunRequest(settings))
    worker = events(request)
    view = RunView().apply(next(worker))
    worker.close()
    assert training_job(request, "me").when_stopped(view).ended.run == ""
    assert list_runs() == []


def test_a_job_cut_off_while_getting_ready_to_go_on_loses_nothing(settings):
    begun = seen(RunRequest(settings))
    spec = training_job(continued(begun, 2), "me")
    assert spec.when_stopped(spec.view).ended == begun.ended
    failed = spec.when_failed(spec.view, "What.", "Why.", "Do.")
    assert failed.failed == Failed("What.", "Why.", "Do.", begun.ended.run)
    assert isinstance(spec.when_stopped(training_job(RunRequest(settings), "me").view).ended, Ended)
