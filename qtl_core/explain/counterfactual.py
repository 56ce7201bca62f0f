"""Counterfactuals of an answer: its margin, and the smallest change of a single angle or unit that changes the class.

All others stay as they are. A class score is linear in the expectation values, and these are Fourier series in one
angle (see `decision_map.frames`), so a few runs of the circuit tell the scores over the whole range that the head can
turn a qubit by. Of a head with hidden units in place of a circuit, the score is linear in each unit's value. A linear
head has neither. Imports no torch at the top: pages ask, a worker finds out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.explain.decision_map.frames import fourier_basis, fourier_nodes
from qtl_core.explain.decision_map.request import REACH
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.events import Arrays
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
    """The smallest change of one qubit's angle, or of one hidden unit's value, that changes the answer.

    Attributes:
        unit: Which qubit or hidden unit.
        before, after: The picture's angle in radians, or value, and where the answer is another.
        label: The class that is named there.
    """

    unit: int
    before: float
    after: float
    label: int

    @property
    def change(self) -> float:
        """By how much, radians for an angle."""
        return self.after - self.before


@dataclass(frozen=True)
class LabelInterval:
    """From one angle to another, radians, or from one value to another, the class `label` is named."""

    start: float
    end: float
    label: int


@dataclass(frozen=True)
class Counterfactuals:
    """The changes of the answer that each single angle, or hidden unit, can make.

    Attributes:
        units: Which qubits or hidden units were changed, ascending: of many units, those with the largest shares.
        values: The picture's angles or values of them.
        by_unit: For each; None where nothing within reach changes the answer.
        intervals: For each, over its whole reach.
    """

    units: tuple[int, ...]
    values: tuple[float, ...]
    by_unit: tuple[Counterfactual | None, ...]
    intervals: tuple[tuple[LabelInterval, ...], ...]

    @property
    def smallest(self) -> Counterfactual | None:
        """The smallest of all, or None."""
        return min((turn for turn in self.by_unit if turn), key=lambda turn: abs(turn.change), default=None)


def margin_of(explanation: Explanation) -> Margin:
    """Returns how far an answer is ahead of the next class; there are at least two."""
    first, second = (int(label) for label in np.argsort(-explanation.scores, kind="stable")[:2])
    shares = list(explanation.prediction.probabilities.values())
    return Margin(
        first, second, float(explanation.scores[first] - explanation.scores[second]), shares[first] - shares[second]
    )


MOST_UNITS = 16  # hidden units that are changed: a chart of more says nothing
STEPS = 1801  # places along a reach, of angles a tenth of a degree apart; between two of them the change is bisected
ANGLES = np.linspace(-REACH, REACH, STEPS)
MIN_LEAD = 1e-5  # by so much another class must lead: scores come from circuits in single precision
HALVINGS = 40  # of a tenth of a degree: down to double precision

Expectations = Callable[[np.ndarray], np.ndarray]  # angles (rows, qubits) -> <Z> (rows, qubits)
Scores = Callable[[np.ndarray], np.ndarray]  # one qubit's angles (rows,) -> class scores (rows, classes)


def why_no_counterfactual(explanation: Explanation) -> str:
    """Returns the sentence that says why nothing of a head can be turned or changed, or ""."""
    if explanation.model.spec.is_hidden:
        return ""
    return (
        "A linear layer has no angles or hidden units that could be changed one by one: all "
        f"{len(explanation.hidden):,} features add up to the scores."
    )


def counterfactual_job(
    model: TrainedModel, explanation: Explanation, owner: str = ""
) -> JobSpec[JobView[Counterfactuals]]:
    """Returns the job that finds out what would change this answer, where `why_no_counterfactual` says nothing."""
    weights = {"q_params": model.run.checkpoint.best_weights["q_params"]} if explanation.model.spec.has_circuit else {}
    payload: Payload = model.run.prepared.settings.circuit, weights, replace(explanation, seen=NOT_SENT)
    return JobSpec("qtl_core.explain.counterfactual:run_counterfactual_job", payload, owner)


NOT_SENT = np.zeros((0, 0, 3), np.uint8)  # in place of what the network was given: 150 KB
Payload = tuple[CircuitSettings, Arrays, Explanation]


def run_counterfactual_job(payload: Payload, emit: Callable[[Counterfactuals], None], should_stop: ShouldStop) -> None:
    """Finds out in a worker process."""
    from qtl_core.explain.decision_map.frames import MapHead

    settings, trained, told = payload
    if not told.model.spec.has_circuit:
        emit(changed_units(told))
        return
    head = MapHead(settings, trained)
    degrees = [head.degree(qubit) for qubit in range(len(told.angles))]
    emit(find_counterfactuals(told.angles, head.expectations, degrees, told.weights, told.bias))


def changed_units(told: Explanation) -> Counterfactuals:
    """Finds what every single hidden unit can do, of many those with the largest shares.

    A unit's value reaches from -1 to 1 behind tanh; behind ReLU from 0 to twice the largest that this picture has.
    """
    first, units = int(told.scores.argmax()), told.telling(MOST_UNITS)
    low, high = (-1.0, 1.0) if told.model.head == "bottleneck" else (0.0, max(1.0, 2 * float(told.hidden.max())))
    axis = np.linspace(low, high, STEPS)
    along = {unit: partial(_scores_at, told, unit) for unit in units}
    changes = [_smallest_change(along[unit], unit, float(told.hidden[unit]), first, axis) for unit in units]
    stretches = [_intervals(along[unit], axis) for unit in units]
    values = tuple(float(told.hidden[unit]) for unit in units)
    return Counterfactuals(units, values, tuple(changes), tuple(stretches))


def _scores_at(told: Explanation, unit: int, at: np.ndarray) -> np.ndarray:
    """Returns the class scores with one unit's value at others, shape (rows, classes)."""
    return np.asarray(told.scores + np.outer(at - told.hidden[unit], told.weights[unit]))


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
        turns.append(_smallest_change(scores, qubit, float(angles[qubit]), first, ANGLES))
        stretches.append(_intervals(scores, ANGLES))
    values = tuple(float(angle) for angle in angles)
    return Counterfactuals(tuple(range(len(degrees))), values, tuple(turns), tuple(stretches))


