"""Keeps a run while it trains; whatever the disk does costs a note, and never the run."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.common.errors import UserError
from qtl_core.runs.events import Ended, Failed
from qtl_core.runs.provenance import DataFingerprint, provenance_here
from qtl_core.runs.store import discard_run, keep_run, kept_epochs, settle_run, start_run
from qtl_core.runs.store.layout import new_id
from qtl_core.runs.store.locks import RunLocked
from qtl_core.runs.store.tables import summary
from qtl_core.runs.store.writer import RunWriter
from qtl_core.runs.view import RunView


class RunRecorder:
    """Keeps one run, if it is to be kept.

    Attributes:
        run_id: The identifier it is kept under; "" where it is not to be kept.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._writer: RunWriter | None = None

    def begin(self, view: RunView, data: DataFingerprint) -> None:
        """Begins to write along, once it is known what is trained.

        A run that has been taken further meanwhile, in another window, is not replaced: this one goes on beside it.

        Raises:
            UserError: Another process trains this run; any other trouble is tried again at the end.
        """
        if not self.run_id:
            return
        try:
            if view.epochs and kept_epochs(self.run_id) > len(view.epochs):
                self.run_id = new_id()
            self._writer = start_run(self.run_id, view, provenance_here(data))
        except RunLocked:
            self.run_id = ""  # it is the other process's
            raise
        except UserError:
            pass

    def follow(self, view: RunView) -> None:
        """Takes note of how far the run has come."""
        if self._writer:
            self._writer.follow(view)

    def end(self, view: RunView, *, pauses: bool = False) -> Ended:
        """Stores a finished run (if it has an epoch) and returns its `Ended`; one that `pauses` goes on with a step."""
        end = summary(view)
        if pauses and end.how == "stopped":
            end = replace(end, how="paused")
        if not self.run_id:
            return end
        try:
            self._put(view if view.failed else replace(view, ended=end))
        except UserError as error:
            return replace(end, note=str(error) if view.epochs else "")
        return replace(end, run=self.run_id if view.epochs else "")

    def fail(self, view: RunView, words: Failed) -> Failed:
        """Returns how a run failed, after keeping the epochs it has."""
        return replace(words, run=self.end(replace(view, failed=words)).run)

    def close(self) -> None:
        """Lets go of the run; one that did not come to its end counts as interrupted."""
        if self._writer:
            self._writer.close()
            self._writer = None

    def _put(self, view: RunView) -> None:
        if self._writer:
            self._writer.end(view)
        elif not view.epochs:
            discard_run(self.run_id)
        elif not settle_run(self.run_id, view):
            keep_run(view, self.run_id)
        self.close()
