"""A made-up experiment, quick and without a circuit: what it saves follows from how alike its tasks are."""

from __future__ import annotations

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness, Quality


def learn(likeness: Likeness, seeds: np.ndarray, should_stop: ShouldStop) -> Curves:
    """A line of errors going down, which the carried start begins lower the more alike the tasks are."""
    steps = np.arange(0, 101, 2)
    luck = np.array([np.random.default_rng(seed).normal(0, 4, 2) for seed in seeds])
    scratch = 60 + luck[:, :1] - steps
    transferred = 60 * (1 - likeness.value) + luck[:, 1:] - steps
    return Curves(steps, scratch, steps, scratch, transferred)


TOY = Experiment(
    key="toy",
    title="One line helps another",
    about="A line goes down. Does it help another one?",
    task_b="the line of B",
    carried="where it begins",
    likenesses=(Likeness(0, "a line of noise"), Likeness(0.5, "half the line"), Likeness(0.9, "nearly the line")),
    usual=1,
    quality=Quality("error", "", 0, "lower", "the error is gone"),
    evaluation="one look at the line",
    evaluations="looks",
    without="A ruler does as well.",
    learn=learn,
)
