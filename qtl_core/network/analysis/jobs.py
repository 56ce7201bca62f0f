"""Sampling an ansatz in a worker process, with progress and a stop."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop, emit_counted
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.analysis.barren_plateaus import PlateauPoint, plateau, plateau_sizes
from qtl_core.network.analysis.expressibility import SampledStates, sample, sampling_pairs
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings

STAGE = "Measuring gradients"


def sampling_job(settings: CircuitSettings, owner: str = "") -> JobSpec[JobView[SampledStates]]:
    """Returns the job that measures expressibility and entangling capability."""
    return JobSpec("qtl_core.network.analysis.jobs:run_sampling_job", settings, owner)


def plateau_job(settings: CircuitSettings, owner: str = "") -> JobSpec[JobView[tuple[PlateauPoint, ...]]]:
    """Returns the job that measures the gradient's variance against the number of qubits, point by point.

    Raises:
        UserError: The circuit has no trained angle.
    """
    if settings.depth == 0:
        raise UserError("This circuit has no gradient to measure.", "It has no trained layer.", "Choose a depth of 1.")
    view = JobView[tuple[PlateauPoint, ...]](Progress(STAGE, 0, len(plateau_sizes(settings))), result=())
    return JobSpec("qtl_core.network.analysis.jobs:run_plateau_job", settings, owner, view=view, fold=JobView.collect)


def run_sampling_job(
    settings: CircuitSettings, emit: Callable[[Progress | SampledStates], None], should_stop: ShouldStop
) -> None:
    """Samples in a worker process."""
    circuit = build_circuit(settings)

    def report(done: int, total: int) -> None:
        emit(Progress("Drawing random states", done, total))

    emit(sample(circuit, sampling_pairs(circuit), report, should_stop))


def run_plateau_job(
    settings: CircuitSettings, emit: Callable[[Progress | PlateauPoint], None], should_stop: ShouldStop
) -> None:
    """Measures the curve in a worker process, a point at a time."""
    emit_counted(plateau(settings, should_stop), STAGE, len(plateau_sizes(settings)), emit)
