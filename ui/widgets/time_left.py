"""The time that a training still takes, judged by its last few epochs."""

from __future__ import annotations

from qtl_core.runs.view import RunView

RECENT = 5  # epochs whose mean the time left is judged by: enough to be steady, few enough to follow a busy machine


def seconds_left(view: RunView) -> float | None:
    """Returns how long the epochs still to come will take, judging by the last few; None before the first."""
    recent = view.epochs[-RECENT:]
    if not recent or view.prepared is None:
        return None
    each = sum(epoch.seconds for epoch in recent) / len(recent)
    return max(0.0, each * (view.prepared.settings.training.epochs - len(view.epochs) - batches_done(view)))


def batches_done(view: RunView) -> float:
    """Returns the share of the epoch under way that is done."""
    return view.batch.batch / view.batch.batches if view.batch else 0.0
