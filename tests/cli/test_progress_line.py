"""How far an epoch is: on standard error, in a terminal alone, on a line that its figures take the place of."""

from __future__ import annotations

import sys

import pytest

from qtl_core.cli.progress_line import ProgressLine, show_batches
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
