"""Shared by both experiments with pulses: a pulse learnt for one system, and another system that begins with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.experiments.experiment import Curves, Quality
from qtl_core.learn.pulses import Driven, searched

QUALITY = Quality(
    "error of the gate", "", 1e-3, "lower", "the gate errs by at most one part in a thousand (fidelity 0.999)", 4, True
)
EVALUATION = (
    "one pulse tried out, as often as it takes to know how good its gate is; a step takes one, and two more for each "
    "piece and knob, a little stronger and a little weaker"
)
EVALUATIONS = "trial pulses"


def transferred(
    first: Driven, second: Driven, starts: tuple[np.ndarray, np.ndarray], steps: tuple[int, int], stop: ShouldStop
) -> Curves:
    """Learns pulses for the first systems; then for the second ones from fresh starts and from those pulses.

    Args:
        first: Of task A, a row for each seed.
        second: Of task B.
        starts: The fresh starts of both tasks, each of shape (seeds, pieces, knobs).
        steps: Of both tasks.
        stop: Asked often whether to end.
    """
    seeds, cost = len(starts[0]), 1 + 2 * starts[0][0].size
    before = searched(first, starts[0], steps[0], stop)
    both = replace(second, drift=np.tile(second.drift, (2, 1, 1)), wanted=np.tile(second.wanted, (2, 1, 1)))
    after = searched(both, np.concatenate([starts[1], before.drive]), steps[1], stop).errors
    return Curves(
        cost * np.arange(steps[1] + 1),
        before.errors,
        cost * np.arange(steps[0] + 1),
        after[:seeds],
        after[seeds:],
    )


def random_gate(dice: np.random.Generator, size: int) -> np.ndarray:
    """Returns a unitary, all equally likely (Haar): the QR decomposition with its phases put right."""
    parts = dice.normal(size=(2, size, size))
    unitary, upper = np.linalg.qr(parts[0] + 1j * parts[1])
    phases = np.diagonal(upper)
    gate: np.ndarray = unitary * (phases / np.abs(phases))
    return gate
