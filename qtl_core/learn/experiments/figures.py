"""An experiment's outcome as one object of numbers and words, for the shell, and as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.learn.experiments.experiment import Experiment
from qtl_core.learn.experiments.outcome import Effort, Outcome, first_effort
from qtl_core.learn.experiments.words import nothing_in_common, sentence

NEAR = 1e-6  # of a stop's value, however it is written


def stop_of(experiment: Experiment, said: str | None) -> int:
    """Returns the place of a stop, named by how alike its tasks are; the usual one where none is named.

    Raises:
        UserError: There is no stop of that value.
    """
    if said is None:
        return experiment.usual
    for place, each in enumerate(experiment.likenesses):
        with suppress(ValueError):
            if abs(each.value - float(said)) < NEAR:
                return place
    stops = ", ".join(f"{each.value:g}" for each in experiment.likenesses)
    raise UserError(f"“{experiment.key}” has no stop {said}.", "", f"Choose from {stops}.")


def as_object(experiment: Experiment, found: Sequence[Outcome], place: int) -> dict[str, Any]:
    """Returns all that came out: one stop, and the numbers of every stop below `stops`.

    Args:
        experiment: Which.
        found: The outcomes of all stops, corrected for one another, from the least alike on.
        place: That of the stop which is told.
    """
    outcome = found[place]
    return {
        "key": experiment.key,
        "title": experiment.title,
        "task_b": experiment.task_b,
        "carried": experiment.carried,
        **stop_object(experiment, outcome),
        "seeds": len(outcome.scratch.each),
        "evaluation": experiment.evaluation,
        "target": experiment.quality.target_words,
        "sentence": sentence(experiment, outcome),
        "nothing_in_common": nothing_in_common(experiment, found, outcome),
        "without": experiment.without,
        "stops": [stop_object(experiment, each) for each in found],
    }


def stop_object(experiment: Experiment, outcome: Outcome) -> dict[str, Any]:
    """Returns the numbers of one stop."""
    return {
        "likeness": outcome.likeness.value,
        "task_a": outcome.likeness.task_a,
        "scratch": _effort(outcome.scratch),
        "transferred": _effort(outcome.transferred),
        "evaluations_saved": outcome.saved,
        "difference": outcome.difference,
        "low": outcome.low,
        "high": outcome.high,
        "p": outcome.p,
        "p_corrected": outcome.p_corrected,
        "verdict": outcome.verdict,
        "task_a_evaluations": float(outcome.curves.first_evaluations[-1]),
        "task_a_until_target": _effort(first_effort(outcome.curves, experiment.quality)),
    }


def seed_rows(found: Sequence[Outcome]) -> list[dict[str, str | int | float | bool]]:
    """Returns one row for each seed of each stop."""
    return [
        {
            "likeness": outcome.likeness.value,
            "task_a": outcome.likeness.task_a,
            "seed": seed,
            "from_scratch": float(scratch),
            "carried_start": float(carried),
            "saved": float(scratch - carried),
        }
        for outcome in found
        for seed, (scratch, carried) in enumerate(zip(outcome.scratch.each, outcome.transferred.each, strict=True))
    ]


def _effort(effort: Effort) -> dict[str, float | int]:
    return {"median": effort.median, "low": effort.low, "high": effort.high, "missed": effort.missed}
