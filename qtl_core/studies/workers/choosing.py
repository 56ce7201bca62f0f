"""The choice of workers."""

from __future__ import annotations

import os
from collections.abc import Sequence

from qtl_core.common import checks
from qtl_core.studies.plan import CellRun
from qtl_core.studies.workers.base import Workers
from qtl_core.studies.workers.inside import InsideWorkers
from qtl_core.studies.workers.pool import LocalWorkers

FEW = 200  # exact runs that are trained before processes have started


def in_process() -> Workers:
    """Returns this process itself, with a thread a core."""
    return InsideWorkers()


def local(count: int | None = None) -> Workers:
    """Returns worker processes of this machine.

    Args:
        count: How many; by default one a core.

    Raises:
        InputError: It is no number of processes.
    """
    return LocalWorkers(os.cpu_count() or 1 if count is None else checks.whole_number("workers", count, 1))


def usual(runs: Sequence[CellRun]) -> Workers:
    """Returns the workers for these runs unless somebody says otherwise."""
    small = len(runs) < (FEW if all(run.settings.reads_exactly for run in runs) else 2)
    return in_process() if small or os.cpu_count() == 1 else local()
