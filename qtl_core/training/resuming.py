"""Goes on with a kept run up to the number of epochs that it was begun for."""

from __future__ import annotations

from qtl_core.errors import UserError
from qtl_core.store import find_run, load_run
from qtl_core.training.run import RunRequest
from qtl_core.training.view import RunView


def continue_request(run_id: str) -> RunRequest:
    """Returns the request that brings an interrupted, stopped or failed run to its end.

    It goes on from the last epoch that is kept, with the engine it had, and ends as if it had never been broken off:
    equal to the last bit on the same versions.

    Raises:
        UserError: There is no such run, its files are damaged, or it has come to its end.
    """
    record, view = find_run(run_id), load_run(run_id)
    prepared = view.prepared
    if record.state == "finished":
        raise UserError(
            f"The run {run_id} has come to its end.",
            f"It was begun for {prepared.settings.training.epochs} epochs, and all are done.",
            "Train it further for more epochs.",
        )
    before = RunView(prepared=prepared, epochs=view.epochs) if view.epochs else RunView()
    return RunRequest(
        prepared.settings, allow_fallback=False, before=before, run=run_id, patient=True, engine=prepared.engine
    )
