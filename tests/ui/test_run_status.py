"""What the status of a run under way says: how far it is, and that a warning stands below the curves."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from tests.helpers.made_histories import history
from ui.train.run_status import WARNING, status_of


def snapshot_of(view: RunView) -> JobSnapshot[RunView]:
    return JobSnapshot("a", "me", "running", 0, view, version=1, created=0.0, started=0.0, ended=None, error=None)


def test_a_warning_below_the_curves_is_named_in_the_status_above_them():
    guessing, well = ((28, 2), (28, 2)), ((28, 2), (2, 28))
    loud = status_of(snapshot_of(history(confusion=guessing, losses=[0.69] * 6, accuracy=0.5, over=False, epochs=30)))
    assert loud.result == WARNING
    assert "#warnings" in WARNING
    assert loud.words.startswith("Training: epoch 7 of 30")
    quiet = history(confusion=well, losses=[0.6, 0.4], over=False, epochs=30)
    assert status_of(snapshot_of(quiet)).result == ""
    assert status_of(snapshot_of(replace(quiet, epochs=()))).result == ""
