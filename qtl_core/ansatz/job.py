"""Sampling an ansatz in a worker process, with progress and a stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qtl_core.ansatz.plateau import PlateauPoint, plateau, plateau_sizes
from qtl_core.ansatz.sampling import Sampled, sample, sampling_pairs
from qtl_core.callbacks import ShouldStop
from qtl_core.circuit import build_circuit
from qtl_core.errors import UserError
from qtl_core.jobs import JobSpec
from qtl_core.progress import Progress
from qtl_core.settings import CircuitSettings


@dataclass(frozen=True)
class SamplingView:
    """How far sampling has come, and what was found once it is done."""

    progress: Progress | None = None
    found: Sampled | None = None

    def after(self, event: Progress | Sampled) -> SamplingView:
        """Returns the view after one more event."""
        return replace(self, progress=event) if isinstance(event, Progress) else SamplingView(found=event)


@dataclass(frozen=True)
class PlateauView:
    """The points of the curve so far, of `total`; those of a job that was stopped stay."""

    total: int
    points: tuple[PlateauPoint, ...] = ()

    def after(self, point: PlateauPoint) -> PlateauView:
        """Returns the view with one more point."""
        return replace(self, points=(*self.points, point))


def sampling_job(settings: CircuitSettings, owner: str = "") -> JobSpec[SamplingView]:
    """Returns the job that measures expressibility and entangling capability."""
    return JobSpec("qtl_core.ansatz.job:perform_sampling", settings, SamplingView(), SamplingView.after, owner=owner)


def plateau_job(settings: CircuitSettings, owner: str = "") -> JobSpec[PlateauView]:
    """Returns the job that measures the gradient's variance against the number of qubits.

    Raises:
        UserError: The circuit has no trained angle.
    """
    if settings.depth == 0:
        raise UserError("This circuit has no gradient to measure.", "It has no trained layer.", "Choose a depth of 1.")
    view = PlateauView(len(plateau_sizes(settings)))
    return JobSpec("qtl_core.ansatz.job:perform_plateau", settings, view, PlateauView.after, owner=owner)


def perform_sampling(
    settings: CircuitSettings, emit: Callable[[Progress | Sampled], None], should_stop: ShouldStop
) -> None:
    """Samples in a worker process."""
    circuit = build_circuit(settings)

    def report(done: int, total: int) -> None:
        emit(Progress("Drawing random states", done, total))

    emit(sample(circuit, sampling_pairs(circuit), report, should_stop))


def perform_plateau(settings: CircuitSettings, emit: Callable[[PlateauPoint], None], should_stop: ShouldStop) -> None:
    """Measures the curve in a worker process, a point at a time."""
    for point in plateau(settings, should_stop):
        emit(point)
