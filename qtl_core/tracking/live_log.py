"""A run logged while a worker trains it for the app, in a folder of the data folder that is each program's own.

A log is beside the run: it is told of each event after the page is, and one that breaks ends no training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qtl_core.common.paths import writable
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec
from qtl_core.runs.events import Ended, Event, Failed, Prepared
from qtl_core.runs.store import find_run
from qtl_core.runs.view import RunView
from qtl_core.tracking.log import LogPlace
from qtl_core.tracking.mlflow_store import MlflowStore
from qtl_core.tracking.programs import MLFLOW, PROGRAMS, TENSORBOARD, LogProgram
from qtl_core.tracking.reader import RunReader, lost_words
from qtl_core.tracking.tensorboard_files import TensorBoardFolder
from qtl_core.training.run import RunRequest, run

PLACES: dict[str, Callable[[Path], LogPlace]] = {TENSORBOARD.key: TensorBoardFolder, MLFLOW.key: MlflowStore}


def logged_job(job: JobSpec[RunView], program: str) -> JobSpec[RunView]:
    """Returns a training's job as one that logs as well.

    Args:
        job: That of `training.run`.
        program: The key of the program that is logged for.
    """
    return replace(job, task="qtl_core.tracking.live_log:run_logged_job", payload=(job.payload, program))


def run_logged_job(asked: tuple[RunRequest, str], emit: Callable[[Event], None], should_stop: ShouldStop) -> None:
    """Does a run in a worker process, and logs it."""
    request, program = asked
    emit(Progress(f"Opening the log for {PROGRAMS[program].title}", 0, 0))
    log = LiveLog(request, PROGRAMS[program])
    for event in run(request, emit, should_stop):
        if isinstance(event, Ended | Failed):
            log.read(event)
            emit(log.noted(event))
        else:
            emit(event)
            log.read(event)


class LiveLog:
    """A run's log that says why it went no further, in place of raising it.

    Args:
        request: The run.
        program: The program that is logged for.

    Attributes:
        lost: Why it is not logged any further, or "".
    """

    def __init__(self, request: RunRequest, program: LogProgram) -> None:
        self.lost, self._before = "", request.before.epochs
        self._reader: RunReader | None = None
        try:
            self._reader = _reader(request, program)
        except Exception as error:  # whatever another program's log raises, it must not end a training
            self._lose(error)

    def read(self, event: Event) -> None:
        """Takes in one more event; of a run that goes on, also the epochs that were done before."""
        try:
            for each in (event, *(self._before if isinstance(event, Prepared) else ())):
                if self._reader is not None:
                    self._reader.read(each)
        except Exception as error:
            self._lose(error)

    def noted(self, event: Ended | Failed) -> Ended | Failed:
        """Returns how the run ended with a word on a log that did not come to its end."""
        if not self.lost or isinstance(event, Failed):
            return event
        return replace(event, note=" ".join(filter(None, (event.note, self.lost))))

    def _lose(self, error: Exception) -> None:
        self.lost, self._reader = lost_words(error), None


def _reader(request: RunRequest, program: LogProgram) -> RunReader:
    """Returns what logs a run; one that goes on is logged anew, from its first epoch.

    Raises:
        UserError: The extra is not installed, or nothing can be written.
    """
    place = PLACES[program.key](writable(program.folder))
    place.forget(request.run)
    if not request.before.epochs:
        return RunReader(place.log(request.run), request.run)
    kept = find_run(request.run)
    return RunReader(place.log(request.run), request.run, kept.name, kept.created)
