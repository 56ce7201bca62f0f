"""The job that brings a run's file in: what it says of a new run, one that was here, and one that lost its name."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.exchange.jobs import RENAMED, ImportResult, RunFileRequest, run_file_job, run_run_file_job
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.jobs import JobManager
from qtl_core.runs.store import delete, keep_run, kept_runs, purge
from tests.exchange.test_run_files import kept, whole
from tests.jobs.test_manager import over


@pytest.fixture
def taken_along(own_home) -> tuple[str, bytes]:
    """A run's file, and the identifier of the run, which is here no more."""
    run_id = kept()
    content = archive_bytes(run_id)
    delete([run_id])
    purge([run_id])
    return run_id, content


def brought_in(content: bytes) -> ImportResult:
    view = run_file_job(RunFileRequest(content, "run.qtl.zip")).view
    for event in events(content):
        view = view.apply(event)
    return view.result


def events(content: bytes) -> list[ImportResult]:
    found: list[ImportResult] = []
    run_run_file_job(RunFileRequest(content, "run.qtl.zip"), found.append, lambda: False)
    return found


def test_a_new_run_one_that_is_here_and_one_that_needs_another_identifier(taken_along):
    run_id, content = taken_along
    first = brought_in(content)
    assert (first.run, first.was_here) == (run_id, False)
    assert "weights" in " ".join(first.notes)
    again = brought_in(content)
    assert (again.run, again.was_here, again.notes) == (run_id, True, first.notes)
    keep_run(whole(seed=5), run_id)
    renamed = brought_in(content)
    assert renamed.run not in ("", run_id)
    assert renamed.notes == (RENAMED, *first.notes)


def test_a_worker_does_it_and_says_why_where_it_cannot(taken_along):
    run_id, content = taken_along
    jobs = JobManager(slots=1, threads=1)
    try:
        refused = over(jobs, jobs.submit(run_file_job(RunFileRequest(content[:-1], "cut.qtl.zip"))))
        assert (refused.state, refused.view.result) == ("failed", None)
        assert "cut.qtl.zip cannot be opened as a run" in str(UserError(*refused.error))
        assert kept_runs() == []
        assert over(jobs, jobs.submit(run_file_job(RunFileRequest(content, "run.qtl.zip")))).view.result.run == run_id
        assert kept_runs() == [run_id]
    finally:
        jobs.close()
