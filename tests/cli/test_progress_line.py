"""How far work is, on standard error: a line that moves in a terminal; elsewhere what is done, or waited for."""

from __future__ import annotations

import sys

import pytest

from qtl_core.cli.progress_line import AGAIN, PATIENCE, ProgressLine, show_batches
from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone


@pytest.mark.parametrize(("is_terminal", "shown"), [(True, "Epoch 2 of 30: batch 7 of 61\r"), (False, "")])
def test_an_epoch_under_way_is_counted_where_somebody_looks(is_terminal, shown, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    show_batches(BatchDone(epoch=2, batch=7, batches=61, loss=0.5), 30)
    assert capsys.readouterr() == ("", shown)


def test_a_stage_of_which_nothing_is_counted_has_no_numbers(capsys):
    for done in (0, 3):
        ProgressLine()(Progress("Loading the fast engine", done, done))
    assert capsys.readouterr().err == "Loading the fast engine …\nLoading the fast engine: 3 of 3\n"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_what_is_waited_for_is_said_also_where_no_line_moves(is_terminal, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    times = iter([0.0, PATIENCE - 1, PATIENCE, PATIENCE + 1, PATIENCE + AGAIN])
    show, end = ProgressLine(lambda: next(times)), "\r" if is_terminal else "\n"
    for done in range(5):
        show(Progress("Compiling", done, 9))
    said = range(5) if is_terminal else (2, 4)
    assert capsys.readouterr().err == "".join(f"Compiling: {done} of 9{end}" for done in said)
    show(Progress("Loading", 0, 0))
    show(Progress("Compiling", 9, 9))
    assert capsys.readouterr().err == "Loading …\nCompiling: 9 of 9\n"
