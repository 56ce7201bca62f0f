"""Workers of every kind: what they are given, and what they say."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from qtl_core.common.progress import ReportProgress, ShouldStop
from qtl_core.studies.chunks import SharedFeatures
from qtl_core.studies.plan import CellRun
from qtl_core.studies.rows import Outcome


@dataclass(frozen=True)
class Chunk:
    """Some runs that are trained at one place, one after another or side by side.

    Attributes:
        number: Tells it from the others of a study.
        runs: All over the same features.
    """

    number: int
    runs: tuple[CellRun, ...]


@dataclass(frozen=True, eq=False)
class Came:
    """A chunk that was trained.

    Attributes:
        number: The chunk's.
        outcomes: What came of its runs, in their order.
        seconds: How long training took where it was done.
    """

    number: int
    outcomes: list[Outcome] = field(repr=False)
    seconds: float


@dataclass(frozen=True)
class Lost:
    """A chunk that was not trained because what trained it ended.

    Attributes:
        number: The chunk's.
        why: Why it ended, as a sentence.
    """

    number: int
    why: str


class Bench(Protocol):
    """Workers that have some features at hand."""

    def submit(self, chunk: Chunk) -> None:
        """Has a chunk trained; returns at once."""

    def wait(self, seconds: float) -> list[Came | Lost]:
        """Returns the chunks of which something is known now, waiting at most so long for the first.

        Raises:
            UserError: A chunk cannot be trained anywhere, as too few pictures do not become more elsewhere.
            StoppedByUser: The chunk was trained within this call, and was to stop.
        """


class Workers(Protocol):
    """A place where chunks are trained."""

    @property
    def words(self) -> str:
        """The place, as it follows a verb: "on 2 cores of this machine"."""

    @property
    def count(self) -> int:
        """The number of chunks that are trained at once."""

    @property
    def ahead(self) -> int:
        """The number of further ones that are submitted, so that no worker waits for its next."""

    def bench(
        self, shared: SharedFeatures, folder: Path, report: ReportProgress, should_stop: ShouldStop
    ) -> AbstractContextManager[Bench]:
        """Brings features to the workers; leaving ends what is trained still.

        Args:
            shared: What all chunks learn from.
            folder: Where a file may lie for as long.
            report: Told, in calls of `wait`, what happens before and within chunks.
            should_stop: Asked by whatever takes long.
        """

    def close(self) -> None:
        """Ends all workers; the next bench starts new ones."""
