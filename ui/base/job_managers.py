"""The job managers of this server process, shared by all sessions; nothing of any one person is kept here."""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobManager, JobSnapshot, JobSpec
from qtl_core.jobs.scheduler import Scheduler
from qtl_core.runs import store
from qtl_core.runs.view import RunView
from qtl_core.training.compiled.warm_up import compile_ahead

PRELOAD = ("qtl_core.training.preload", "qtl_core.training.torch_engine")  # the second imports torch: it takes a second
EXPRESS_SLOTS = 2  # a forecast must not wait until a download is over
RUNS_EACH = 3  # of one person, under way and waiting: a run, its repetition over seeds, and one more
STUDIES_EACH = 3  # likewise
KEPT_TRIES = 40  # one a session, as each replaces its last; 0.7 MB each at the recipe's size, 17 MB at the most
KEPT_CHECKS = 32  # half a megabyte each for 1,000 pictures
KEPT_SHARED_JOBS = 64  # forecasts and downloads whose outcome is remembered
KEPT_READY = 3  # as many as a worker keeps loaded
KEPT_TRACES = 8  # half a megabyte each
KEPT_CIRCUIT_JOBS = 32  # some 20 KB each
KEPT_DEVICE_RUNS = 16  # some 20 KB each; their results are kept on disk
LEARNING_SLOTS = 2  # some seconds each; what one has learnt is kept for all
DEVICE_SLOTS = 2  # one that hangs must not hold up the next
KEPT_READOUTS = 48  # some 50 KB each
KEPT_ANSWERS = 64  # of studies: some 100 KB each, a chart of 10,000 runs a megabyte
KEPT_LIGHT = 24  # half a megabyte each, pictures of every point
KEPT_MAPS = 24  # a megabyte each, and their pictures half of one


def stop_replaced(jobs: JobManager, before: str | None, now: str, owner: str) -> None:
    """Stops the job that `now` takes the place of, if it is this owner's: a moved slider must not leave a queue."""
    if before is None or before == now:
        return
    snapshot = jobs.snapshot(before)
    if snapshot is not None and snapshot.owner == owner:
        jobs.stop(before)


class SharedJobs:
    """Jobs whose outcome is the same for whoever asks, such as a forecast or a download: done once, found by key.

    Args:
        jobs: Where they run.
        kept: How many outcomes are remembered; the oldest go first.
    """

    def __init__(self, jobs: JobManager, kept: int = KEPT_SHARED_JOBS) -> None:
        self.jobs, self.kept, self.lock = jobs, kept, threading.Lock()
        self.ids: OrderedDict[Hashable, str] = OrderedDict()

    def find(self, key: Hashable) -> JobSnapshot[Any] | None:
        """Returns the last job of this key, or None."""
        with self.lock:
            job_id = self.ids.get(key)
        return self.jobs.snapshot(job_id) if job_id else None

    def find_or_start(self, key: Hashable, make: Callable[[], JobSpec[Any]]) -> JobSnapshot[Any]:
        """Returns the last job of this key; one that there is none of, or that was stopped, is started."""
        with self.lock:
            snapshot = self.jobs.snapshot(self.ids[key]) if key in self.ids else None
            if snapshot is None or snapshot.state == "stopped":
                snapshot = self._submit(key, make())
        return snapshot

    def restart(self, key: Hashable, make: Callable[[], JobSpec[Any]]) -> None:
        """Starts the job of this key unless it is under way: two people asking at once start one."""
        with self.lock:
            snapshot = self.jobs.snapshot(self.ids[key]) if key in self.ids else None
            if snapshot is None or snapshot.is_over:
                self._submit(key, make())

    def forget(self) -> None:
        """Forgets all outcomes, because the world has changed."""
        with self.lock:
            self.ids.clear()

    def _submit(self, key: Hashable, spec: JobSpec[Any]) -> JobSnapshot[Any]:
        self.ids[key] = self.jobs.submit(spec)
        self.ids.move_to_end(key)
        while len(self.ids) > self.kept:
            self.jobs.forget(self.ids.popitem(last=False)[1])
        snapshot = self.jobs.snapshot(self.ids[key])
        assert snapshot is not None, "it was just submitted"
        return snapshot


_managers: weakref.WeakSet[JobManager] = weakref.WeakSet()


def _noted(manager: JobManager) -> JobManager:
    _managers.add(manager)
    return manager


def close_all() -> None:
    """Ends all workers and puts away what they were at, where a server may not get to its exit handlers."""
    for manager in list(_managers):
        manager.close()


@st.cache_resource(show_spinner=False)
def studio_jobs() -> JobManager:
    """Returns the manager of training runs, a few at once."""
    return _noted(JobManager(preload=PRELOAD, scheduler=Scheduler(each=RUNS_EACH), kept_warm=1))  # for the next Start


@st.cache_resource(show_spinner=False)
def express_jobs() -> JobManager:
    """Returns the manager of short work that never queues behind training; it has training's threads, to measure."""
    return _noted(JobManager(slots=EXPRESS_SLOTS, threads=studio_jobs().threads, preload=PRELOAD))


@st.cache_resource(show_spinner=False)
def playground_jobs() -> JobManager:
    """Returns the manager of tries at every change of a setting: a worker of its own, started by the first try."""
    return _noted(JobManager(slots=1, threads=1, preload=PRELOAD, kept=KEPT_TRIES))


