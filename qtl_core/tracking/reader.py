"""Readers of a run's events that log it elsewhere: the same while it trains and afterwards, of a kept run.

An engine knows nothing of them: a run is one stream of records, of which charts and the store are readers, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping

from qtl_core.runs.events import Ended, EpochDone, Event, Failed, Prepared
from qtl_core.runs.provenance import versions_here
from qtl_core.runs.store import RunRecord, provenance_of
from qtl_core.runs.view import RunView
from qtl_core.tracking.log import Ending, Log, State
from qtl_core.tracking.record import epoch_figures, epoch_times, files_of, last_figures, logged


class RunReader:
    """Reads a run's events, and tells a log of them.

    Args:
        log: Where it is logged.
        run_id: The run's identifier.
        name: What a person called it, or "".
        started: When it began, seconds since the epoch; None for now.
        versions: Versions by name of what took part; None for those that are here.

    Attributes:
        is_lost: Whether it reads no further, as its log broke.
    """

    def __init__(
        self,
        log: Log,
        run_id: str,
        name: str = "",
        started: float | None = None,
        versions: Mapping[str, str] | None = None,
    ) -> None:
        self.log, self.run_id, self.name = log, run_id, name
        self.started = time.time() if started is None else started
        self.versions = versions_here() if versions is None else versions
        self.view, self.is_lost = RunView(), False

    def read(self, event: Event) -> None:
        """Takes in one more event.

        Raises:
            UserError: The log cannot be written.
        """
        self.view = self.view.apply(event)
        match event:
            case Prepared():
                self.log.begin(logged(self.run_id, self.name, self.started, event, self.versions))
            case EpochDone():
                is_trained = self.view.prepared is None or not self.view.prepared.from_elsewhere
                self.log.epoch(event.epoch, epoch_figures(event, is_trained=is_trained), self._now())
            case Ended() | Failed() if self.view.prepared:
                self.log.end(self.ending())

    def ending(self) -> Ending:
        """Returns the end of the run, as far as it has come."""
        figures, files = last_figures(self.view), files_of(self.view)
        return Ending(_state(self.view), len(self.view.epochs), self._now(), figures, files)

    def _now(self) -> float:
        """Returns when the last epoch ended."""
        return max(epoch_times(self.started, self.view), default=self.started)


def read_along(
    events: Iterable[Event], readers: Iterable[RunReader], lost: Callable[[Exception], None]
) -> Iterator[Event]:
    """Yields a run's events after every reader has taken them in.

    Args:
        events: The events.
        readers: The readers.
        lost: Told why a reader reads no further; the run goes on.
    """
    known = tuple(readers)
    for event in events:
        for reader in known:
            try:
                if not reader.is_lost:
                    reader.read(event)
            except Exception as error:  # whatever another program's log raises, it must not end a training
                reader.is_lost = True
                lost(error)
        yield event


def lost_words(error: Exception) -> str:
    """Returns the sentence on a log that came to its end before the training."""
    return f"It is not logged further: {' '.join(str(error).split())}"


def _state(view: RunView) -> State:
    if view.failed is not None:
        return "failed"
    return "finished" if view.ended is not None and view.ended.how == "finished" else "stopped"


def log_kept(record: RunRecord, view: RunView, log: Log) -> None:
    """Logs a kept run as it would have been while it trained.

    Raises:
        UserError: The log cannot be written.
    """
    reader = RunReader(log, record.id, record.name, record.created, provenance_of(record.id).versions)
    over = view.ended or view.failed
    events: list[Event | None] = [view.prepared, *view.epochs, view.tested, over]
    for event in events:
        if event is not None:
            reader.read(event)
    if over is None:
        log.end(reader.ending())
