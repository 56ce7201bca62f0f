"""Runs-page state of a session: the runs that it ticked, deleted, trained again and brought in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from ui.base import job_managers
from ui.session.part import SessionPart

if TYPE_CHECKING:  # every page begins by asking for the session: what makes files is imported where it is needed
    from ui.session.session_jobs import SessionJobs

MOST_FILES = 4  # made of runs and not fetched yet: one with its image network takes some 100 MB


@dataclass
class Runs(SessionPart):
    """The runs of a session on the Runs page.

    Attributes:
        chosen: Those that are ticked, in the order in which they were; change the ticks on screen by `select`.
        opened: The one whose row was clicked last, or ""; it is shown before those that are ticked.
        clicked: Where that click was, as the table says it: a row of the table of this key.
        ticked: Those that were ticked in the table on screen when it was last drawn.
        tables: How many times the table began anew with other ticks.
        just_deleted: Those that were deleted last, while that can be taken back in one click.
        trained_again: The kept run that a job trains again, by the job.
        seen_ids: Those that were brought in or opened by a link, and have been ticked for it.
    """

    KEY: ClassVar[str] = "session_runs"

    chosen: tuple[str, ...] = ()
    opened: str = ""
    clicked: tuple[str, int] | None = None
    ticked: frozenset[str] = frozenset()
    tables: int = 0
    just_deleted: tuple[str, ...] = ()
    trained_again: dict[str, str] = field(default_factory=dict)
    seen_ids: set[str] = field(default_factory=lambda: {""})

    @cached_property
    def taken_along(self) -> SessionJobs:
        """The files that are made of runs, to be taken along."""
        from ui.session.session_jobs import SessionJobs

        return SessionJobs(job_managers.express_jobs(), kept=MOST_FILES)

    def table_key(self, shown: Sequence[str]) -> str:
        """Returns the table's key for these runs: its ticks are rows, so another order or choice is another table."""
        digest = hashlib.sha256(" ".join(shown).encode()).hexdigest()[:16]
        return f"runs_table_{self.tables}_{digest}"

    def select(self, run_ids: Sequence[str]) -> None:
        """Ticks these runs and no others, whatever the table on screen says: another one begins with them."""
        self.chosen = tuple(run_ids)
        self.opened = ""
        self.tables += 1

    def follow_link(self, ticked: tuple[str, ...], opened: str, run: str) -> None:
        """Takes over what an address says of the table; `run` is the one on screen, ticked where nothing else is."""
        if ticked or opened:
            self.seen_ids.add(run)
            ticked = ticked or ((run,) if run else ())
        if ticked != self.chosen:
            self.select(ticked)
        self.opened, self.ticked = opened, frozenset(ticked)

    def close(self) -> None:
        """Shows what is ticked again, instead of the run whose row was clicked."""
        self.opened = ""

    def note_click(self, place: tuple[str, int] | None, run_id: str, ticked: Sequence[str]) -> None:
        """Takes over what was done on the table last: the click on a row opens it, a tick leads back to what is ticked.

        Args:
            place: The table's key and the row of the cell that is marked, if one is.
            run_id: The run in that row.
            ticked: The runs that are ticked in the table now.
        """
        if place is not None and place != self.clicked:
            self.opened = run_id
        elif set(ticked) != self.ticked:
            self.opened = ""
        self.clicked, self.ticked = place, frozenset(ticked)

    def is_new(self, run_id: str) -> bool:
        """Returns True the first time it is called for a run."""
        is_new = run_id not in self.seen_ids
        self.seen_ids.add(run_id)
        return is_new


@dataclass(frozen=True)
class Outcome:
    """The outcome of importing a file.

    Attributes:
        run: The run that it became, or "" where it was refused.
        sentences: What is to be said of it.
        warnings: Those of them that say that something is probably wrong.
    """

    run: str
    sentences: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass
class HeadUpload:
    """A dropped file that may hold a head.

    Attributes:
        id: Streamlit's name for the upload.
        job: The job that looks into it; "" once that is over, None before it began.
        rows: How many rows of angles it holds; 0 where that is not known, or not yet.
    """

    id: str = ""
    job: str | None = None
    rows: int = 0


@dataclass
class Imports(SessionPart):
    """The imports of a session.

    Attributes:
        job: The job that brings a file in, or "".
        outcome: What became of the last file.
        round: How many files were brought in: a new round has an empty field for the next.
        head: The file that is asked about; use `file`.
    """

    KEY: ClassVar[str] = "session_bring_in"

    job: str = ""
    outcome: Outcome | None = None
    round: int = 0
    head: HeadUpload = field(default_factory=HeadUpload)

    def succeed(self, outcome: Outcome) -> None:
        """Notes what was brought in, and empties the field for files."""
        self.outcome = outcome
        self.round += 1

    def refuse(self, reason: str) -> None:
        """Notes why a file was not brought in; the field keeps it."""
        self.outcome = Outcome("", (reason,))

    def forget_outcome(self) -> None:
        """Forgets what was brought in, or refused, because another file is being chosen."""
        self.outcome = None

    def file(self, file_id: str) -> HeadUpload:
        """Returns what is known of this upload; another one's is forgotten."""
        if self.head.id != file_id:
            self.head = HeadUpload(file_id)
        return self.head
