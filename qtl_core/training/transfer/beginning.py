"""The beginning of a training: its first weights, what stands still, and what is said of it.

A fresh start, a start carried over from another run, or a start that is kept with a run: going on with that run, or
training it again, needs its ancestor no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import Arrays, BatchDone, Checkpoint, EpochDone, Prepared
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.training.readout_check import check_readout
from qtl_core.training.starting import standardisation
from qtl_core.training.task import FeatureSource, TrainingTask, task_of
from qtl_core.training.transfer.ancestors import StartingPoint, read_start
from qtl_core.training.transfer.carrying import Masks, carried_masks, carried_weights, fixed_masks, with_fresh
from qtl_core.training.transfer.facts import facts_before, facts_of
from qtl_core.training.transfer.plan import TransferPlan, plan_transfer

STARTS_FROM = "It starts from "
ANY_CLASSES = ("one", "other")  # where it is not known yet which there will be


@dataclass(frozen=True, eq=False)
class KeptStart:
    """A carried start that is kept with a run.

    Attributes:
        weights: The head before the first step.
        carried: Which of its numbers were carried over: True where one was, by parameter name.
        lineage: Where they came from.
        note: What was said of it when it began.
    """

    weights: Arrays = field(repr=False)
    carried: Masks = field(repr=False)
    lineage: tuple[Ancestor, ...] = ()
    note: str = ""


def kept_start(view: RunView) -> KeptStart | None:
    """Returns the carried start that a run keeps; None where it began fresh, or has no epoch yet."""
    if view.prepared is None or view.checkpoint is None or not view.checkpoint.start_weights:
        return None
    note = next((note for note in view.prepared.notes if note.startswith(STARTS_FROM)), "")
    return KeptStart(view.checkpoint.start_weights, view.checkpoint.carried, view.prepared.lineage, note)


def kept_for(settings: RunSettings, view: RunView) -> KeptStart | None:
    """Returns the start that a run keeps, where settings ask for just that start again; then no ancestor is needed."""
    if view.prepared is None or not settings.transfer.start_from:
        return None
    own = view.prepared.settings
    same = all(getattr(own, group) == getattr(settings, group) for group in ("circuit", "model", "data", "transfer"))
    return kept_start(view) if same and own.training.standardise == settings.training.standardise else None


@dataclass(frozen=True, eq=False)
class Beginning:
    """The beginning of a training.

    Attributes:
        prepared: What is trained, with its lineage and how many numbers learn.
        weights: The carried start; empty for a fresh one, which every engine makes by itself.
        carried: Which of its numbers were carried over.
        fixed: Which numbers stand still: True where one does, by parameter name.
    """

    prepared: Prepared
    weights: Arrays = field(default_factory=dict, repr=False)
    carried: Masks = field(default_factory=dict, repr=False)
    fixed: Masks = field(default_factory=dict, repr=False)

    def task(self, source: FeatureSource) -> TrainingTask:
        """Returns what an engine does."""
        return task_of(self.prepared.settings, source, start=self.weights or None, fixed=self.fixed)

    def task_with_seed(self, source: FeatureSource, seed: int) -> TrainingTask:
        """Returns the same with another seed, or with other pictures of the same classes.

        What was carried over is the same; what is fresh, and what features are standardised by, is that task's own.
        """
        task = task_of(self.prepared.settings.changed(seed=seed), source, fixed=self.fixed)
        if not self.weights:
            return task
        return replace(task, start=with_fresh(self.weights, self.carried, _fresh(self.prepared, seed), _moved(task)))

    def kept_with(self, events: Iterable[BatchDone | EpochDone]) -> Iterator[BatchDone | EpochDone]:
        """Yields an engine's events, their checkpoints with the carried start, so that it is kept with the run."""
        for event in events:
            if isinstance(event, EpochDone) and self.weights:
                event = replace(event, checkpoint=self._with_start(event.checkpoint))
            yield event

    def _with_start(self, checkpoint: Checkpoint) -> Checkpoint:
        return replace(checkpoint, start_weights=self.weights, carried=self.carried)


def starting_point(settings: RunSettings) -> StartingPoint | None:
    """Returns the run that settings start from, or None; refuses what can never be trained before pictures are read.

    Raises:
        UserError: That run is gone, damaged, or broke down; or nothing is left to learn.
            Or the circuit cannot be trained under the readout.
    """
    check_readout(settings)
    point = read_start(settings.transfer.start_from) if settings.transfer.start_from else None
    plan = plan_transfer(point.facts if point else None, facts_before(settings, ANY_CLASSES))
    carried = settings.transfer.carried_parts
    if plan.refusal and (point is None or not carried or set(carried) & set(point.facts.not_finite)):
        raise plan.refusal  # for any classes
    return point


