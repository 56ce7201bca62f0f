"""A run as far as it has come: the stream of events folded into one immutable value that pages can read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone, Checkpoint, Ended, EpochDone, Event, Failed, Prepared, Tested


@dataclass(frozen=True)
class RunView:
    """Everything known of a run so far.

    Attributes:
        progress: How far the preparation is; None before it starts and once training has begun.
        prepared: What is being trained, once that is known.
        batch: The last batch of the epoch under way, or None between epochs.
        epochs: The epochs done. Only the last one keeps its full checkpoint, the others just their weights.
        ended: How the run ended, if it ended well.
        failed: Why it could not go on, if so.
        tested: The figures of the test pictures, once training is over, where some were set aside; None again while it
            is trained further.
        looks: How often the test pictures were looked at so far; more than once where it was trained further.
    """

    progress: Progress | None = None
    prepared: Prepared | None = None
    batch: BatchDone | None = None
    epochs: tuple[EpochDone, ...] = ()
    ended: Ended | None = None
    failed: Failed | None = None
    tested: Tested | None = None
    looks: int = 0

    def apply(self, event: Event) -> RunView:
        """Returns the view after one more event."""
        match event:
            case Progress():
                return replace(self, progress=event)
            case Prepared():
                return replace(self, progress=None, prepared=event)
            case BatchDone():
                return replace(self, batch=event)
            case EpochDone():
                return replace(self, batch=None, epochs=(*map(_thinned, self.epochs), event), tested=None)
            case Tested():
                return replace(self, tested=event, looks=self.looks + 1)
            case Ended():
                return replace(self, batch=None, progress=None, ended=event)
            case Failed():
                return replace(self, batch=None, progress=None, failed=event)

    after = apply  # its name before, which scripts of others still call

    @property
    def best(self) -> EpochDone | None:
        """The epoch whose weights are kept: the last one that was the best so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint that training can go on from, or None before the first epoch."""
        return self.epochs[-1].checkpoint if self.epochs else None

    @property
    def is_over(self) -> bool:
        """True if nothing more will come."""
        return self.ended is not None or self.failed is not None


@dataclass(frozen=True, kw_only=True)
class PreparedRun(RunView):
    """A run of which it is known what it trains, as it is of every kept one; it may have no epoch yet."""

    prepared: Prepared

    @classmethod
    def of(cls, view: RunView) -> PreparedRun:
        """Returns a run as one that has begun.

        Raises:
            ValueError: It is not known yet what it trains.
        """
        if view.prepared is None:
            raise ValueError("it is not known yet what this run trains")
        return view if isinstance(view, PreparedRun) else PreparedRun(**vars(view))


@dataclass(frozen=True, kw_only=True)
class TrainedRun(PreparedRun):
    """A run with at least one epoch, and so with weights: whatever looks into a model takes one."""

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that training can go on from."""
        return self.epochs[-1].checkpoint

    @classmethod
    def of(cls, view: RunView) -> TrainedRun:
        """Returns a run as one that has weights.

        Raises:
            UserError: No epoch of it is finished.
        """
        if view.prepared is None or not view.epochs:
            raise UserError(
                "This run has no weights yet.", "No epoch of it was finished.", "Train it for an epoch first."
            )
        return view if isinstance(view, TrainedRun) else TrainedRun(**vars(view))


def _thinned(epoch: EpochDone) -> EpochDone:
    if not epoch.checkpoint.best_weights:
        return epoch  # already thin; the best epoch's own record is thinned like the others
    return replace(epoch, checkpoint=epoch.checkpoint.thinned())
