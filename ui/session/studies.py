"""Studies-page state of a session: what it looks at in a study, and the one that it deleted last."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import ClassVar

from ui.session.part import SessionPart


@dataclass
class Asked:
    """A piece of work on a study.

    Attributes:
        same: What must be equal for an earlier answer to stand in for a newer one.
        asked: What was asked last: its key among the server's answers.
        shown: The same of what is on screen, until something newer is there.
    """

    same: Hashable
    asked: Hashable = None
    shown: Hashable = None


@dataclass
class Studies(SessionPart):
    """The studies of a session; which one is open is in the address (`session.screen.selected.study`).

    Attributes:
        cell: The run that was clicked in a study, by the study.
        clicked: What was clicked last, by the study: where, and the run; a chart tells of a click until the next one.
        closed: How often the run was closed: a chart begins anew then, with nothing clicked.
        opening: The job that trains such a run as a real one, by the study and the run's key.
        measure: What is compared in a study, by the study; the usual where it is not among them.
        answers: What was worked out of studies, by the study and what it is.
        forecast_job: The job that measures the ready questions on screen; plan_job: the same of the plan.
        just_deleted: The study that was deleted last, while that can be taken back in one click: identifier and name.
        bringing_in: The job that brings a file in, or "".
        brought_in: What to say of the file that was brought in last, once.
        refused: Why the last file was not brought in: what, why and what to do.
        round: How many files were brought in: a new round has an empty field for the next.
    """

    KEY: ClassVar[str] = "session_studies"

    cell: dict[str, str] = field(default_factory=dict)
    clicked: dict[str, tuple[str, str]] = field(default_factory=dict)
    closed: int = 0
    opening: dict[tuple[str, str], str] = field(default_factory=dict)
    measure: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Asked] = field(default_factory=dict)
    forecast_job: str | None = None
    plan_job: str | None = None
    just_deleted: tuple[str, str] | None = None
    bringing_in: str = ""
    brought_in: str = ""
    refused: tuple[str, str, str] | None = None
    round: int = 0
