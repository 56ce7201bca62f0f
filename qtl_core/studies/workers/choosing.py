"""The choice of workers."""

from __future__ import annotations

import os
from collections.abc import Sequence

from qtl_core.common import checks
from qtl_core.common.errors import UserError
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


def ray(address: str) -> Workers:
    """Returns the cores of a Ray cluster, each of which takes a chunk at a time.

    Args:
        address: `ray://HOST:PORT`, or "auto" for a cluster whose head is on this machine.

    Raises:
        UserError: Ray is not installed, or the cluster cannot be reached.
    """
    from qtl_core.studies.workers.ray_cluster import RayWorkers

    return RayWorkers(address)


def workers_from(count: int | None = None, address: str | None = None) -> Workers | None:
    """Returns the workers that somebody asked for; None where they did not.

    Args:
        count: How many processes of this machine.
        address: A Ray cluster's.

    Raises:
        UserError: Both are asked for, or the cluster cannot be used.
        InputError: The count is no number of processes.
    """
    if count is not None and address:
        raise UserError("Processes and a cluster are asked for.", "A study is trained on one of them.", "Name one.")
    if count is not None:
        return local(count)
    return ray(address) if address else None


def usual(runs: Sequence[CellRun]) -> Workers:
    """Returns the workers for these runs unless somebody says otherwise: the cluster that `QTL_CLUSTER` names, if any.

    Raises:
        UserError: That cannot be used.
    """
    if address := os.environ.get("QTL_CLUSTER", ""):
        return ray(address)
    small = len(runs) < (FEW if all(run.settings.reads_exactly for run in runs) else 2)
    return in_process() if small or os.cpu_count() == 1 else local()
