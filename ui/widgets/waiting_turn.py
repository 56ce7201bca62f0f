"""Words on a job that waits its turn: its place, whose work is under way before it, and how long that goes on."""

from __future__ import annotations

from typing import Any

from qtl_core.jobs import JobManager, JobSnapshot
from qtl_core.jobs.view import JobView
from qtl_core.runs.view import RunView
from ui.base.wording import about
from ui.widgets.time_left import seconds_left


def waiting_words(jobs: JobManager, waits: JobSnapshot[Any]) -> str:
    """Returns where a queued job stands in line, and what it waits for.

    Args:
        jobs: Where it waits.
        waits: The job.
    """
    place = "next in line" if waits.place <= 1 else f"number {waits.place} in line"
    running = jobs.running()
    if not running:
        return f"Waiting, {place}: it starts at once."
    before = " and ".join(f"{_whose(each, waits)}{_left(each)}" for each in running)
    return f"Waiting, {place}: it starts by itself after what is under way, {before}."


def _whose(job: JobSnapshot[Any], waits: JobSnapshot[Any]) -> str:
    what = "training" if isinstance(job.view, RunView) else "work"
    return f"your own {what}" if job.owner and job.owner == waits.owner else f"somebody else's {what}"


def _left(job: JobSnapshot[Any]) -> str:
    seconds = None
    if isinstance(job.view, RunView):
        seconds = seconds_left(job.view) if job.view.progress is None else job.view.progress.seconds_left
    elif isinstance(job.view, JobView) and job.view.progress is not None:
        seconds = job.view.progress.seconds_left
    return f" ({about(seconds)} left)" if seconds is not None else ""
