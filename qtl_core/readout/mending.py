"""Mending compared: a dial's reading with each way to bring answers back, what that costs and what it brings.

To add a way: a line in `_ways`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ProgressCallback, ShouldStop, no_progress, parts_of, reporting
from qtl_core.jobs import JobSpec, JobView
from qtl_core.readout.dial import STAGE, DialReading, DialRequest, dial_reading, runs_in
from qtl_core.readout.methods import METHODS
from qtl_core.settings.readout import MOST_SHOTS

MORE_SHOTS = 10  # times as many


@dataclass(frozen=True, eq=False)
class Mended:
    """The pictures read in one way.

    Attributes:
        title: The way.
        reading: What it gives; None where it cannot be had.
        why: Why it cannot, or "".
    """

    title: str
    reading: DialReading | None
    why: str = ""

    def middle(self, figure: str) -> float:
        """Returns the median of a figure over draws, or the figure itself where none are made.

        Args:
            figure: accuracy, confidence or margin.
        """
        assert self.reading is not None, "there is nothing to ask"
        if self.reading.spread is not None:
            return self.reading.spread.band(figure)[1]
        run = self.reading.run
        found = {"accuracy": run.accuracy, "confidence": run.mean_confidence, "margin": float(run.margins.mean())}
        return found[figure]


def mending_of(request: DialRequest, progress: ProgressCallback = no_progress) -> tuple[Mended, ...]:
    """Reads pictures out as they are, and in every way that mends them.

    Args:
        request: The pictures and how they are read; what mitigates them is no part of the question.
        progress: Told how far it is; what it raises ends the work.
    """
    found = []
    ways = _ways(request)
    shares = [sum(runs_in(wanted)) for wanted in ways.values()]
    for (title, wanted), part in zip(ways.items(), parts_of(progress, shares), strict=True):
        part(0, 1)
        try:
            found.append(Mended(title, dial_reading(wanted, part)))
        except UserError as error:
            found.append(Mended(title, None, error.why or error.what))
    return tuple(found)


def _ways(request: DialRequest) -> dict[str, DialRequest]:
    readout, plain = request.readout, replace(request, mitigate=())
    ways = {"As it is": plain}
    ways |= {method.title: replace(plain, mitigate=(name,)) for name, method in METHODS.items()}
    if readout.machine and readout.layout:
        ways["The layout of least error"] = replace(plain, readout=replace(readout, layout=""))
    if 0 < readout.shots * MORE_SHOTS <= MOST_SHOTS:
        more = replace(readout, shots=readout.shots * MORE_SHOTS)
        ways["Ten times the shots"] = replace(plain, readout=more)
    return ways


def mending_job(request: DialRequest, owner: str = "") -> JobSpec[JobView[tuple[Mended, ...]]]:
    """Returns the job that compares them in a worker."""
    return JobSpec("qtl_core.readout.mending:run_mending_job", request, owner)


def run_mending_job(
    request: DialRequest, emit: Callable[[tuple[Mended, ...] | Progress], None], should_stop: ShouldStop
) -> None:
    """Compares them in a worker process.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    emit(mending_of(request, reporting(STAGE, emit, should_stop)))
