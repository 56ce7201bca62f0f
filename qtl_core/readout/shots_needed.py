"""The number of shots from which on most pictures keep their answer, with what its own draws leave open."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.readout.draws import ShotSource
from qtl_core.readout.sweeps import SweepRequest, draws_for
from qtl_core.settings.readout import MOST_SHOTS

SHARE = 0.95


@dataclass(frozen=True)
class ShotsNeeded:
    """The smallest number of shots at which, on average over draws, a share of the pictures keeps its answer.

    A picture keeps its answer if one draw of so many shots names the class that infinitely many shots of the same
    circuit, with the same noise, name: what noise alone changes, no number of shots brings back.

    Attributes:
        shots: The number; None where `MOST_SHOTS` do not reach it.
        low, high: Where it may lie: at these the average share plus, or minus, two standard errors reaches `share`;
            None as above.
        share: That of the pictures.
        draws: How many draws each number of shots was judged by.
    """

    shots: int | None
    low: int | None
    high: int | None
    share: float
    draws: int


def shots_needed(source: ShotSource, *, share: float = SHARE, seed: int = 0) -> ShotsNeeded:
    """Finds it by halving the logarithm, from one shot to `MOST_SHOTS`.

    Args:
        source: The pictures with their noise.
        share: Of the pictures that are to keep their answer, 0 to 1.
        seed: Decides what shots give.
    """
    inputs, draws = source.inputs, draws_for(source.inputs)
    wanted = inputs.scores(source.average()).argmax(axis=1)

    @cache
    def kept(shots: int) -> tuple[float, float]:
        read = source.expectations(shots, draws, np.random.default_rng([seed, shots]))
        shares = (inputs.scores(read).argmax(axis=2) == wanted).mean(axis=1)  # (draws,)
        return float(shares.mean()), float(shares.std(ddof=1)) / math.sqrt(draws)

    def reached(errors: float) -> int | None:
        return _smallest(lambda shots: kept(shots)[0] + errors * kept(shots)[1] >= share)

    return ShotsNeeded(reached(0), reached(2), reached(-2), share, draws)


def _smallest(is_enough: Callable[[int], bool]) -> int | None:
    """Returns the smallest number of shots that is enough, to within a few percent; None if the most are not."""
    low, high = 0, MOST_SHOTS  # never enough, always enough
    if not is_enough(high):
        return None
    while high - low > max(1, low // 32):
        middle = max(low + 1, round(math.sqrt(max(low, 1) * high)))
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def shots_needed_job(request: SweepRequest, owner: str = "") -> JobSpec[JobView[ShotsNeeded]]:
    """Returns the job that finds it in a worker; what varies is the shots, whatever the request's axis."""
    return JobSpec("qtl_core.readout.shots_needed:run_shots_needed_job", request, owner)


def run_shots_needed_job(request: SweepRequest, emit: Callable[[ShotsNeeded], None], should_stop: ShouldStop) -> None:
    """Finds it in a worker process.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    emit(shots_needed(ShotSource(request.inputs, request.readout, request.mitigate), seed=request.seed))
