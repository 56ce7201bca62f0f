"""A run under way, and the faults that meet it: every test of this folder breaks something in the middle of work."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qtl_core.jobs import JobManager, JobSnapshot
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, training_job
from tests.helpers.made_networks import made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest
PATIENCE = 180.0  # seconds, for a busy machine
LONG = 500  # epochs: what is under way stays so


class Lab:
    """One worker, a folder of pictures, and what a person would do with them."""

    def __init__(self, folder: Path) -> None:
        self.pictures, self.weights = noisy_pictures(folder / "pictures"), made_weights(NETWORK, folder / "weights")
        self.jobs = JobManager(slots=1, threads=1)
        self.settings = RunSettings().changed(
            source="folder",
            folder=str(self.pictures),
            backbone=NETWORK,
            weights=str(self.weights),
            epochs=3,
            learning_rate=0.02,
            engine="torch",
        )

    def start(self, **changes: object) -> str:
        return self.jobs.submit(training_job(RunRequest(self.settings.changed(**changes)), "me"))

    def under_way(self, epochs: int = 3) -> str:
        """Starts a long run and returns it in the middle: some epochs are done, and many are to come."""
        job_id = self.start(epochs=LONG, batch_size=1)  # slower: a busy machine must not find it finished
        self.wait(job_id, lambda job: len(job.view.epochs) >= epochs or job.is_over)
        assert not self.jobs.snapshot(job_id).is_over
        return job_id

    def wait(self, job_id: str, condition: Callable[[JobSnapshot], object]) -> JobSnapshot:
        snapshot = self.jobs.wait(job_id, PATIENCE, until=condition)
        assert condition(snapshot), snapshot
        return snapshot

    def over(self, job_id: str) -> JobSnapshot:
        return self.wait(job_id, lambda job: job.is_over)

    def stopped(self, job_id: str) -> JobSnapshot:
        self.jobs.stop(job_id)
        return self.over(job_id)

    def worker(self, job_id: str) -> int:
        return self.jobs.jobs[job_id].worker.process.pid

    def next_run_works(self) -> bool:
        """Whether another run comes to its end, and is kept."""
        ended = self.over(self.start()).view.ended
        return ended is not None and (ended.how, ended.epochs, bool(ended.run), ended.note) == ("finished", 3, True, "")


@pytest.fixture
def new_lab(tmp_path: Path) -> Iterator[Lab]:
    """A lab whose worker starts in this test, with its home and its limits."""
    made = Lab(tmp_path)
    yield made
    made.jobs.close()


@pytest.fixture
def lab(new_lab: Lab) -> Lab:
    """The lab of a test."""
    return new_lab


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home on a disk of its own, of 8 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.name != "posix" or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root on Linux")
    monkeypatch.setenv("QTL_HOME", str(disk))
    yield disk
    while disk.is_mount():  # a test that failed may have left something laid over it
        subprocess.run(["umount", "-l", str(disk)], check=True)
