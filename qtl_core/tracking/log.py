"""A log of one run, and a place that holds many: what every program that people log in has to offer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from qtl_core.common.errors import UserError
from qtl_core.tracking.record import Logged

State = Literal["finished", "stopped", "failed"]


@dataclass(frozen=True)
class Ending:
    """The end of a run, and what came out.

    Attributes:
        state: How it ended.
        step: The last epoch.
        at: When that was, seconds since the epoch.
        figures: What is known now that training is over, by name.
        files: Pictures of what came out, by name.
    """

    state: State
    step: int
    at: float
    figures: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)


class Log(Protocol):
    """A log of one run."""

    @abstractmethod
    def begin(self, run: Logged) -> None:
        """Notes what is trained; called once, first."""

    @abstractmethod
    def epoch(self, step: int, figures: Mapping[str, float], at: float) -> None:
        """Notes an epoch's figures.

        Args:
            step: The epoch, from 1.
            figures: By name.
            at: When it ended, seconds since the epoch.
        """

    @abstractmethod
    def end(self, ending: Ending) -> None:
        """Notes how it ended, with what came out; called once, last."""


class LogPlace(Protocol):
    """A folder that holds many runs.

    Attributes:
        folder: The folder.
        opened_by: The command that shows it.
    """

    folder: Path
    opened_by: str

    @abstractmethod
    def log(self, run_id: str) -> Log:
        """Returns a log for a run.

        Raises:
            UserError: The run is there already.
        """

    @abstractmethod
    def forget(self, run_id: str) -> None:
        """Takes a run that may be there away, so that it can be logged anew."""


def check_there(file: Path) -> None:
    """Refuses to go on with a log whose file is gone.

    Raises:
        UserError: It is.
    """
    if not file.exists():
        raise UserError("The log is gone.", "Its folder was deleted or moved after it was opened.")
