"""Samplings of an ansatz, as jobs: found by the circuit's settings, stopped by the session that started them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from qtl_core.network.analysis.barren_plateaus import PlateauPoint, plateau_sizes
from qtl_core.network.analysis.expressibility import SampledStates
from qtl_core.network.analysis.jobs import plateau_job, sampling_job
from qtl_core.settings import CircuitSettings
from ui.base import job_managers
from ui.session import session

Sampling = JobSnapshot[JobView[SampledStates]]
Plateau = JobSnapshot[JobView[tuple[PlateauPoint, ...]]]


@dataclass(frozen=True)
class Shown:
    """An ansatz that is shown, and what it is called there."""

    title: str
    settings: CircuitSettings


@dataclass(frozen=True)
class Measure:
    """One kind of sampling: the name of its widgets, what makes its job, and how its button is labelled."""

    name: str
    make: Callable[[CircuitSettings, str], JobSpec[Any]]
    label: str
    icon: str


SAMPLING = Measure("sampling", sampling_job, "Measure expressibility and entanglement", ":material/scatter_plot:")
PLATEAU = Measure("plateau", plateau_job, "Measure how gradients fade", ":material/trending_down:")


def _asked(measure: Measure, settings: CircuitSettings) -> CircuitSettings:
    """Returns the settings that decide the outcome: a curve is the same for all numbers of qubits that it holds."""
    return replace(settings, qubits=plateau_sizes(settings)[-1]) if measure is PLATEAU else settings


def find_job(measure: Measure, settings: CircuitSettings) -> JobSnapshot[Any] | None:
    """Returns the last job that measured this, or None."""
    return job_managers.ansatz_samplings().find((measure.name, _asked(measure, settings)))


def is_missing(measure: Measure, shown: Shown) -> bool:
    """Returns whether this has not been measured to the end, and nobody is at it."""
    found = find_job(measure, shown.settings)
    return found is None or found.state in ("stopped", "failed")


def is_open(measure: Measure, shown: Sequence[Shown]) -> bool:
    """Returns whether a worker is at any of them, or will be."""
    return any((found := find_job(measure, each.settings)) is not None and not found.is_over for each in shown)


def is_ours(measure: Measure, shown: Shown) -> bool:
    """Returns whether this session started what is under way."""
    found = find_job(measure, shown.settings)
    return found is not None and not found.is_over and found.owner == session.owner


def start(measure: Measure, shown: Sequence[Shown]) -> None:
    """Measures each of them."""
    for each in shown:
        asked = _asked(measure, each.settings)
        job_managers.ansatz_samplings().restart((measure.name, asked), partial(measure.make, asked, session.owner))


def stop(measure: Measure, shown: Sequence[Shown]) -> None:
    """Stops what this session started; what somebody else waits for goes on."""
    for each in shown:
        if is_ours(measure, each) and (job := find_job(measure, each.settings)):
            job_managers.express_jobs().stop(job.id)
