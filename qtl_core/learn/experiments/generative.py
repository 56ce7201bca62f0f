"""A Born machine taught one bell curve, and then another: five qubits whose measured strings are the numbers 0 to 31.

Task A's curve is as wide as task B's and sits further along; how alike they are is how much of their chances they
share. A seed draws where B's curve sits and both fresh starts. The circuit begins with all strings alike; the loss is
the Kullback-Leibler divergence.

Tried by hand, for task B from scratch: 2, 3 and 4 layers (2 and 3 often never get there); fresh angles spread by
0.05, 0.3 and 1; rates 0.02, 0.05, 0.1 and 0.2. What was best is used. Tried as task A, too: B's chances shuffled, a
comb, B's complement (all did harm), two humps, a wider and a narrower curve (these saved less than near curves do).
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.experiments.descent import descend
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness, Quality
from qtl_core.learn.experiments.real_circuit import RealCircuit

WIDTH = 2.5  # a bell curve's standard deviation
CIRCUIT = RealCircuit(wires=5, depth=4)
STEPS, RATE, SPREAD = 110, 0.1, 0.05
SHIFTS = (16, 8, 4, 2, 1)
_LEAST = 1e-2  # an amplitude: a string that is never seen would make the loss endless


def bell(middles: np.ndarray) -> np.ndarray:
    """Returns the chances of all numbers, a row for each curve's middle, shape (rows, 32)."""
    heights = np.exp(-0.5 * ((np.arange(2**CIRCUIT.wires) - middles[:, None]) / WIDTH) ** 2)
    chances: np.ndarray = heights / heights.sum(axis=1, keepdims=True)
    return chances


def shared(shift: float) -> float:
    """Returns how much of their chances two curves share that sit so far apart, from 0 to 1."""
    return math.erfc(shift / (2 * math.sqrt(2) * WIDTH))


def learn(likeness: Likeness, seeds: np.ndarray, should_stop: ShouldStop) -> Curves:
    """Learns the curve further along, then task B's from both starts."""
    shift = SHIFTS[LIKENESSES.index(likeness)]
    draws = [np.random.default_rng(int(seed)) for seed in seeds]
    middles = np.array([draw.uniform(8, 12) for draw in draws])
    fresh_a, fresh_b = (np.array([draw.normal(0, SPREAD, CIRCUIT.angles) for draw in draws]) for _ in range(2))
    carried, first = taught(fresh_a, bell(middles + shift), should_stop)
    _, both = taught(np.concatenate([fresh_b, carried]), np.tile(bell(middles), (2, 1)), should_stop)
    evaluations = np.arange(STEPS + 1) * (2 * CIRCUIT.angles + 1)  # the loss's slope asks for the chances as they are
    return Curves(evaluations, first, evaluations, both[: len(seeds)], both[len(seeds) :])


def taught(start: np.ndarray, wanted: np.ndarray, should_stop: ShouldStop) -> tuple[np.ndarray, np.ndarray]:
    """Teaches every row its distribution; returns the angles, and the total variation after every step."""
    wanted = wanted.T[:, :, None]

    def look(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        amplitudes = CIRCUIT.run(angles, np.full((len(wanted), 1, 1), len(wanted) ** -0.5))
        apart = 0.5 * np.abs(np.square(amplitudes) - wanted).sum(axis=(0, 2))
        pull = -2 * wanted / np.copysign(np.maximum(np.abs(amplitudes), _LEAST), amplitudes)
        return apart, CIRCUIT.slopes(angles, amplitudes, pull)

    return descend(start, look, STEPS, RATE, should_stop)


WORDS = ("sixteen numbers", "eight numbers", "four numbers", "two numbers", "one number")
LIKENESSES = tuple(
    Likeness(round(shared(shift), 2), f"a bell curve that sits {words} further along")
    for shift, words in zip(SHIFTS, WORDS, strict=True)
)
EXPERIMENT = Experiment(
    key="generative",
    title="From one bell curve to another",
    about=(
        "A circuit learns to draw numbers at random so that they pile up in a bell curve. Once it draws one bell "
        "curve, does it learn one that sits elsewhere sooner?"
    ),
    task_b="a bell curve over the numbers 0 to 31, its middle between 8 and 12",
    carried=f"all {CIRCUIT.angles} angles of the circuit",
    likenesses=LIKENESSES,
    usual=3,
    quality=Quality(
        "share of numbers drawn wrongly",
        "",
        0.05,
        "lower",
        "at most 5 in 100 of the numbers drawn would have to be others (total variation 0.05)",
        log=True,
    ),
    evaluation="the chances of all numbers at one setting of the angles, from many shots; a step takes 51, two an "
    "angle and one as they are",
    evaluations="settings measured",
    without="A mean and a spread say all there is to a bell curve: set to those of the examples, a formula of these "
    "two numbers has less than 2 in 1,000 drawn wrongly, with no training at all.",
    reference="Benedetti et al., npj Quantum Information 5, 45 (2019)",
    learn=learn,
)
