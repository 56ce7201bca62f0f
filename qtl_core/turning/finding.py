"""Finds what every single angle can do to an answer, in a worker process."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from qtl_core.answering import TrainedModel
from qtl_core.callbacks import ShouldStop
from qtl_core.explanation import Explanation
from qtl_core.jobs import JobSpec, JobView
from qtl_core.maps.frame import fourier_basis, fourier_nodes
from qtl_core.maps.records import REACH
from qtl_core.settings import CircuitSettings
from qtl_core.turning.records import Counterfactual, Counterfactuals, LabelInterval

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
    return JobSpec("qtl_core.turning.finding:perform", payload, owner)


def perform(
    payload: tuple[CircuitSettings, np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    emit: Callable[[Counterfactuals], None],
    should_stop: ShouldStop,
) -> None:
    """Finds out in a worker process."""
    from qtl_core.maps.frame import Head

    circuit, trained, angles, weights, bias = payload
    head = Head(circuit, {"q_params": trained})
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
