"""What a disk can do to a run under way: full, read-only, gone, damaged. The run goes on, and says what is not kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from qtl_core.runs.store import kept_runs, list_runs, load_run


def filled(disk: Path) -> Path:
    """Writes a file until there is no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    return ballast


def test_a_disk_that_fills_up_costs_the_keeping_and_not_the_run(lab, small_disk):
    finished = lab.over(lab.start()).id
    job_id = lab.under_way()
    ballast = filled(small_disk)
    before = len(lab.jobs.snapshot(job_id).view.epochs)
    lab.wait(job_id, lambda job: len(job.view.epochs) > before)
    ended = lab.stopped(job_id).view.ended
    assert ended.epochs > before
    assert ended.run == ""
    assert "QTL_HOME" in ended.note
    assert len(load_run(finished).epochs) == 3
    ballast.unlink()
    assert lab.next_run_works()
    assert finished in kept_runs()


def laid_over_read_only(disk: Path, twin: Path) -> None:
    """Makes a disk read-only in one step, also while others write to it.

    What is being written to would not let itself be made read-only ("busy"): a twin that nobody writes to is made so,
    and then laid over the disk.
    """
    twin.mkdir()
    subprocess.run(["mount", "--bind", str(disk), str(twin)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(twin)], check=True)
    subprocess.run(["mount", "--bind", str(twin), str(disk)], check=True)
    subprocess.run(["umount", "-l", str(twin)], check=True)


def test_a_disk_that_becomes_read_only_costs_the_keeping_and_not_the_run(lab, small_disk, tmp_path):
    finished = lab.over(lab.start()).id
    job_id = lab.under_way()
    laid_over_read_only(small_disk, tmp_path / "twin")
    with pytest.raises(OSError, match="Read-only"):
        (small_disk / "probe").touch()
    ended = lab.stopped(job_id).view.ended
    assert ended.epochs >= 3
    assert ended.note
    assert len(load_run(finished).epochs) == 3
    subprocess.run(["umount", "-l", str(small_disk)], check=True)
    assert lab.next_run_works()


def test_a_home_that_is_removed_in_the_middle_is_made_again(lab, own_home):
    job_id = lab.under_way()
    os.kill(lab.worker(job_id), signal.SIGSTOP)  # or it would put files into what is just being removed
    shutil.rmtree(own_home)
    os.kill(lab.worker(job_id), signal.SIGCONT)
    found = lab.stopped(job_id).view
    assert found.failed is None
    assert found.ended.epochs >= 3
    assert bool(found.ended.run) != bool(found.ended.note), "kept, or said why not"
    assert lab.next_run_works()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_kept_features_that_are_damaged_in_the_middle_are_made_again(lab, own_home, content):
    job_id = lab.under_way()
    kept = sorted((own_home / "features").glob("*.sqlite"))
    assert [file.name.startswith("looks-") for file in kept] == [True, False]  # what copies are known by, and features
    for file in kept:
        for part in file.parent.glob(f"{file.name}-*"):
            part.unlink()
        file.write_bytes(content)
    assert lab.stopped(job_id).view.ended.run
    assert lab.next_run_works()


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_store_that_is_damaged_in_the_middle_loses_no_run(lab, own_home, content):
    finished = lab.over(lab.start()).id
    job_id = lab.under_way()
    store = own_home / "runs/store.sqlite"
    for part in store.parent.glob("store.sqlite-*"):
        part.unlink()
    store.write_bytes(content)
    ended = lab.stopped(job_id).view.ended
    assert ended.epochs >= 3
    assert bool(ended.run) != bool(ended.note), "kept, or said why not"
    assert finished in [record.id for record in list_runs()]
    assert len(load_run(finished).epochs) == 3
    assert lab.next_run_works()
