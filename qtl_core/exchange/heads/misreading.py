"""Checks how a head was read: how many pictures it would get right with its rows or its classes taken otherwise.

Nothing in a file says which code it is for, and a head whose rows are read one off answers as sure as ever. Where
pictures are at hand they tell: what another reading gets right by far more than chance is said, with both counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.evaluation.metrics import Evaluation, wilson_interval
from qtl_core.exchange.heads.head_file import Head, Reading
from qtl_core.inference.explanation import Explanation
from qtl_core.network.parameter_rows import LAYOUTS, counted
from qtl_core.runs.view import TrainedRun

MIN_GAIN = 0.05  # of all pictures, that another reading must get right beyond this one: fewer are nobody's mistake
P_VALUE = 0.05  # the p-value of McNemar's test below which a difference is more than chance
BATCH_SIZE = 256  # pictures: at 12 qubits their states take 8 MB


@dataclass(frozen=True)
class AlternativeReading:
    """The score of another reading of the same file.

    Attributes:
        layout, depth: The reading.
        correct: How many of the same pictures it gets right.
        is_far_better: Whether that is far more than the reading that was taken, and more than chance would make it.
    """

    layout: str
    depth: int
    correct: int
    is_far_better: bool


def alternative_readings(
    found: Evaluation, explanations: Sequence[Explanation], others: Sequence[Reading]
) -> tuple[AlternativeReading, ...]:
    """Returns what other readings are worth on the pictures of an evaluation.

    Args:
        found: What the reading that was taken says of them.
        explanations: Those behind it, in the same order.
        others: Those that can be calculated with; a row that is not all finite numbers can not.
    """
    ours = found.predicted == found.labels
    sane = [reading for reading in others if np.isfinite(reading.angles).all()]
    rights = [(reading, _predicted(reading, explanations) == found.labels) for reading in sane]
    return tuple(
        AlternativeReading(reading.layout, reading.circuit.depth, int(theirs.sum()), _is_far_below(ours, theirs))
        for reading, theirs in rights
    )


def warnings_on(found: Evaluation, otherwise: Sequence[AlternativeReading]) -> tuple[str, ...]:
    """Returns the sentences that must be said of a head's count, or none where nothing looks wrong."""
    better = [each for each in otherwise if each.is_far_better]
    if better:
        return (_on_rows(found, max(better, key=lambda each: each.correct)),)
    return _on_classes(found)


def _predicted(reading: Reading, explanations: Sequence[Explanation]) -> np.ndarray:
    """Returns the class that a reading gives each picture; all readings turn pictures into the same angles."""
    import torch

    from qtl_core.network.ansatz import build_circuit
    from qtl_core.network.simulators.torch_statevector import StateVectorSimulator

    simulate, trained = StateVectorSimulator(build_circuit(reading.circuit)), torch.tensor(reading.angles)
    angles = torch.tensor(np.array([each.angles for each in explanations]))
    with torch.no_grad():
        expectations = torch.cat([simulate(part, trained) for part in angles.split(BATCH_SIZE)]).numpy()
    return (expectations.astype(np.float64) @ explanations[0].weights + explanations[0].bias).argmax(axis=1)


def _is_far_below(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Returns whether of two lists of right answers to the same pictures the first is far worse."""
    from qtl_core.evaluation.mcnemar import exact_p

    only_ours, only_theirs = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    return only_theirs - only_ours >= MIN_GAIN * len(ours) and exact_p(only_ours, only_theirs) < P_VALUE


def _on_rows(found: Evaluation, better: AlternativeReading) -> str:
    layout = LAYOUTS[better.layout]
    return (
        f"Read so, the head gets {found.count_in_words('validation pictures')}; in the layout of {layout.code} with "
        f"{counted(better.depth, 'layer')} ({layout.in_words(better.depth)}, counted from 0) it would get "
        f"{better.correct}. Chance alone rarely makes such a difference: bring it in again with the layout "
        f"“{better.layout}” and the depth {better.depth}."
    )


def _on_classes(found: Evaluation) -> tuple[str, ...]:
    """Says so where far fewer are right than by guessing, and far more if the outputs stood for other classes."""
    _, most = wilson_interval(found.correct, found.total)
    if most >= 1 / len(found.classes):
        return ()
    meant = found.confusion.argmax(axis=0)  # the class that each output is most often given to
    right = int(found.confusion[meant, np.arange(len(meant))].sum())
    least, _ = wilson_interval(right, found.total)
    always_one = found.confusion.sum(axis=1).max() / found.total
    if len(set(meant.tolist())) < len(meant) or least <= always_one:
        return ()
    named, others = ", ".join(found.classes), ", ".join(found.classes[label] for label in meant)
    return (
        f"The head gets {found.count_in_words('validation pictures')}, fewer than guessing would (about "
        f"{round(found.total / len(found.classes))}). Were its outputs "
        f"{others} in place of {named}, {right} would be right: if that is their order, bring it in again with the "
        "classes in that order.",
    )


@dataclass(frozen=True, eq=False)
class ImportedHead:
    """A head and its run.

    Attributes:
        view: The run.
        head: The head as it was read.
        alternatives: What other readings of the file are worth on the pictures that the run was measured with.
        warnings: Sentences on a reading that is probably wrong; they are among the run's notes too.
    """

    view: TrainedRun
    head: Head
    alternatives: tuple[AlternativeReading, ...] = ()
    warnings: tuple[str, ...] = ()
