"""Numbers of a trained head put into a fresh one as a plan says, and the masks of what came over and what stands still.

Where features are standardised (x -> (x - mean) * scale), a layer's numbers mean something only together with that
mean and scale. A layer that travels is therefore rewritten for those of its new run: it makes the same of a picture as
before, whether either run standardises or both do, each by its own pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.runs.events import Arrays
from qtl_core.settings.heads import CIRCUIT, POST_NET, PRE_NET
from qtl_core.settings.parameters import PARAMETERS, Shapes
from qtl_core.training.transfer.fitting import FRESH
from qtl_core.training.transfer.plan import PartPlan, TransferPlan

Masks = Mapping[str, np.ndarray]


def carried_weights(plan: TransferPlan, trained: Arrays, fresh: Arrays, moved: Arrays | None = None) -> Arrays:
    """Returns the weights to start from: fresh ones, with what travels put in.

    Args:
        plan: What travels.
        trained: The weights that it travels from, by parameter name, with what its features were standardised by.
        fresh: The new head's initial weights.
        moved: What the new run standardises its features by (`MEAN` and `SCALE`), where it does.

    Returns:
        Arrays of the shapes and types of `fresh`, and in its order.
    """
    found = {name: np.array(values) for name, values in fresh.items()}
    for part in filter(lambda each: each.travels, plan.parts):
        taken = np.array(part.rows)
        for name, values in _rewritten(plan, part, trained, moved or {}).items():
            new, old = _by_row(found[name], part), _by_row(values, part)
            new[taken != FRESH] = old[taken[taken != FRESH]]
            found[name] = new.reshape(fresh[name].shape)
    return found


def carried_masks(plan: TransferPlan, shapes: Shapes) -> dict[str, np.ndarray]:
    """Returns which numbers travelled, by parameter name: True where one did. Only parts that travel have some.

    Args:
        plan: What travels.
        shapes: Those of the new head's parameters.
    """
    found = {}
    for part in filter(lambda each: each.travels, plan.parts):
        travelled = np.array(part.rows) != FRESH
        for name in PARAMETERS[part.part]:
            mask = _by_row(np.zeros(shapes[name], dtype=bool), part)
            mask[travelled] = True
            found[name] = mask.reshape(shapes[name])
    return found


def fixed_masks(frozen: Iterable[str], carried: Masks, shapes: Shapes) -> dict[str, np.ndarray]:
    """Returns which numbers stand still, by parameter name; parameters that learn altogether are left out.

    Of a frozen part that was carried over, what travelled stands still and the rest learns; one of which nothing
    travelled stands still altogether, at its random start.

    Args:
        frozen: The parts that are to stand still; those that the head does not have are passed over.
        carried: What travelled, as `carried_masks` gave it.
        shapes: Those of the head's parameters.
    """
    names = [name for part in frozen for name in PARAMETERS[part] if name in shapes]
    return {name: np.array(carried[name]) if name in carried else np.ones(shapes[name], dtype=bool) for name in names}


def with_fresh(start: Arrays, carried: Masks, fresh: Arrays, moved: Arrays | None = None) -> dict[str, np.ndarray]:
    """Returns a carried start with its fresh numbers drawn anew, as another seed would have.

    Args:
        start: The weights that a run began with.
        carried: Which of them travelled.
        fresh: The initial weights of the other seed.
        moved: What features are standardised by now; None for what `start` has of that.
    """
    start = start if moved is None else rescaled(start, moved)
    found = {name: np.where(carried.get(name, False), start[name], values) for name, values in fresh.items()}
    return {**start, **found}


def not_finite(weights: Arrays) -> tuple[str, ...]:
    """Returns the parts of a head among whose numbers are some that are none (NaN or infinite)."""
    bad = {name for name, values in weights.items() if not np.isfinite(values).all()}
    if bad & {MEAN, SCALE}:  # they are the business of the layer that reads features
        bad.add("pre_net.weight" if "pre_net.weight" in weights else "post_net.weight")
    return tuple(part for part, names in PARAMETERS.items() if bad & set(names))


def _by_row(values: np.ndarray, part: PartPlan) -> np.ndarray:
    """Returns an array with a row for each unit, layer or class; a circuit's angles lie flat, layer after layer."""
    return values.reshape(-1, part.numbers // len(part.rows)) if part.part == CIRCUIT else values


def _rewritten(plan: TransferPlan, part: PartPlan, trained: Arrays, moved: Arrays) -> Arrays:
    """Returns a part's numbers; of the layer that reads features, as those are scaled here."""
    first = PRE_NET if plan.part(PRE_NET).how != "absent" else POST_NET
    head = rescaled(trained, moved) if part.part == first else trained
    return {name: np.asarray(head[name]) for name in PARAMETERS[part.part]}


def rescaled(head: Arrays, moved: Arrays) -> Arrays:
    """Returns a head that makes the same of features, which from here on are standardised otherwise.

    Args:
        head: Its weights, with what its features were standardised by, where they were.
        moved: What they are standardised by now (`MEAN` and `SCALE`); empty where they are not.
    """
    if all(np.array_equal(head.get(name, ()), moved.get(name, ())) for name in (MEAN, SCALE)):
        return head
    names = PARAMETERS[PRE_NET if "pre_net.weight" in head else POST_NET]
    weight, bias = (np.asarray(head[name], dtype=np.float64) for name in names)
    if MEAN in head:  # now for features as they are
        weight = weight * head[SCALE]
        bias = bias - weight @ head[MEAN]
    if MEAN in moved:
        bias = bias + weight @ moved[MEAN]
        weight = weight / moved[SCALE]
    rest = {name: values for name, values in head.items() if name not in (MEAN, SCALE)}
    layer = {name: values.astype(head[name].dtype) for name, values in zip(names, (weight, bias), strict=True)}
    return {**rest, **layer, **moved}
