"""How runs end in the store that nobody writes along any more, and folders that come to nothing."""

from __future__ import annotations

import dataclasses
import errno
from pathlib import Path

import pytest

from qtl_core.runs.events import Failed
from qtl_core.runs.store import files, find_run, keep_run, layout, load_run, settle_run
from qtl_core.runs.store.locks import lock_run
from qtl_core.runs.store.opening import writing
from qtl_core.runs.store.schema import not_kept
from qtl_core.runs.store.tables import delete_empty, put_row
from qtl_core.runs.store.writing import keeping
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import made_run

RUN = "20260101-000000-aaaaaa"


@pytest.fixture
def view(tmp_path) -> RunView:
    return made_run(tmp_path)


def left_running(view: RunView) -> str:
    """Keeps a run as a process leaves it that was killed: running, and written by nobody."""
    keep_run(dataclasses.replace(view, ended=None), RUN)
    writing(lambda connection: put_row(connection, RUN, {"state": "running"}, {}))
    return RUN


class TestSettleRun:
    def test_a_run_left_running_ends_as_it_ended(self, view):
        left_running(view)
        assert find_run(RUN).state == "interrupted"
        assert settle_run(RUN, view) is True
        assert find_run(RUN).state == "finished"
        assert load_run(RUN).epochs == view.epochs

    def test_one_that_failed_is_told_why(self, view):
        left_running(view)
        failed = dataclasses.replace(view, ended=None, failed=Failed("The disk broke.", "It was old.", "Buy another."))
        assert settle_run(RUN, failed) is True
        found = find_run(RUN)
        assert (found.state, found.failure) == ("failed", "The disk broke. It was old. Buy another.")

    def test_one_of_which_the_store_lacks_epochs_is_still_to_be_kept(self, view):
        left_running(dataclasses.replace(view, epochs=view.epochs[:2]))
        assert settle_run(RUN, view) is False
        assert find_run(RUN).state == "interrupted"
        assert settle_run("20260101-000000-bbbbbb", view) is False

    def test_one_that_has_gone_further_meanwhile_counts_as_kept(self, view):
        left_running(view)
        assert settle_run(RUN, dataclasses.replace(view, epochs=view.epochs[:2])) is True

    def test_one_that_has_ended_stays_as_it_is(self, view):
        keep_run(view, RUN)
        stopped = dataclasses.replace(view, ended=dataclasses.replace(view.ended, how="stopped"))
        assert settle_run(RUN, stopped) is True
        assert find_run(RUN).state == "finished"

    def test_one_that_a_living_process_writes_stays_running(self, view):
        left_running(view)
        lock = lock_run(RUN)
        try:
            assert settle_run(RUN, view) is True
            assert find_run(RUN).state == "running"
        finally:
            lock.release()


class TestFolders:
    def test_a_run_that_has_epochs_is_not_discarded(self, view):
        keep_run(view, RUN)
        assert writing(lambda connection: delete_empty(connection, RUN)) is False
        with keeping(RUN) as kept:
            kept.discard()
        assert (layout.run_folder(RUN) / layout.COPY).is_file()
        assert load_run(RUN).epochs == view.epochs

    def test_what_is_written_along_does_not_wait_for_the_disk_and_what_is_kept_does(self, tmp_path, monkeypatch):
        settled = []
        monkeypatch.setattr(files, "_settle", lambda stream: settled.append(stream.name))
        for lasting in (False, True):
            files._append(tmp_path / "predictions", 0, [b"ab", b"c"], lasting)
            files.put(tmp_path / "weights", b"abc", lasting=lasting)
            assert len(settled) == 2 * lasting
        assert (tmp_path / "predictions").read_bytes() == (tmp_path / "weights").read_bytes() == b"abc"

    def test_what_the_system_says_is_told_without_its_number_and_path(self):
        told = not_kept(Path("runs"), OSError(errno.ENOSPC, "No space left on device", "/home/me/part"))
        assert told.why == "There is no room left on the disk."
        assert not_kept(Path("runs"), OSError("no disk")).why == "The system refused it."
