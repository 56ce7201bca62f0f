"""The view of a job that pages read: how far it is, why it failed, what it found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from qtl_core.common.progress import Progress
from qtl_core.jobs.messages import ErrorMessage

Result = TypeVar("Result")
Item = TypeVar("Item")


@dataclass(frozen=True)
class JobView(Generic[Result]):
    """A job as far as it has come: its events, folded into one immutable value.

    Attributes:
        progress: The latest report of how far it is; None before the first one, and once it has its whole result.
        error: (what, why, do) where it failed.
        result: What it found; None until it is there. Of a job whose result comes in parts, the tuple of those so far.
    """

    progress: Progress | None = None
    error: ErrorMessage | None = None
    result: Result | None = None

    def apply(self, event: Progress | Result) -> JobView[Result]:
        """Returns the view after one more event: a report of progress, or the result."""
        if isinstance(event, Progress):
            return replace(self, progress=event)
        return replace(self, progress=None, result=event)

    def collect(self: JobView[tuple[Item, ...]], event: Progress | Item) -> JobView[tuple[Item, ...]]:
        """Returns the view after one more event, where each is a part of the result or a report of progress."""
        if isinstance(event, Progress):
            return replace(self, progress=event)
        return replace(self, result=(*(self.result or ()), event))

    def failed(self, what: str, why: str, do: str) -> JobView[Result]:
        """Returns the view of a job that failed; what it found before stays."""
        return replace(self, progress=None, error=(what, why, do))
