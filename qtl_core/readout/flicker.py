"""Flicker: what one picture's answer is from one shot, ten or a hundred, and how it settles shot by shot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common import checks
from qtl_core.common.progress import ShouldStop
from qtl_core.evaluation.metrics import Interval, wilson_interval
from qtl_core.jobs import JobSpec, JobView
from qtl_core.machines.placing import readable_circuit_of
from qtl_core.network.simulators.density_matrix import z_signs
from qtl_core.network.simulators.shots import draw
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.readout.reading import outcomes_of, trajectories_behind
from qtl_core.settings.readout import MOST_SHOTS, ReadoutSettings

LEVELS = (1, 10, 100)  # shots
DRAWS = 1_000
TRAIL = 100  # shots that are shown one by one


@dataclass(frozen=True, eq=False)
class Wins:
    """The classes' shares of the answers from so many shots.

    Attributes:
        shots: Of each draw.
        shares: Of every class, adding up to 1, shape (classes,).
        draws: How many draws they are counted in; 0 where they are computed from the law itself, as of one shot.
        confidence: The mean probability of the answers over draws, whichever they are, 0 to 1.
    """

    shots: int
    shares: np.ndarray
    draws: int
    confidence: float

    def interval(self, label: int) -> Interval:
        """Returns the 95% interval of a class's share that the number of draws leaves open."""
        share = float(self.shares[label])
        return wilson_interval(round(share * self.draws), self.draws) if self.draws else (share, share)


@dataclass(frozen=True, eq=False)
class Flicker:
    """One picture's answer from shots.

    Attributes:
        classes: Class names; index = label.
        exact: Class probabilities without noise or shots, shape (classes,).
        average: Those from infinitely many shots, with the noise, same shape.
        levels: How often each class wins, from few shots and from more.
        trail: Class probabilities after each of `TRAIL` shots, made of all shots so far, shape (shots, classes).
        bits: What each of these shots read, shape (shots, qubits), 0 or 1.
        trajectories: How many the law of the bit strings is estimated from; 0 where it is known.
    """

    classes: tuple[str, ...]
    exact: np.ndarray
    average: np.ndarray
    levels: tuple[Wins, ...]
    trail: np.ndarray = field(repr=False)
    bits: np.ndarray = field(repr=False)
    trajectories: int = 0

    @property
    def answers(self) -> np.ndarray:
        """The answer after each shot of the trail, shape (shots,)."""
        return self.trail.argmax(axis=1)

    @property
    def settled(self) -> int:
        """The shot of the trail from which on its answer stays the same, from 1."""
        other = np.flatnonzero(self.answers != self.answers[-1])
        return int(other[-1]) + 2 if other.size else 1


def flicker_of(
    inputs: ReadoutInputs,
    readout: ReadoutSettings,
    picture: int = 0,
    *,
    levels: Sequence[int] = LEVELS,
    draws: int = DRAWS,
    seed: int = 0,
) -> Flicker:
    """Follows one picture's answer from shot to shot.

    Args:
        inputs: The pictures and the head.
        readout: Its noise is read; its shots are not.
        picture: Which one.
        levels: At how many shots each to count which class wins.
        draws: How often at each.
        seed: Decides what shots give; the same one gives the same.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    picture = checks.whole_number("picture", picture, 0, inputs.size - 1)
    rng = np.random.default_rng(seed)
    noisy = readable_circuit_of(inputs.circuit, readout)
    outcomes = outcomes_of(noisy, inputs.angles[picture : picture + 1], inputs.trained)  # (1, 2**qubits)
    signs = z_signs(noisy.outputs)
    shots = signs[rng.choice(len(signs), TRAIL, p=_as_law(outcomes[0]))]  # (shots, qubits)
    so_far = np.cumsum(shots, axis=0) / np.arange(1, TRAIL + 1)[:, None]
    return Flicker(
        classes=inputs.classes,
        exact=inputs.probabilities(inputs.at(picture).exact_expectations())[0],
        average=inputs.probabilities(outcomes @ signs)[0],
        levels=tuple(
            _wins(inputs, outcomes, checks.whole_number("levels", each, 1, MOST_SHOTS), draws, rng) for each in levels
        ),
        trail=inputs.probabilities(so_far),
        bits=((1 - shots) / 2).astype(np.int8),
        trajectories=trajectories_behind(inputs.circuit, readout),
    )


@dataclass(frozen=True)
class FlickerRequest:
    """A question for a worker.

    Attributes:
        inputs: One picture and the head.
        readout: How it is read.
        seed: Decides what shots give.
    """

    inputs: ReadoutInputs = field(repr=False)
    readout: ReadoutSettings
    seed: int = 0


def flicker_job(request: FlickerRequest, owner: str = "") -> JobSpec[JobView[Flicker]]:
    """Returns the job that follows an answer in a worker, where that takes longer than a page may."""
    return JobSpec("qtl_core.readout.flicker:run_flicker_job", request, owner)


def run_flicker_job(request: FlickerRequest, emit: Callable[[Flicker], None], should_stop: ShouldStop) -> None:
    """Follows it in a worker process; raises as `flicker_of` does."""
    emit(flicker_of(request.inputs, request.readout, seed=request.seed))


def _wins(inputs: ReadoutInputs, outcomes: np.ndarray, shots: int, draws: int, rng: np.random.Generator) -> Wins:
    labels = len(inputs.classes)
    if shots == 1:  # each bit string has its answer, so the law of the answers is that of the bit strings, summed up
        found, law = inputs.probabilities(z_signs(outcomes.shape[1].bit_length() - 1)), _as_law(outcomes[0])
        shares = np.bincount(found.argmax(axis=1), weights=law, minlength=labels)
        return Wins(1, shares, 0, float(law @ found.max(axis=1)))
    drawn = inputs.probabilities(draw(np.repeat(outcomes, draws, axis=0), shots, rng).expectations())
    counts = np.bincount(drawn.argmax(axis=1), minlength=labels)
    return Wins(shots, counts / draws, draws, float(drawn.max(axis=1).mean()))


def _as_law(outcomes: np.ndarray) -> np.ndarray:
    """Returns probabilities without what rounding left below 0, adding up to 1."""
    clean = np.clip(outcomes, 0, None)
    return np.asarray(clean / clean.sum())
