"""An experiment in transfer: task A, task B, how alike they are, what is carried, and the curves of both ways.

To add one: a module here that ends with `EXPERIMENT = Experiment(...)`, and its key in `catalogue.KEYS`; or, of a
second one in a field, in `catalogue.FURTHER`. The page, the shell, the table in docs and the tests of all experiments
follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qtl_core.common.progress import ShouldStop

SEEDS = 20


@dataclass(frozen=True)
class Likeness:
    """One stop of the slider: how alike task A is to task B, which is always the same.

    Attributes:
        value: From 0, nothing in common, to 1, the same task.
        task_a: What is learnt first, in a few words that end a sentence ("the hydrogen molecule at 0.70 Å").
    """

    value: float
    task_a: str


@dataclass(frozen=True)
class Quality:
    """A figure that tells how well task B is done, and from where on it counts as learnt.

    Attributes:
        name: As an axis says it ("error of the energy").
        unit: "hartree", "points", or "" for a share.
        target: Reached by the first value at least, or at most, so large.
        better: Whether small or large values are good.
        target_words: The same in words, after "until" ("the energy is within chemical accuracy, 1.6 millihartree").
        digits: Places after the point, as shown.
        log: Whether its axis has powers of ten.
    """

    name: str
    unit: str
    target: float
    better: Literal["lower", "higher"]
    target_words: str
    digits: int = 3
    log: bool = False

    def reached(self, values: np.ndarray) -> np.ndarray:
        """Returns where a value is good enough, of any shape."""
        reached: np.ndarray = values <= self.target if self.better == "lower" else values >= self.target
        return reached


@dataclass(frozen=True)
class Curves:
    """The curves of what was learnt, a row for each seed, all at the same numbers of evaluations.

    Attributes:
        evaluations: How many were used up to each point, from 0 on, increasing, shape (points,).
        first: Quality of task A while it is learnt, shape (seeds, points of A).
        first_evaluations: Those of task A, shape (points of A,).
        scratch: Quality of task B from a fresh start, shape (seeds, points).
        transferred: Quality of task B from what task A left, same seeds, same data, same optimiser, shape (seeds,
            points).
    """

    evaluations: np.ndarray
    first: np.ndarray
    first_evaluations: np.ndarray
    scratch: np.ndarray
    transferred: np.ndarray

    def __post_init__(self) -> None:
        if self.scratch.shape != self.transferred.shape or self.scratch.shape[1:] != self.evaluations.shape:
            raise ValueError(f"curves of shapes {self.scratch.shape}, {self.transferred.shape} cannot be paired")
        if self.first.shape != (len(self.scratch), len(self.first_evaluations)):
            raise ValueError(f"task A's curves of shape {self.first.shape} belong to no seeds")


Learn = Callable[[Likeness, np.ndarray, ShouldStop], Curves]


@dataclass(frozen=True)
class Experiment:
    """One field's experiment.

    Attributes:
        key: That of its topic on the Learn page, or of a further one in its field a name of its own; its module's.
        title: What is carried from where to where, in a few words.
        about: What it is about and what is asked, for a reader who knows nothing of the field: two or three sentences.
        task_b: What is learnt afterwards, in words that end a sentence.
        carried: What goes from A to B, in words that end a sentence ("the six angles of the ansatz").
        likenesses: The stops, from nothing in common on; five or so.
        usual: Which of them is shown first.
        quality: Of task B.
        evaluation: What one evaluation is ("one run of the circuit at one setting of its angles").
        evaluations: Its plural, as an axis and a sentence say it ("energy evaluations").
        without: The honest line: what does as well without anything quantum, a whole sentence or two.
        reference: Where the method is from, or "" for our own.
        learn: Learns all: the stop, the seeds, asked often whether to stop. Equal arguments give equal curves.
        seeds: How many are learnt.
    """

    key: str
    title: str
    about: str
    task_b: str
    carried: str
    likenesses: tuple[Likeness, ...]
    usual: int
    quality: Quality
    evaluation: str
    evaluations: str
    without: str
    learn: Learn
    reference: str = ""
    seeds: int = SEEDS

    def __post_init__(self) -> None:
        values = [each.value for each in self.likenesses]
        if values != sorted(set(values)) or values[0] != 0 or values[-1] > 1:
            raise ValueError(f"{self.key}: the stops must go up from 0 to 1 at most, not {values}")
        if not 0 < self.usual < len(values):
            raise ValueError(f"{self.key}: the stop shown first must have something in common with task B")