@st.cache_resource(show_spinner=False)
def learnings() -> SharedJobs:
    """Returns the Learn page's experiments, by key: numpy alone, so their workers are there without torch."""
    return SharedJobs(_noted(JobManager(slots=LEARNING_SLOTS, threads=1)))


@st.cache_resource(show_spinner=False)
def archive_jobs() -> JobManager:
    """Returns the manager of archives that come into data sets, one at a time; a large one takes minutes."""
    return _noted(JobManager(slots=1, threads=1))


@st.cache_resource(show_spinner=False)
def device_jobs() -> JobManager:
    """Returns the manager of circuits on other devices, which may hang or wait in a provider's queue for hours."""
    return _noted(JobManager(slots=DEVICE_SLOTS, threads=1))


@st.cache_resource(show_spinner=False)
def study_jobs() -> JobManager:
    """Returns the manager of studies, one at a time: it has all cores, and single runs do not wait behind it."""
    cores = os.cpu_count() or 1
    return _noted(JobManager(slots=1, threads=cores, preload=PRELOAD, scheduler=Scheduler(each=STUDIES_EACH)))


def find_run_job(job_id: str) -> JobSnapshot[RunView] | None:
    """Returns the run of this identifier, whether it was started or tried, or kept by a server that is gone."""
    known = studio_jobs().snapshot(job_id) or playground_jobs().snapshot(job_id)
    if known is None and _adopted(job_id):
        known = studio_jobs().snapshot(job_id)
    return known


def is_trained_elsewhere(job_id: str) -> bool:
    """Returns whether a run that is none of this server's is trained by another one over the same data folder."""
    if find_run_job(job_id) is not None:
        return False
    try:
        return store.find_run(job_id).state == "running"
    except UserError:  # there is none
        return False


def _adopted(job_id: str) -> bool:
    """Takes in a kept run that a link names by its job, as the store has it: the server was started again meanwhile.

    Not one that another process still trains: it would stand still here, as if it had been stopped.
    """
    try:
        record = store.find_run(job_id)
        if record.deleted is None and record.state != "running":
            studio_jobs().adopt(job_id, store.load_run(job_id), record.started)
            return True
    except UserError:  # there is no such run, or it cannot be read
        pass
    return False


@st.cache_resource(show_spinner=False)
def forecasts() -> SharedJobs:
    """Forecasts by settings."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def downloads() -> SharedJobs:
    """Downloads by what is fetched."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def readings() -> SharedJobs:
    """Pictures that the Data page reads: folders by session, what comes with the app for all."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def checks() -> SharedJobs:
    """Checks of pictures for what would spoil a result, by set and image network."""
    return SharedJobs(express_jobs(), KEPT_CHECKS)


@st.cache_resource(show_spinner=False)
def features_ahead() -> SharedJobs:
    """Features of own data sets that are being collected, by set and image network."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def fillings() -> SharedJobs:
    """Ready-made pictures on their way into a class, by set and class."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def maps() -> SharedJobs:
    """Maps by run and qubits, and contact sheets by files."""
    return SharedJobs(express_jobs(), KEPT_MAPS)


@st.cache_resource(show_spinner=False)
def circuit_input_jobs() -> SharedJobs:
    """Returns what the Circuit page asks of kept runs: their pictures' angles, and what each gate contributes."""
    return SharedJobs(express_jobs(), KEPT_CIRCUIT_JOBS)


@st.cache_resource(show_spinner=False)
def readouts() -> SharedJobs:
    """Runs read out: their pictures at the circuit's door, and what becomes of the answers under a readout."""
    return SharedJobs(express_jobs(), KEPT_READOUTS)


@st.cache_resource(show_spinner=False)
def study_answers() -> SharedJobs:
    """Answers of studies, and their charts, by study and how many runs it rests on."""
    return SharedJobs(express_jobs(), KEPT_ANSWERS)


@st.cache_resource(show_spinner=False)
def light_trainings() -> SharedJobs:
    """Returns the trainings of states of light on the Learn page, by their settings."""
    return SharedJobs(express_jobs(), KEPT_LIGHT)


@st.cache_resource(show_spinner=False)
def device_runs() -> SharedJobs:
    """Runs measured on other devices, by visitor and circuits."""
    return SharedJobs(device_jobs(), KEPT_DEVICE_RUNS)


@st.cache_resource(show_spinner=False)
def picture_traces() -> SharedJobs:
    """Pictures that were followed through a run, by the run and where the pictures are."""
    return SharedJobs(express_jobs(), KEPT_TRACES)


@st.cache_resource(show_spinner=False)
def ansatz_samplings() -> SharedJobs:
    """Returns the samplings of ansaetze, by their settings."""
    return SharedJobs(express_jobs())


@st.cache_resource(show_spinner=False)
def ready_models() -> SharedJobs:
    """Runs that a worker was told to load, because somebody is choosing pictures for them."""
    return SharedJobs(express_jobs(), KEPT_READY)


def warm() -> None:
    """Starts a training worker ahead of the first Start, and before it what compiles for all workers."""
    compile_ahead()
    studio_jobs().warm()
