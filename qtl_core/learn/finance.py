"""The chance that at least so many of a few made-up loans fail: by drawing lots, and by amplitude estimation.

Loans fail independently, each with the same chance: one qubit a loan, turned by RY. A bit string is bad where enough
qubits are 1. Grover's operator turns the state so that after k rounds a bad string comes up with the chance sin^2((2k
+ 1) t), where sin^2(t) is what is wanted. Counting at several k and taking the likeliest t (Suzuki et al., Quantum
Information Processing 19, 75, 2020) needs fewer uses of the circuit than drawing lots, where each use is one lot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn.register import act, ry, zero

LOANS, SHOTS, REPEATS = 5, 40, 60  # shots at each number of rounds; how often all of it is repeated
MOST_ROUNDS = 7  # 0, 1, 2, 4, ... 2**(MOST_ROUNDS - 2) rounds of Grover
_FINE = 20_001  # values of t that are compared


@dataclass(frozen=True)
class Errors:
    """The errors of estimates, as the root mean square over repeats.

    Attributes:
        uses: How often the circuit, or a lot, is used, shape (settings,).
        amplitude: Error of amplitude estimation, shape (settings,).
        lots: Error of drawing lots, shape (settings,).
    """

    uses: np.ndarray
    amplitude: np.ndarray
    lots: np.ndarray


def prepared(chance: float) -> np.ndarray:
    """Returns the state of all loans, shape (2**LOANS,), real."""
    state = zero(LOANS)
    for loan in range(LOANS):
        state = act(ry(2 * math.asin(math.sqrt(chance))), state, [loan])
    return state.real


def bad(least: int) -> np.ndarray:
    """Returns which bit strings have at least so many failed loans, shape (2**LOANS,)."""
    return np.array([bin(string).count("1") >= least for string in range(2**LOANS)])


def exact(chance: float, least: int) -> float:
    """Returns the probability by the binomial distribution."""
    return sum(math.comb(LOANS, k) * chance**k * (1 - chance) ** (LOANS - k) for k in range(least, LOANS + 1))


def amplified(chance: float, least: int, rounds: int) -> float:
    """Returns the chance of a bad string after so many rounds of Grover's operator, by applying it to the state."""
    start, marked = prepared(chance), bad(least)
    state = start
    for _ in range(rounds):
        state = np.where(marked, -state, state)
        state = 2 * start * (start @ state) - state
    return float(np.square(state)[marked].sum())


@lru_cache(maxsize=32)
def errors(chance: float, least: int, seed: int = 0) -> Errors:
    """Repeats both ways with simulated measurements."""
    dice, truth = np.random.default_rng(seed), exact(chance, least)
    rounds = [0, *(2**power for power in range(MOST_ROUNDS - 1))]
    hits = np.array([dice.binomial(SHOTS, amplified(chance, least, each), REPEATS) for each in rounds])
    turns = np.linspace(0, math.pi / 2, _FINE)
    likely = np.zeros((REPEATS, _FINE))
    uses: list[int] = []
    off: list[float] = []
    for each, counts in zip(rounds, hits, strict=True):
        seen = np.clip(np.sin((2 * each + 1) * turns) ** 2, 1e-12, 1 - 1e-12)
        likely += counts[:, None] * np.log(seen) + (SHOTS - counts[:, None]) * np.log(1 - seen)
        found = np.sin(turns[likely.argmax(axis=1)]) ** 2
        uses.append(SHOTS * (2 * each + 1) + (uses[-1] if uses else 0))
        off.append(math.sqrt(np.mean((found - truth) ** 2)))
    lots = [math.sqrt(np.mean((dice.binomial(use, truth, REPEATS) / use - truth) ** 2)) for use in uses]
    return Errors(np.array(uses), np.array(off), np.array(lots))
