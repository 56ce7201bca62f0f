"""What is worked out of a study, in a worker: asked for again as runs come, the last one shown until the next is there.

A page never waits longer than a moment, and never builds a large study's keys: of one study at most one piece of work
of a kind is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from qtl_core.jobs import JobSnapshot, JobSpec
from ui.base import job_managers
from ui.session import session

PATIENCE = 0.5  # seconds: what is there within them needs no sentence that flashes up


def newest(what: str, key: Hashable, make: Callable[[], JobSpec[Any]]) -> JobSnapshot[Any] | None:
    """Returns the newest of a kind that is there, or the first that is still under way.

    Args:
        what: The study and the kind: of these one is under way at a time.
        key: What is asked exactly; with the number of runs, so that more runs are asked about anew.
        make: Returns the job.
    """
    asked, shown, answers = session.studies.asked, session.studies.shown, job_managers.study_answers()
    before = answers.find(asked[what]) if what in asked else None
    if before is None or before.is_over:
        asked[what] = key
        before = answers.find_or_start(key, make)
        job_managers.express_jobs().wait(before.id, PATIENCE)
        before = answers.find(key)
    if before is not None and before.is_over:
        shown[what] = asked[what]
    return (answers.find(shown[what]) if what in shown else None) or before
