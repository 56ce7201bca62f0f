"""Long work outside the server: a bounded number of warm worker processes and a queue in front of them."""

from qtl_core.jobs.job import JobSnapshot, JobSpec, JobState
from qtl_core.jobs.manager import JobManager
from qtl_core.jobs.view import JobView

__all__ = ["JobManager", "JobSnapshot", "JobSpec", "JobState", "JobView"]
