"""Words on which way brings answers back, picture by picture, and whether luck would give as much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from qtl_core.evaluation.mcnemar import exact_p
from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.readout.mending import Mended
from qtl_core.readout.run_readout import RunReadout


class _Way(NamedTuple):
    title: str
    run: RunReadout

    @property
    def right(self) -> np.ndarray:
        """True for each picture that is right, shape (pictures,)."""
        return np.asarray(self.run.evaluation.predicted == np.asarray(self.run.labels))


def mending_words(found: Sequence[Mended]) -> str:
    """Says which way has most right, judged on the same pictures, and which brings the measured values nearest.

    The best of several ways is flattered, so its p-value (`evaluation.mcnemar`) is multiplied by their
    number, as Bonferroni does.

    Args:
        found: The pictures read as they are, and then in every way; nothing is said where there is none.
    """
    ways = [_Way(each.title, each.reading.run) for each in found[1:] if each.reading]
    if not found or found[0].reading is None or not ways:
        return ""
    plain = found[0].reading.run
    return f"{_right_words(plain, ways)} {_nearest_words(plain, ways)}"


def _right_words(plain: RunReadout, ways: Sequence[_Way]) -> str:
    best = max(ways, key=lambda way: way.run.accuracy)
    if best.run.accuracy <= plain.accuracy:
        return "No way gets more of them right."
    so, as_it_is = best.right, _Way("", plain).right
    only_so, only_before = int((so & ~as_it_is).sum()), int((as_it_is & ~so).sum())
    p = min(1.0, exact_p(only_so, only_before) * len(ways))
    verdict = "luck alone could give that" if p >= ALPHA else "more than luck alone would give"
    corrected = f", corrected for the {len(ways)} ways compared" if len(ways) > 1 else ""
    return (
        f"Most are right with “{best.title}”: of {plain.size:,}, {only_so:,} only so and "
        f"{only_before:,} only as it is; {verdict} (p = {p:.2g}{corrected})."
    )


def _nearest_words(plain: RunReadout, ways: Sequence[_Way]) -> str:
    nearest = min(ways, key=lambda way: way.run.mean_error)
    if nearest.run.mean_error >= plain.mean_error:
        return "None brings ⟨Z⟩ nearer to exact."
    return (
        f"⟨Z⟩ comes nearest to exact with “{nearest.title}” "
        f"({nearest.run.mean_error:.3f} off, {plain.mean_error:.3f} as it is)."
    )
