"""Records of a job: its task, how it looks from outside at one moment, and what the manager knows of it."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from qtl_core.jobs.messages import ErrorMessage
from qtl_core.jobs.process import WorkerProcess
from qtl_core.jobs.view import JobView

View = TypeVar("View")
_VIEW: Any = JobView  # not typed, as a job may name a view of another kind
_EMPTY: Any = JobView()
JobState = Literal["queued", "running", "done", "stopped", "failed"]


def new_id() -> str:
    """Returns an identifier that no job has, and that nobody can guess."""
    return uuid.uuid4().hex[:16]


@dataclass(frozen=True)
class JobSpec(Generic[View]):
    """The task of a job, and how its events become a view: a `JobView`, unless it names another.

    Attributes:
        task: "module:function", called in the worker as `function(payload, emit, should_stop)`.
        payload: Its argument; anything that can be pickled.
        owner: Whose job it is: a session's identifier.
        id: What it is found by, for what has a name of its own, such as a run; "" for a new one. One that goes on
            with what is over takes its place.
        view: The view before the first event.
        fold: (view, event) -> view.
        when_stopped: The view once the job was stopped and may have been cut off (the identity by default).
        when_failed: (view, what, why, do) -> view once it failed.
    """

    task: str
    payload: Any
    owner: str = ""
    id: str = ""
    view: View = _EMPTY
    fold: Callable[[View, Any], View] = _VIEW.apply
    when_stopped: Callable[[View], View] = lambda view: view
    when_failed: Callable[[View, str, str, str], View] = _VIEW.failed


@dataclass(frozen=True)
class JobSnapshot(Generic[View]):
    """A job at one moment.

    Attributes:
        id: Its identifier, also in links.
        owner: Whose job it is.
        state: Where it stands.
        place: 1 for the next in the queue, 0 once it runs.
        view: All its events so far, folded.
        version: Grows with every event, so that a reader can see whether anything is new.
        created, started, ended: Times in seconds since the epoch, None where not yet. For showing: a clock may be set.
        error: (what, why, do) where it failed.
        seconds: How long it has run, by a clock that only goes forward; None before it starts.
        goes_on: Whether it is to go on for long with nobody looking at it.
        age: Seconds since it was asked for, by the same clock, its wait for a turn included; 0 once it is over.
    """

    id: str
    owner: str
    state: JobState
    place: int
    view: View
    version: int
    created: float
    started: float | None
    ended: float | None
    error: ErrorMessage | None
    seconds: float | None = None
    goes_on: bool = False
    age: float = 0.0

    @property
    def is_over(self) -> bool:
        """True if it will not change any more."""
        return self.state in ("done", "stopped", "failed")


@dataclass(eq=False)  # a job is that job and no other; views hold arrays, which have no single answer to ==
class Job:
    """A job as the manager knows it; changed under the manager's lock alone.

    `ticket` is what its worker knows it by: an identifier comes again when a run goes on, and what was meant for the
    job before it, as a stop, must not reach it.
    """

    spec: JobSpec[Any]
    view: Any
    id: str = field(default_factory=new_id)
    ticket: str = field(default_factory=new_id)
    state: JobState = "queued"
    version: int = 0
    created: float = field(default_factory=time.time)
    asked: float = field(default_factory=time.monotonic)
    watched: float = field(default_factory=time.monotonic)
    started: float | None = None
    ended: float | None = None
    error: ErrorMessage | None = None
    began: float | None = None
    took: float | None = None
    size: int = 0
    goes_on: bool = False
    stopping: bool = False
    dropped: bool = False
    worker: WorkerProcess | None = None
    follower: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """True if it is queued or running."""
        return self.state in ("queued", "running")

    @property
    def seconds(self) -> float | None:
        """The seconds that it has run, or ran; None before it starts."""
        return self.took if self.began is None or self.took is not None else time.monotonic() - self.began

    @property
    def unwatched(self) -> float:
        """For how long nobody has looked at it, in seconds."""
        return time.monotonic() - self.watched

    def seen(self, place: int) -> JobSnapshot[Any]:
        """Returns it as it looks from outside now."""
        return JobSnapshot(
            self.id,
            self.spec.owner,
            self.state,
            place,
            self.view,
            self.version,
            self.created,
            self.started,
            self.ended,
            self.error,
            self.seconds,
            self.goes_on,
            time.monotonic() - self.asked if self.is_open else 0.0,
        )
