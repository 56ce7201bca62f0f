"""Schedules jobs, and lets nobody fill the queue that all share.

Turns go round: of all who wait, whoever had a turn longest ago goes first, and of those who had none, whoever asked
first. Jobs without an owner count as one person's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qtl_core.common.errors import UserError
from qtl_core.jobs.job import Job

OPEN_EACH = 24  # queued and running jobs of one owner: a page asks for a handful at a time
OPEN_ALL = 300  # of all owners together: a class of thirty with ten each
KEPT_TURNS = 2_000  # owners whose last turn is remembered


@dataclass
class Scheduler:
    """The order of a queue; used under the manager's lock.

    Attributes:
        each: How many jobs one owner may have queued and running.
        most: How many all of them together may have.
    """

    each: int = OPEN_EACH
    most: int = OPEN_ALL
    last: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def check(self, owner: str, open_jobs: Iterable[Job]) -> None:
        """Refuses a further job of `owner` when that would be too many.

        Raises:
            UserError: It would.
        """
        owners = Counter(job.spec.owner for job in open_jobs)
        if owner and owners[owner] >= self.each:
            raise UserError(
                f"You have {owners[owner]} jobs under way or waiting already.",
                "One person may have no more at a time, so that everybody gets a turn.",
                "Wait until one is done, or stop one.",
            )
        if owners.total() >= self.most:
            raise UserError(
                f"{owners.total()} jobs are waiting on this server already.", "", "Try again in a few minutes."
            )

    def in_order(self, queued: Sequence[Job]) -> list[Job]:
        """Returns the queued jobs in the order in which they will start if nobody asks for anything more."""
        had: Counter[str] = Counter()
        first: dict[str, int] = {}
        keys: dict[str, tuple[int, int, int, int]] = {}
        for number, job in enumerate(queued):
            owner = job.spec.owner
            first.setdefault(owner, number)
            keys[job.id] = (had[owner], self.last.get(owner, 0), first[owner], number)  # everybody's first, then ...
            had[owner] += 1
        return sorted(queued, key=lambda job: keys[job.id])

    def note(self, owner: str) -> None:
        """Remembers that it was this owner's turn."""
        self.count += 1
        self.last.pop(owner, None)
        self.last[owner] = self.count
        if len(self.last) > KEPT_TURNS:
            del self.last[next(iter(self.last))]
