"""How runs end in the store that nobody writes along any more, and folders that come to nothing."""

from __future__ import annotations

import dataclasses

import pytest

from qtl_core.store import find_run, keep_run, load_run, settle_run
from qtl_core.store.live import held
from qtl_core.store.opening import writing
from qtl_core.store.statements import put_row
from qtl_core.training.events import Failed
from qtl_core.training.view import RunView
from tests.made_runs import made_run

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
        lock = held(RUN)
        try:
            assert settle_run(RUN, view) is True
            assert find_run(RUN).state == "running"
        finally:
            lock.release()
