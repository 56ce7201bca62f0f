"""Ends what stops of the tour train many times: all share a queue, and none is to wait for another."""

from __future__ import annotations

from ui.base import job_managers
from ui.session import session


def stop_comparisons() -> None:
    """Ends the comparisons that this visitor asked for at any stop."""
    jobs = job_managers.studio_jobs()
    for before in (session.tour.heads_job, session.tour.spiral_heads_job, session.tour.carry_job):
        found = jobs.snapshot(before) if before else None
        if found is not None and not found.is_over:
            jobs.drop(found.id)
