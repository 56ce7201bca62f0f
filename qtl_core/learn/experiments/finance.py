"""A forecaster of made-up returns, carried from one market regime to another of which few returns are known.

A regime is two numbers: how much of the last return, and of the one before it, comes back in the next; the rest is
chance (an autoregression of order 2). They are LENGTH * (cos, sin) of some angle, so that about as much can be
foreseen in every regime. Regime A's angle is off B's by one whose cosine is the likeness: at 0 what comes back in one
says nothing of the other. A circuit (`Reuploading`, 2 layers, 10 angles) takes the last two returns as turns; its
<Z>, times SPAN, is the forecast. As the regimes are known, so is the best forecast, and a forecast is measured against
it without the chance in the returns: 1 is as good as can be, 0 as good as always saying "no change".

Both ways learn B from the same 40 returns, all of them in every step, with the same Adam and rate. Tried by hand for
the fresh start (seeds 0-19): rates 0.05, 0.1, 0.2 and 0.3, 1 and 2 layers, turns of 0.2 to 0.8 a return, spans of 2 to
4, angles drawn from the whole circle or within 0.1, 0.3 or 1 of those of a forecast that begins near zero; the one kept
reaches the target with the fewest evaluations and in every seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.descent import descend
from qtl_core.learn.experiments.experiment import SEEDS, Curves, Experiment, Likeness, Quality
from qtl_core.learn.reuploading import Reuploading

CIRCUIT = Reuploading(wires=2, layers=2)
KNOWN, KNOWN_OF_A, FRESH = 40, 200, 200  # returns to forecast: in training, and to measure by
STEPS, EVERY = 60, 2
RATE = 0.3
LENGTH = 0.6
TURNS_A_RETURN, SPAN = 0.2, 3.0  # in spreads of the chance part
_SETTLING = 100  # returns until a series has forgotten its start


@dataclass(frozen=True)
class Returns:
    """Returns of a regime, a row for each seed.

    Attributes:
        last: The last two before each known return, latest first, shape (seeds, known, 2).
        following: The known returns that are to be forecast, shape (seeds, known).
        fresh: The last two before returns that no training saw, shape (seeds, FRESH, 2).
        foreseeable: The best forecast of those, shape (seeds, FRESH).
    """

    last: np.ndarray
    following: np.ndarray
    fresh: np.ndarray
    foreseeable: np.ndarray

    def twice(self) -> Returns:
        """The same for a second circuit of each seed."""
        return Returns(*(np.concatenate([each, each]) for each in vars(self).values()))


def regime_b(seed: int) -> np.ndarray:
    """Returns the two numbers of the regime that is learnt afterwards."""
    turn = np.random.default_rng([seed, 0]).uniform(0, 2 * math.pi)
    return LENGTH * np.array([math.cos(turn), math.sin(turn)])


def regime_a(seed: int, likeness: float) -> np.ndarray:
    """Returns the two numbers of the regime that is learnt first, off to either side."""
    cos = likeness
    sin = math.sqrt(1 - cos**2) * np.random.default_rng([seed, 4]).choice([-1, 1])
    turned: np.ndarray = np.array([[cos, -sin], [sin, cos]]) @ regime_b(seed)
    return turned


def series(regime: np.ndarray, count: int, dice: np.random.Generator) -> np.ndarray:
    """Draws successive returns, shape (count,)."""
    drawn = dice.normal(size=count + _SETTLING)
    for at in range(2, len(drawn)):
        drawn[at] += regime[0] * drawn[at - 1] + regime[1] * drawn[at - 2]
    return drawn[_SETTLING:]


@lru_cache(maxsize=4)
def returns_of_b(seeds: tuple[int, ...]) -> Returns:
    """Draws what is known of regime B, which is the same at every stop."""
    return _drawn([regime_b(seed) for seed in seeds], KNOWN, [(seed, 1) for seed in seeds])


def foreseen(forecast: np.ndarray, returns: Returns) -> np.ndarray:
    """Returns how much of what can be foreseen is, of forecasts (rows, FRESH): shape (rows,), 1 at most."""
    missed = np.square(forecast - returns.foreseeable).mean(axis=1)
    return 1 - missed / np.square(returns.foreseeable).mean(axis=1)


def linear_forecast(returns: Returns) -> np.ndarray:
    """Forecasts the fresh returns by least squares on the known ones, shape (seeds, FRESH)."""
    fits = [
        np.linalg.lstsq(last, wanted, rcond=None)[0]
        for last, wanted in zip(returns.last, returns.following, strict=True)
    ]
    forecast: np.ndarray = np.einsum("snk,sk->sn", returns.fresh, np.array(fits))
    return forecast


def learn(likeness: Likeness, seeds: np.ndarray, should_stop: ShouldStop) -> Curves:
    """Learns A's forecaster; then B's from angles drawn afresh, and from A's."""
    keys = tuple(int(seed) for seed in seeds)
    starts = np.array([_starts(seed) for seed in keys])
    of_a = _drawn([regime_a(seed, likeness.value) for seed in keys], KNOWN_OF_A, [(seed, 3) for seed in keys])
    left, first = _trained(starts[:, 0], of_a, should_stop)
    both = np.concatenate([starts[:, 1], left])
    _, curves = _trained(both, returns_of_b(keys).twice(), should_stop)
    steps = np.arange(0, STEPS + 1, EVERY)
    return Curves(
        steps * CIRCUIT.evaluations(KNOWN),
        first,
        steps * CIRCUIT.evaluations(KNOWN_OF_A),
        curves[: len(keys)],
        curves[len(keys) :],
    )


