"""Counterfactuals of an answer: its margin, and the smallest turn of a single angle that changes the class.

All other angles stay as they are. A class score is linear in the expectation values, and these are Fourier series in
one angle (see `decision_map.frames`), so a few runs of the circuit tell the scores over the whole range that the head
can turn a qubit by. Imports no torch at the top: pages ask, a worker finds out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.explain.decision_map.frames import fourier_basis, fourier_nodes
from qtl_core.explain.decision_map.request import REACH
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import CircuitSettings


@dataclass(frozen=True)
class Margin:
    """The margin by which the answer is ahead.

    Attributes:
        first, second: The classes with the highest scores.
        score: By how much the first one's score is higher.
        probability: By how much it is more probable, 0 to 1.
    """

    first: int
    second: int
    score: float
    probability: float


@dataclass(frozen=True)
class Counterfactual:
    """The smallest change of one qubit's angle that changes the answer.

    Attributes:
        qubit: Whose angle.
        before, after: The picture's angle, and where the answer is another; radians.
        label: The class that is named there.
    """

    qubit: int
    before: float
    after: float
    label: int

    @property
    def change(self) -> float:
        """By how much, radians."""
        return self.after - self.before


@dataclass(frozen=True)
class LabelInterval:
    """From one angle to another, radians, the class `label` is named."""

    start: float
    end: float
    label: int


@dataclass(frozen=True)
class Counterfactuals:
    """The changes of the answer that each single angle can make.

    Attributes:
        by_qubit: By qubit; None where no angle within reach changes the answer.
        intervals: By qubit, over the whole reach of its angle.
    """

    by_qubit: tuple[Counterfactual | None, ...]
    intervals: tuple[tuple[LabelInterval, ...], ...]

    @property
    def smallest(self) -> Counterfactual | None:
        """The smallest of all, or None."""
        return min((turn for turn in self.by_qubit if turn), key=lambda turn: abs(turn.change), default=None)


def margin_of(explanation: Explanation) -> Margin:
    """Returns how far an answer is ahead of the next class; there are at least two."""
    first, second = (int(label) for label in np.argsort(-explanation.scores, kind="stable")[:2])
    shares = list(explanation.prediction.probabilities.values())
    return Margin(
        first, second, float(explanation.scores[first] - explanation.scores[second]), shares[first] - shares[second]
    )


ANGLES = np.linspace(-REACH, REACH, 1801)  # a tenth of a degree apart; between two of them the change is bisected
MIN_LEAD = 1e-5  # by so much another class must lead: scores come from circuits in single precision
HALVINGS = 40  # of a tenth of a degree: down to double precision

Expectations = Callable[[np.ndarray], np.ndarray]  # angles (rows, qubits) -> <Z> (rows, qubits)
Scores = Callable[[np.ndarray], np.ndarray]  # one qubit's angles (rows,) -> class scores (rows, classes)


def counterfactual_job(
    model: TrainedModel, explanation: Explanation, owner: str = ""
) -> JobSpec[JobView[Counterfactuals]]:
    """Returns the job that finds out what would change this answer."""
    circuit, weights = model.run.prepared.settings.circuit, model.run.checkpoint.best_weights["q_params"]
    payload = circuit, weights, explanation.angles, explanation.weights, explanation.bias
    return JobSpec("qtl_core.explain.counterfactual:run_counterfactual_job", payload, owner)


def run_counterfactual_job(
    payload: tuple[CircuitSettings, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    emit: Callable[[Counterfactuals], None],
    should_stop: ShouldStop,
) -> None:
    """Finds out in a worker process."""
    from qtl_core.explain.decision_map.frames import MapHead

    circuit, trained, angles, weights, bias = payload
    head = MapHead(circuit, {"q_params": trained})
    emit(
        find_counterfactuals(
            angles, head.expectations, [head.degree(qubit) for qubit in range(len(angles))], weights, bias
        )
    )


def find_counterfactuals(
    angles: np.ndarray, expectations: Expectations, degrees: list[int], weights: np.ndarray, bias: np.ndarray
) -> Counterfactuals:
    """Finds what every single angle can do.

    Args:
        angles: The picture's, radians, shape (qubits,).
        expectations: Runs the circuit.
        degrees: How many gates turn each qubit's angle in.
        weights, bias: Of the last layer, as in an `Explanation`: shape (qubits, classes) and (classes,).
    """
    first = int((expectations(angles[None])[0] @ weights + bias).argmax())
    turns, stretches = [], []
    for qubit, degree in enumerate(degrees):
        scores = _scores_along(qubit, angles, expectations, degree, weights, bias)
        turns.append(_smallest_change(scores, qubit, float(angles[qubit]), first))
        stretches.append(_intervals(scores))
    return Counterfactuals(tuple(turns), tuple(stretches))


def _scores_along(
    qubit: int, angles: np.ndarray, expectations: Expectations, degree: int, weights: np.ndarray, bias: np.ndarray
) -> Scores:
    """Returns the class scores as a function of one qubit's angle, from 2 * degree + 1 runs of the circuit."""
    nodes = fourier_nodes(degree)
    turned = np.tile(angles.astype(float), (len(nodes), 1))
    turned[:, qubit] = nodes
    scores = expectations(turned).astype(float) @ weights + bias
    return lambda at: fourier_basis(degree, at) @ scores


def _smallest_change(scores: Scores, qubit: int, angle: float, first: int) -> Counterfactual | None:
    changed = ANGLES[_lead_over(first, scores(ANGLES)) > MIN_LEAD]
    ends = [*changed[changed > angle][:1], *changed[changed <= angle][-1:]]  # the nearest on either side
    if not ends:
        return None
    after = min((_bisected(scores, first, angle, float(end)) for end in ends), key=lambda found: abs(found - angle))
    return Counterfactual(qubit, angle, after, int(scores(np.array([after]))[0].argmax()))


def _bisected(scores: Scores, first: int, angle: float, end: float) -> float:
    """Returns the angle at which the answer changes on the way from `angle` to the first of `ANGLES` where it has."""
    step = ANGLES[1] - ANGLES[0]
    start = float(np.clip(angle, end - step, end + step))
    for _ in range(HALVINGS):
        middle = (start + end) / 2
        if _lead_over(first, scores(np.array([middle])))[0] > MIN_LEAD:
            end = middle
        else:
            start = middle
    return end


def _lead_over(first: int, scores: np.ndarray) -> np.ndarray:
    """Returns by how much the best other class leads the first one, shape (rows,)."""
    return np.delete(scores, first, axis=1).max(axis=1) - scores[:, first]


def _intervals(scores: Scores) -> tuple[LabelInterval, ...]:
    labels = scores(ANGLES).argmax(axis=1)
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    bounds = [*ANGLES[starts], ANGLES[-1]]
    named = zip(pairwise(bounds), labels[starts], strict=True)
    return tuple(LabelInterval(float(start), float(end), int(label)) for (start, end), label in named)