def check_something_learns(point: StartingPoint | None, settings: RunSettings, classes: Sequence[str]) -> None:
    """Refuses a training of which nothing is left to learn, once the classes are known and before the pictures are.

    Args:
        point: The run that it starts from; None for a fresh start.
        settings: Those really used, with the image network that is there.
        classes: Of the pictures.

    Raises:
        UserError: Every part of the head stands still, and all of it.
    """
    plan = plan_transfer(point.facts if point else None, facts_before(settings, classes))
    if plan.refusal and not plan.trained_parameters:
        raise plan.refusal


def begin(
    prepared: Prepared, source: FeatureSource, point: StartingPoint | None = None, kept: KeptStart | None = None
) -> Beginning:
    """Returns how a training begins.

    Args:
        prepared: What is trained.
        source: Its features.
        point: The run that it starts from; None for a fresh start.
        kept: In place of that, the start that is kept with the run that goes on or is trained again.

    Raises:
        UserError: Nothing would be carried over, what would is not finite, or nothing is left to learn.
    """
    if kept:
        return _begin_as_kept(prepared, kept)
    plan = plan_transfer(point.facts if point else None, facts_of(prepared))
    if plan.refusal:
        raise plan.refusal
    prepared = replace(prepared, parameters=plan.parameters, trained_parameters=plan.trained_parameters)
    return _begin_from(prepared, source, point, plan) if point else Beginning(prepared, fixed=_fixed(prepared, {}))


def _begin_from(prepared: Prepared, source: FeatureSource, point: StartingPoint, plan: TransferPlan) -> Beginning:
    moved = _moved(task_of(prepared.settings, source))
    carried = carried_masks(plan, facts_of(prepared).shapes)
    weights = carried_weights(plan, point.weights, _fresh(prepared, prepared.settings.training.seed), moved)
    note = f"{STARTS_FROM}“{point.ancestor.name}”. {' '.join(plan.sentences)}"
    notes = tuple(filter(None, (*prepared.notes, note, tested_before_words(prepared, point))))
    prepared = replace(prepared, lineage=point.lineage(plan), notes=notes)
    return Beginning(prepared, {**weights, **moved}, carried, _fixed(prepared, carried))


OF_NUMBERS = ("source", "table", "label", "shape", "turns", "rotation_degrees", "spread", "points")  # whose rows


def tested_before_words(prepared: Prepared, point: StartingPoint) -> str:
    """Says how many of the test part chose the epoch of the run that a training starts from; "" where none did.

    Pictures are known by their files; rows, which go by their numbers, only where both runs learnt of one table.
    """
    here, there = prepared.settings.data, point.facts.settings.data
    if here.is_numbers and any(getattr(here, name) != getattr(there, name) for name in OF_NUMBERS):
        return ""
    known = sum(file in point.chosen_by for file in prepared.test_files)
    if not known:
        return ""
    return (
        f"{known:,} of the {prepared.test_size:,} test {here.noun} are among those that chose the epoch of "
        f"“{point.ancestor.name}”, so to the carried numbers they are not new, and the test may flatter."
    )


def _begin_as_kept(prepared: Prepared, kept: KeptStart) -> Beginning:
    shapes, fixed = facts_of(prepared).shapes, _fixed(prepared, kept.carried)
    never = fixed_masks(HEADS[prepared.settings.model.head].fixed, {}, shapes)
    parameters = sum(math.prod(shape) for shape in shapes.values())
    still = sum(int(mask.sum()) for mask in {**fixed, **never}.values())
    notes = tuple(filter(None, (*prepared.notes, kept.note)))
    prepared = replace(prepared, parameters=parameters, trained_parameters=parameters - still, notes=notes)
    return Beginning(replace(prepared, lineage=kept.lineage), kept.weights, kept.carried, fixed)


def _fixed(prepared: Prepared, carried: Masks) -> Masks:
    return fixed_masks(prepared.settings.transfer.frozen_parts, carried, facts_of(prepared).shapes)


def _moved(task: TrainingTask) -> dict[str, np.ndarray]:
    """Returns what a task's features are standardised by, in single precision, as checkpoints hold it."""
    return {name: np.asarray(values, dtype=np.float32) for name, values in standardisation(task).items()}


def _fresh(prepared: Prepared, seed: int) -> Arrays:
    settings = prepared.settings
    sizes = prepared.feature_size, len(prepared.classes)
    return initial_weights(*sizes, settings.circuit, settings.training.q_delta, seed, settings.model)
