"""Occlusion: a plain patch covers part after part of the picture; where a target falls, it had looked.

M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, arXiv:1311.2901, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress

CELLS = 14  # places of the map along a side, and so many steps of the patch: 16 pixels of 224, whatever the size
SPAN = 3  # places that the patch covers along a side: a fifth of the picture, which can hide a thing's telling part
BATCH_SIZE = 12  # covered pictures that go through the network at once: one row of places

Respond = Callable[[Sequence[np.ndarray]], np.ndarray]  # views, uint8 (side, side, 3) -> targets (views, targets)


def occlusion(
    respond: Respond,
    seen: np.ndarray,
    fill: Sequence[int],
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> np.ndarray:
    """Returns by how much each target falls when a place is covered, 0 or more, float32 (targets, rows, columns).

    A place's worth is the mean over all patches that cover it.

    Args:
        respond: The targets of views of the picture.
        seen: The picture, uint8 (side, side, 3).
        fill: Colour of the patch, what the network takes for nothing.
        progress: Told how many of all patches have been tried.
        should_stop: Asked often.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    usual = respond([seen])[0]  # (targets,)
    corners = list(product(range(CELLS - SPAN + 1), repeat=2))
    fallen, patches = np.zeros((len(usual), CELLS, CELLS)), np.zeros((CELLS, CELLS))
    for start in range(0, len(corners), BATCH_SIZE):
        if should_stop():
            raise StoppedByUser
        part = corners[start : start + BATCH_SIZE]
        drops = usual - respond([_covered(seen, corner, fill) for corner in part])  # (corners, targets)
        for (row, column), drop in zip(part, drops, strict=True):
            place = np.s_[row : row + SPAN, column : column + SPAN]
            fallen[:, *place] += drop[:, None, None]
            patches[place] += 1
        progress(start + len(part), len(corners))
    return np.maximum(fallen / patches, 0).astype(np.float32)


def _covered(seen: np.ndarray, corner: Sequence[int], fill: Sequence[int]) -> np.ndarray:
    edges = np.rint(np.linspace(0, seen.shape[0], CELLS + 1)).astype(int)
    rows, columns = (slice(edges[place], edges[place + SPAN]) for place in corner)
    covered = seen.copy()
    covered[rows, columns] = fill
    return covered