def _scores_along(
    qubit: int, angles: np.ndarray, expectations: Expectations, degree: int, weights: np.ndarray, bias: np.ndarray
) -> Scores:
    """Returns the class scores as a function of one qubit's angle, from 2 * degree + 1 runs of the circuit."""
    nodes = fourier_nodes(degree)
    turned = np.tile(angles.astype(float), (len(nodes), 1))
    turned[:, qubit] = nodes
    scores = expectations(turned).astype(float) @ weights + bias
    return lambda at: fourier_basis(degree, at) @ scores


def _smallest_change(scores: Scores, unit: int, value: float, first: int, axis: np.ndarray) -> Counterfactual | None:
    changed = axis[_lead_over(first, scores(axis)) > MIN_LEAD]
    ends = [*changed[changed > value][:1], *changed[changed <= value][-1:]]  # the nearest on either side
    if not ends:
        return None
    step = float(axis[1] - axis[0])
    after = min((_bisected(scores, first, value, float(end), step) for end in ends), key=lambda at: abs(at - value))
    return Counterfactual(unit, value, after, int(scores(np.array([after]))[0].argmax()))


def _bisected(scores: Scores, first: int, value: float, end: float, step: float) -> float:
    """Returns where the answer changes on the way from `value` to the first place of an axis at which it has."""
    start = float(np.clip(value, end - step, end + step))
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


def _intervals(scores: Scores, axis: np.ndarray) -> tuple[LabelInterval, ...]:
    labels = scores(axis).argmax(axis=1)
    starts = np.flatnonzero(np.diff(labels, prepend=-1))
    bounds = [*axis[starts], axis[-1]]
    named = zip(pairwise(bounds), labels[starts], strict=True)
    return tuple(LabelInterval(float(start), float(end), int(label)) for (start, end), label in named)
