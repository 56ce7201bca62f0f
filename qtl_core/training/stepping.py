"""One epoch at a time: a run that is begun for all its epochs, pauses after each, and goes on as if it never had.

A step is an ordinary run that ends early: its settings name all epochs, from which its schedule follows, it is kept
once, and whoever finishes it gets the run that training at once would have given, to the last bit.
"""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.runs.store import check_not_deleted
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest


def first_step(settings: RunSettings) -> RunRequest:
    """Returns the request that begins a run and pauses after its first epoch."""
    return RunRequest(settings, pause_after=1)


def next_step(view: RunView) -> RunRequest:
    """Returns the request that goes on with a run for one epoch.

    Raises:
        UserError: It is not midway, or was deleted meanwhile.
    """
    return _onward(view, len(view.epochs) + 1)


def finish(view: RunView) -> RunRequest:
    """Returns the request that goes on with a run to the end that it was begun for.

    Raises:
        UserError: It is not midway, or was deleted meanwhile.
    """
    return _onward(view, 0)


def is_midway(view: RunView) -> bool:
    """Returns whether a run was stopped, or pauses, with epochs done and others of its own still to come."""
    if view.prepared is None or view.checkpoint is None or view.ended is None or view.prepared.from_elsewhere:
        return False
    is_at_its_end = view.prepared.settings.training.ends_after(len(view.epochs), view.checkpoint.best_epoch)
    return view.ended.how in ("stopped", "paused") and not is_at_its_end


def _onward(view: RunView, pause_after: int) -> RunRequest:
    if view.prepared is None or view.ended is None or not is_midway(view):
        raise UserError(
            "There is nothing to go on with.", "This run is not in the middle of its epochs.", "Press Start."
        )
    check_not_deleted(view.ended.run)
    return RunRequest(
        view.prepared.settings,
        allow_fallback=False,
        before=RunView(prepared=view.prepared, epochs=view.epochs),
        run=view.ended.run,
        patient=view.prepared.engine == "compiled",  # no other engine waits for the compiler
        engine=view.prepared.engine,
        pause_after=pause_after,
    )