def _starts(seed: int) -> np.ndarray:
    """Angles to start from, for A and for B; the last turn, by 90°, brings the first forecasts near zero."""
    starts = np.random.default_rng([seed, 2]).uniform(-1, 1, (2, CIRCUIT.angles))
    starts[:, -1] += math.pi / 2
    return starts


def _drawn(regimes: list[np.ndarray], known: int, keys: list[tuple[int, int]]) -> Returns:
    drawn = []
    for regime, key in zip(regimes, keys, strict=True):
        dice = np.random.default_rng(key)
        learnt, fresh = series(regime, known + 2, dice), series(regime, FRESH + 2, dice)
        drawn.append((_last_two(learnt), learnt[2:], _last_two(fresh), _last_two(fresh) @ regime))
    return Returns(*(np.array(each) for each in zip(*drawn, strict=True)))


def _last_two(returns: np.ndarray) -> np.ndarray:
    return np.column_stack([returns[1:-1], returns[:-2]])


def _trained(weights: np.ndarray, returns: Returns, should_stop: ShouldStop) -> tuple[np.ndarray, np.ndarray]:
    """Returns the trained angles, and how much is foreseen on the way, shape (rows, points)."""

    def slope(weights: np.ndarray, _: int) -> np.ndarray:
        values, slopes = CIRCUIT.slopes(TURNS_A_RETURN * returns.last, weights)
        found: np.ndarray = (slopes * (2 * SPAN * (SPAN * values - returns.following))).mean(axis=-1).T
        return found

    def look(weights: np.ndarray) -> np.ndarray:
        return foreseen(SPAN * CIRCUIT.values(TURNS_A_RETURN * returns.fresh, weights), returns)

    return descend(weights, slope, look, rate=RATE, steps=STEPS, every=EVERY, should_stop=should_stop)


def _task_a(likeness: float) -> str:
    rule = f"is {likeness:g} like the other one's (1 is the same)" if likeness else "says nothing of the other one"
    return f"forecasting a made-up market in a regime whose rule {rule}"


EXPERIMENT = Experiment(
    key="finance",
    title="A forecaster, from one made-up market regime to another",
    about=(
        "A circuit foresees the next return, the gain or loss of a day, from the last two. Then the rule that "
        "makes these returns changes, and few days of the new rule are known. Does having learnt the old one help?"
    ),
    task_b=f"forecasting that market in another regime, of which only {KNOWN} returns are known",
    carried=f"the {CIRCUIT.angles} angles of the circuit that forecasts",
    likenesses=tuple(Likeness(value, _task_a(value)) for value in (0.0, 0.4, 0.7, 0.9, 0.98)),
    usual=3,
    quality=Quality(
        "share of the foreseeable that is foreseen",
        "",
        0.7,
        "higher",
        "the forecast has 70% of what can be foreseen at all",
        digits=2,
    ),
    evaluation="one pair of returns run through the circuit at one setting of its angles",
    evaluations="runs of the circuit",
    without=(
        f"A straight-line rule fitted to the same {KNOWN} returns (least squares) foresees "
        f"{100 * foreseen(linear_forecast(returns := returns_of_b(tuple(range(SEEDS)))), returns).mean():.0f}% of what "
        "can be foreseen, with nothing carried and no step of training. The returns are made up, and made so that it "
        "fits; this says nothing of any real market."
    ),
    learn=learn,
)
