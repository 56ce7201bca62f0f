"""Retention: stops a job that nobody looks at, forgets one that is over, and ends a worker that has nothing to do."""

from __future__ import annotations

import math
from collections.abc import Iterable

from qtl_core.common.environment import number_in
from qtl_core.jobs.job import Job

ABANDONED_SECONDS = 30 * 60  # a job that nobody has looked at for this long is stopped
GOES_ON_SECONDS = 12 * 3600  # the same for one that a person asked to go on without them: a night
ROUND_SECONDS = 30.0  # how often it is looked for jobs that nobody looks at
IDLE_MINUTES = 10  # a worker weighs some 290 MB, and the next job has another after a second or two
IDLE_VARIABLE = "QTL_IDLE_MINUTES"
KEPT_JOBS = 200  # runs of the recipe's size take 0.7 MB each
KEPT_BYTES = 256 * 2**20  # and the largest 17 MB: what was looked at longest ago goes first
KEPT_SECONDS = 12 * 3600  # what is over and nobody has looked at for so long is forgotten


def round_seconds() -> float:
    """Returns the seconds between two checks for abandoned jobs."""
    return min(ROUND_SECONDS, ABANDONED_SECONDS / 2)


def idle_seconds() -> float:
    """Returns for how long a worker waits for its next job: as `QTL_IDLE_MINUTES` says; 0 has it wait for good."""
    return 60 * number_in(IDLE_VARIABLE, IDLE_MINUTES, least=0) or math.inf


def abandoned(jobs: Iterable[Job]) -> list[Job]:
    """Returns the jobs that are not over and that nobody has looked at for as long as they go on alone."""
    return [job for job in jobs if job.is_open and job.unwatched > _patience(job)]


def to_forget(jobs: Iterable[Job], kept: int) -> list[Job]:
    """Returns the jobs that are over and are more than `kept`, too large together, or too old."""
    over = sorted((job for job in jobs if job.ended is not None), key=lambda job: job.watched, reverse=True)
    found, weight = [], 0
    for place, job in enumerate(over):
        weight += job.size
        if place >= kept or weight > KEPT_BYTES or job.unwatched > KEPT_SECONDS:
            found.append(job)
    return found


def _patience(job: Job) -> float:
    """Returns for how many seconds a job goes on that nobody looks at."""
    return GOES_ON_SECONDS if job.goes_on else ABANDONED_SECONDS
