"""A reader tells a log the same of a run while it trains and of the kept run afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.runs.events import Ended
from qtl_core.runs.store import find_run, load_run
from qtl_core.settings import RunSettings
from qtl_core.tracking.reader import RunReader, log_kept, read_along
from qtl_core.tracking.record import params_of
from tests.exchange.test_run_files import kept, whole


class Noted:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def begin(self, run) -> None:
        self.told.append(("begin", run.name, dict(run.params), dict(run.tags)["qtl.run"]))

    def epoch(self, step, figures, at) -> None:
        self.told.append((step, dict(figures), at))

    def end(self, ending) -> None:
        self.told.append(("end", ending.step, ending.at, ending.state, sorted(ending.files)))


def test_live_and_afterwards_are_equal():
    run_id = kept()
    record, view = find_run(run_id), load_run(run_id)
    live, afterwards = Noted(), Noted()
    events = [view.prepared, *view.epochs, view.ended]
    assert list(read_along(events, [RunReader(live, run_id, record.name, record.created)], pytest.fail)) == events
    log_kept(record, view, afterwards)
    assert live.told == afterwards.told
    assert [each[0] for each in live.told] == ["begin", 1, 2, 3, "end"]


def test_what_ended_before_anything_was_trained_is_not_logged():
    log = Noted()
    RunReader(log, "a", started=0.0).read(Ended("stopped", 0, 0, -1.0, float("inf"), 0.0))
    assert log.told == []


def test_a_run_without_an_end_is_ended_in_the_log():
    log, run_id = Noted(), kept()
    log_kept(find_run(run_id), replace(whole(), ended=None), log)
    assert log.told[-1][:2] == ("end", 3) and log.told[-1][3] == "stopped"


def test_a_log_that_breaks_ends_no_run():
    class Full(Noted):
        def epoch(self, step, figures, at) -> None:
            raise OSError("The disk is full")

    view, why = whole(), []
    events = [view.prepared, *view.epochs, view.ended]
    readers = [RunReader(Full(), "a", started=0.0), RunReader(Noted(), "a", started=0.0)]
    assert list(read_along(events, readers, why.append)) == events
    assert len(why) == 1 and len(readers[1].log.told) == 5


def test_settings_that_do_not_count_are_no_params():
    assert "momentum" not in params_of(RunSettings()) and "qubits" not in params_of(
        RunSettings().changed(head="linear")
    )
