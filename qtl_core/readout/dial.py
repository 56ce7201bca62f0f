"""A dial's reading: a run's pictures under a readout, what further draws would show, and which answers go first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from qtl_core.common.progress import Progress, ProgressCallback, ShouldStop, no_progress, parts_of, reporting
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.simulators.trajectories import TRAJECTORIES
from qtl_core.readout.draws import DrawFigures, ShotSource, figures_of
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.mitigation import SCALES, is_extrapolated
from qtl_core.readout.reading import trajectories_behind
from qtl_core.readout.run_readout import RunReadout, readout_of
from qtl_core.readout.sweeps import draws_for
from qtl_core.settings.readout import ReadoutSettings

STAGE = "Reading the pictures out"
FIRST = 12  # pictures that are shown as the first to go


@dataclass(frozen=True)
class DialRequest:
    """A question for a worker.

    Attributes:
        inputs: The pictures and the head.
        readout: How they are read.
        mitigate: Names of `methods.METHODS`.
        seed: Decides what shots give.
    """

    inputs: ReadoutInputs = field(repr=False)
    readout: ReadoutSettings
    mitigate: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, eq=False)
class DialReading:
    """The pictures under a readout.

    Attributes:
        run: The answers: an average, or one draw.
        spread: Figures of further draws; None where no shots are taken.
        infinite: What infinitely many shots would give, with the same noise; equal to `run` where there is no spread.
        unmitigated: The answers of the same draw without mitigation; None where nothing is mitigated.
        trajectories: How many of each picture the law of the further draws is estimated from; 0 where it is known.
    """

    run: RunReadout
    spread: DrawFigures | None
    infinite: RunReadout
    unmitigated: RunReadout | None
    trajectories: int = 0

    @property
    def fragility(self) -> np.ndarray:
        """The ease with which each picture's answer goes, shape (pictures,).

        With shots the share of draws in which it is another one than the exact one. Without, by how much the other
        classes' probabilities come near that of the exact answer, or pass it: 0 where the two are equal.
        """
        if self.spread is not None:
            return self.spread.changed_by_picture
        return -signed_margins(self.run.probabilities, self.run.exact_evaluation.predicted)

    @property
    def order(self) -> np.ndarray:
        """Indices of the pictures, those first whose answer goes first; of equals the one of smaller exact margin."""
        return np.lexsort((self.run.exact_margins, -self.fragility))

    @property
    def going(self) -> int:
        """The number of pictures whose answer changes: in some draw, or under the noise."""
        return int((self.fragility > 0).sum())

    def first_by_margin(self, most: int = FIRST) -> tuple[int, int]:
        """Returns how many of the first to go are among as many of the smallest exact margin, and of how many.

        Args:
            most: So many, or as many as go at all, are looked at.
        """
        count = min(most, self.going)
        smallest = np.argsort(self.run.exact_margins, kind="stable")[:count]
        return len(set(self.order[:count].tolist()) & set(smallest.tolist())), count


def dial_reading(request: DialRequest, progress: ProgressCallback = no_progress) -> DialReading:
    """Reads pictures out for a dial.

    Args:
        request: The pictures and how they are read.
        progress: Told how far it is; what it raises ends the work.

    Raises:
        UserError: There is no such machine or method, or the circuit cannot be laid on it as asked.
    """
    inputs, readout, mitigate, seed = request.inputs, request.readout, request.mitigate, request.seed
    first, second, third, fourth = parts_of(progress, runs_in(request))
    run = readout_of(inputs, readout, seed=seed, mitigate=mitigate, progress=first)
    plain = readout_of(inputs, readout, seed=seed, progress=second) if mitigate else None
    if not readout.shots:
        return DialReading(run, None, run, plain)
    source = ShotSource(inputs, readout, mitigate, third)
    read = source.expectations(readout.shots, draws_for(inputs), np.random.default_rng([seed, 1]))
    spread = figures_of(inputs, read, run.exact_evaluation.predicted)
    infinite = readout_of(inputs, replace(readout, shots=0), mitigate=mitigate, progress=fourth)
    return DialReading(run, spread, infinite, plain, trajectories_behind(inputs.circuit, readout))


def runs_in(request: DialRequest) -> tuple[int, int, int, int]:
    """Returns how often each part of a reading would run every circuit, if its noise is drawn.

    The parts are the answers, those without mitigation, the law of further draws, and what infinitely many shots give.
    """
    shots, mitigate = request.readout.shots, request.mitigate
    gates, drawn = sum(SCALES) if is_extrapolated(mitigate) else 1, shots or TRAJECTORIES
    further = TRAJECTORIES * gates if shots else 0
    return drawn * gates, drawn if mitigate else 0, further, further


def signed_margins(probabilities: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Returns how far the probability of given answers is above the highest other, shape (pictures,).

    Args:
        probabilities: Shape (pictures, classes).
        answers: A class for each picture, shape (pictures,).
    """
    rows = np.arange(len(probabilities))
    others = probabilities.copy()
    others[rows, answers] = -np.inf
    return np.asarray(probabilities[rows, answers] - others.max(axis=1))


def dial_job(request: DialRequest, owner: str = "") -> JobSpec[JobView[DialReading]]:
    """Returns the job that reads pictures out in a worker."""
    return JobSpec("qtl_core.readout.dial:run_dial_job", request, owner)


def run_dial_job(request: DialRequest, emit: Callable[[DialReading | Progress], None], should_stop: ShouldStop) -> None:
    """Reads them out in a worker process.

    Raises:
        UserError: As of `dial_reading`.
        StoppedByUser: `should_stop` said so.
    """
    emit(dial_reading(request, reporting(STAGE, emit, should_stop)))
