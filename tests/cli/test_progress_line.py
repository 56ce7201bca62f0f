"""How far an epoch is: on standard error, in a terminal alone, on a line that its figures take the place of."""

from __future__ import annotations

import sys

import pytest

from qtl_core.cli.progress_line import show_batches
from qtl_core.runs.events import BatchDone


@pytest.mark.parametrize(("is_terminal", "shown"), [(True, "Epoch 2 of 30: batch 7 of 61\r"), (False, "")])
def test_an_epoch_under_way_is_counted_where_somebody_looks(is_terminal, shown, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    show_batches(BatchDone(epoch=2, batch=7, batches=61, loss=0.5), 30)
    assert capsys.readouterr() == ("", shown)
