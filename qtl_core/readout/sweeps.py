"""Sweeps: accuracy and confidence of a run against the number of shots, and against the rate of a noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from qtl_core.common.checks import one_of
from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress, ShouldStop, never_stop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.readout.draws import DrawFigures, ShotSource, figures_of
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.mitigation import read_mitigated
from qtl_core.readout.reading import trajectories_behind
from qtl_core.settings.readout import ReadoutSettings

DRAWS = 100
COUNTS_A_POINT = 2**22  # drawn for one point of a curve: wide circuits get fewer draws, and no fewer than `FEWEST`
FEWEST = 20
SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
RATES = {
    "depolarizing_one": (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2),
    "depolarizing_two": (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3),
    "amplitude_damping": (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2),
    "phase_damping": (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
    "readout_flip": (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4),
}


@dataclass(frozen=True, eq=False)
class Sweep:
    """Figures of the same pictures along one axis.

    Attributes:
        axis: The setting that varies: "shots", or a rate's name.
        values: Its values, ascending.
        readout: The rest of the readout.
        figures: Of every value: of several draws where shots are taken, else of one average.
        exact: Those without noise or shots.
        size: The number of pictures.
        trajectories: How many of each picture stand behind every figure where the noise is drawn, too; else 0.
    """

    axis: str
    values: tuple[float, ...]
    readout: ReadoutSettings
    figures: tuple[DrawFigures, ...] = field(repr=False)
    exact: DrawFigures = field(repr=False)
    size: int
    trajectories: int = 0

    @property
    def draws(self) -> int:
        """The number of draws behind every value; 1 of averages."""
        return self.figures[0].draws

    @property
    def is_drawn(self) -> bool:
        """True if the figures come from shots."""
        return self.axis == "shots" or self.readout.shots > 0

    def band(self, name: str) -> np.ndarray:
        """Returns low end, median and high end of 90% of the draws by value, shape (3, values).

        Args:
            name: A figure: accuracy, confidence, margin or changed.
        """
        return np.array([each.band(name) for each in self.figures]).T


@dataclass(frozen=True)
class SweepRequest:
    """A question for a worker.

    Attributes:
        inputs: The pictures and the head.
        readout: How they are read.
        axis: What varies: "shots", or a rate's name.
        mitigate: Names of `methods.METHODS`.
        seed: Decides what shots give.
    """

    inputs: ReadoutInputs = field(repr=False)
    readout: ReadoutSettings
    axis: str
    mitigate: tuple[str, ...] = ()
    seed: int = 0


def sweep_of(
    request: SweepRequest,
    *,
    values: Sequence[float] = (),
    report: Callable[[Progress], None] = lambda _: None,
    should_stop: ShouldStop = never_stop,
) -> Sweep:
    """Reads pictures out at every value of one setting.

    Args:
        request: What varies, and what does not.
        values: By default those that the setting is usually looked at.
        report: Told how far it is.
        should_stop: Asked at every value.

    Raises:
        UserError: There is no such machine or axis, or the circuit cannot be laid on it.
        StoppedByUser: `should_stop` said so.
    """
    one_of("axis", request.axis, ("shots", *RATES))
    inputs, by_shots = request.inputs, request.axis == "shots"
    values = tuple(values) or (SHOTS if by_shots else RATES[request.axis])
    exact = inputs.exact_expectations()
    answers = inputs.scores(exact).argmax(axis=1)
    source = ShotSource(inputs, request.readout, request.mitigate) if by_shots else None
    found, behind = [], 0
    for done, value in enumerate(values):
        report(Progress("Reading the pictures out", done, len(values)))
        if should_stop():
            raise StoppedByUser
        changes: dict[str, Any] = {request.axis: int(value) if by_shots else value}
        readout = replace(request.readout, **changes)
        found.append(figures_of(inputs, _read(request, readout, source), answers))
        behind = max(behind, trajectories_behind(inputs.circuit, readout))  # a rate of 0 needs none
    whole = figures_of(inputs, exact[None], answers)
    return Sweep(request.axis, values, request.readout, tuple(found), whole, inputs.size, behind)


def draws_for(inputs: ReadoutInputs, most: int = DRAWS) -> int:
    """Returns how many draws are made for each point of a curve."""
    counts = max(1, inputs.size * 2**inputs.circuit.qubits)
    return int(np.clip(COUNTS_A_POINT // counts, FEWEST, most))


def sweep_job(request: SweepRequest, owner: str = "") -> JobSpec[JobView[Sweep]]:
    """Returns the job that makes a sweep in a worker."""
    return JobSpec("qtl_core.readout.sweeps:run_sweep_job", request, owner)


def run_sweep_job(request: SweepRequest, emit: Callable[[Sweep | Progress], None], should_stop: ShouldStop) -> None:
    """Makes a sweep in a worker process; raises as `sweep_of` does."""
    emit(sweep_of(request, report=emit, should_stop=should_stop))


def _read(request: SweepRequest, readout: ReadoutSettings, source: ShotSource | None) -> np.ndarray:
    """Returns expectation values, shape (draws, pictures, qubits); one draw of what is no draw."""
    inputs = request.inputs
    if not readout.shots:  # an average
        return read_mitigated(inputs, readout, seed=request.seed, mitigate=request.mitigate)[0].expectations[None]
    source = source or ShotSource(inputs, readout, request.mitigate)
    return source.expectations(readout.shots, draws_for(inputs), np.random.default_rng([request.seed, readout.shots]))
