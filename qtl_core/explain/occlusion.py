"""Occlusion: a plain patch covers part after part of the picture; where a target falls, it had looked.

M. D. Zeiler, R. Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, arXiv:1311.2901, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress

CELL = 16  # pixels that the patch is moved by, and of a place of the map
PATCH = 3 * CELL  # pixels of the patch's side: a fifth of the picture's, so that it can hide a thing's telling part
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
        seen: The picture, uint8 (side, side, 3); the side is a multiple of `CELL`.
        fill: Colour of the patch, what the network takes for nothing.
        progress: Told how many of all patches have been tried.
        should_stop: Asked often.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    cells, span = seen.shape[0] // CELL, PATCH // CELL
    usual = respond([seen])[0]  # (targets,)
    corners = list(product(range(cells - span + 1), repeat=2))
    fallen, patches = np.zeros((len(usual), cells, cells)), np.zeros((cells, cells))
    for start in range(0, len(corners), BATCH_SIZE):
        if should_stop():
            raise StoppedByUser
        part = corners[start : start + BATCH_SIZE]
        drops = usual - respond([_covered(seen, corner, fill) for corner in part])  # (corners, targets)
        for (row, column), drop in zip(part, drops, strict=True):
            place = np.s_[row : row + span, column : column + span]
            fallen[:, *place] += drop[:, None, None]
            patches[place] += 1
        progress(start + len(part), len(corners))
    return np.maximum(fallen / patches, 0).astype(np.float32)


def _covered(seen: np.ndarray, corner: Sequence[int], fill: Sequence[int]) -> np.ndarray:
    top, left = (CELL * place for place in corner)
    covered = seen.copy()
    covered[top : top + PATCH, left : left + PATCH] = fill
    return covered
