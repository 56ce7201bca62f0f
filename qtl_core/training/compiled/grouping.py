"""The grouping of runs that train side by side: those of one shape, so many as their batches leave lanes free.

Rates, schedules, seeds, pictures and whatever else does not change the shape of the work may differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from qtl_core.training.compiled.lanes import LANES
from qtl_core.training.compiled.workspace import lanes_of_a_run
from qtl_core.training.starting import standing_still
from qtl_core.training.task import KeptFeatures, TrainingTask

# Runs that see other pictures need these side by side, too: beyond so many bytes each run stays with its own.
MOST_COPIED = 64 * 2**20


def groups_of(tasks: Sequence[TrainingTask], threads: int, *, side_by_side: bool = True) -> list[list[int]]:
    """Returns the numbers of the tasks that train together, so many in a group that no thread stays without work.

    Args:
        tasks: From kept features.
        threads: How many groups are trained at a time.
        side_by_side: Whether more than one run may be in a group.
    """
    shapes: dict[tuple[object, ...], list[int]] = {}
    for number, task in enumerate(tasks):
        shapes.setdefault(shape_of(task), []).append(number)
    return [
        numbers[first : first + size]
        for numbers in shapes.values()
        for size in [_room(tasks[numbers[0]], -(-len(numbers) // threads)) if side_by_side else 1]
        for first in range(0, len(numbers), size)
    ]


def shape_of(task: TrainingTask) -> tuple[object, ...]:
    """Returns what is equal for tasks that can be trained side by side."""
    training, source = task.training, task.source
    assert isinstance(source, KeptFeatures)
    shared = (id(source.train), id(source.val)) if _is_large(source) else ()
    masks = tuple((name, mask.tobytes()) for name, mask in standing_still(task).items())
    circuit = task.circuit if task.model.spec.has_circuit else None
    pictures = source.train.shape, source.val.shape, source.classes
    how = training.batch_size, training.epochs, training.optimiser, task.precision
    return circuit, task.model, pictures, how, masks, shared


def _is_large(source: KeptFeatures) -> bool:
    return bool(source.train.nbytes + source.val.nbytes > MOST_COPIED)


def _room(task: TrainingTask, wanted: int) -> int:
    return max(1, min(LANES // lanes_of_a_run(task.training.batch_size), wanted))
