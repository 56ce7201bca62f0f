"""The beginning of a training: its first weights, what stands still, and what is said of it.

A fresh start, a start carried over from another run, or a start that is kept with a run: going on with that run, or
training it again, needs its ancestor no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import Arrays, BatchDone, Checkpoint, EpochDone, Prepared
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_shapes
from qtl_core.training.transfer.ancestors import StartingPoint, read_start
from qtl_core.training.transfer.carrying import Masks, carried_masks, carried_weights, fixed_masks, with_fresh
from qtl_core.training.transfer.facts import facts_before, facts_of
from qtl_core.training.transfer.plan import plan_transfer

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

    @property
    def start(self) -> Arrays | None:
        """The weights to begin with, as `TrainingTask` takes them."""
        return self.weights or None

    def with_seed(self, seed: int) -> Arrays | None:
        """Returns the weights that another seed begins with: what was carried over is the same, the rest its own."""
        if not self.weights:
            return None
        return with_fresh(self.weights, self.carried, _fresh(self.prepared, seed))

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
    """
    point = read_start(settings.transfer.start_from) if settings.transfer.start_from else None
    plan = plan_transfer(point.facts if point else None, facts_before(settings, ANY_CLASSES))
    carried = settings.transfer.carried_parts
    if plan.refusal and (point is None or not carried or set(carried) & set(point.facts.not_finite)):
        raise plan.refusal  # for any classes
    return point


def begin(prepared: Prepared, point: StartingPoint | None, moved: Arrays | None = None) -> Beginning:
    """Returns how a new run begins.

    Args:
        prepared: What is trained.
        point: What it starts from; None for a fresh start.
        moved: What its features are standardised by, where they are.

    Raises:
        UserError: Nothing would be carried over, what would is not finite, or nothing is left to learn.
    """
    facts = facts_of(prepared)
    plan = plan_transfer(point.facts if point else None, facts)
    if plan.refusal:
        raise plan.refusal
    prepared = replace(prepared, parameters=plan.parameters, trained_parameters=plan.trained_parameters)
    frozen = prepared.settings.transfer.frozen_parts
    if point is None:
        return Beginning(prepared, fixed=fixed_masks(frozen, {}, facts.shapes))
    masks = carried_masks(plan, facts.shapes)
    weights = carried_weights(plan, point.weights, _fresh(prepared, prepared.settings.training.seed), moved)
    note = f"{STARTS_FROM}“{point.ancestor.name}”. {' '.join(plan.sentences)}"
    prepared = replace(prepared, lineage=point.lineage(plan), notes=(*prepared.notes, note))
    return Beginning(prepared, {**weights, **(moved or {})}, masks, fixed_masks(frozen, masks, facts.shapes))


def begin_as_kept(prepared: Prepared, kept: KeptStart) -> Beginning:
    """Returns the beginning of a run that goes on, or is trained again, from the start that is kept with it."""
    settings = prepared.settings
    shapes = parameter_shapes(prepared.feature_size, len(prepared.classes), settings.circuit, settings.model)
    fixed = fixed_masks(settings.transfer.frozen_parts, kept.carried, shapes)
    never = fixed_masks(HEADS[settings.model.head].fixed, {}, shapes)
    parameters = sum(math.prod(shape) for shape in shapes.values())
    still = sum(int(mask.sum()) for mask in {**fixed, **never}.values())
    prepared = replace(
        prepared,
        parameters=parameters,
        trained_parameters=parameters - still,
        lineage=kept.lineage,
        notes=tuple(filter(None, (*prepared.notes, kept.note))),
    )
    return Beginning(prepared, kept.weights, kept.carried, fixed)


def _fresh(prepared: Prepared, seed: int) -> Arrays:
    settings = prepared.settings
    sizes = prepared.feature_size, len(prepared.classes)
    return initial_weights(*sizes, settings.circuit, settings.training.q_delta, seed, settings.model)
