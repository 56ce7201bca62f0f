"""Comparisons within a study: run against run of the same seed and pictures, corrected for all that was compared.

The values of the first axis are set against one another, once for every combination of the other axes' values; or
every cell against the settings chosen, where the plan says so. Over folds a pair is a fold, with the mean over its
seeds: they share their pictures, and would count as more than they are.

The test is Wilcoxon's signed-rank test of the paired differences, the interval of their mean a bootstrap, the size of
the effect Cliff's delta; p-values are corrected by Holm's steps over all comparisons of the study.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from qtl_core.evaluation.holm import holm
from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.plan import BASE, Cell, CellRun, StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.sampling import Search

FEWEST_PAIRS = 6  # of five signs all equal luck makes one in sixteen: no p-value below the level is possible
MOST_AGAINST_ALL = 6  # values that are compared each with each; of more, each with the first
RESAMPLES = 2_000
FAR = 0.1  # of accuracy: a run so far below the median of its side moves a mean, and ranks hardly
EXACT_PAIRS = 400  # beyond, a normal approximation is as good, and quicker


@dataclass(frozen=True)
class Comparison:
    """Two cells: mostly two values of the first axis, at one place on the others.

    Attributes:
        at: The values that both have, by setting.
        a, b: The values in which they differ; of several settings a value each, by setting.
        pairs: How many seeds, or folds, have both.
        difference: The mean of a minus b.
        low, high: A 95% interval of it by bias-corrected bootstrap, of this comparison alone.
        p: Two-sided, of Wilcoxon's signed-rank test.
        p_corrected: The same after Holm's correction; to be held against `ALPHA`.
        delta: Cliff's delta: how much more often a run of a is above one of b than below, -1 to 1.
        above, below: In how many pairs a is above b, and below it; the others are equal.
        ranks: The ranks of pairs in which a is above, less those in which it is below, as a share of all: -1 to 1.
        broken_a, broken_b: How many runs of each broke down, and count nowhere.
        far_a, far_b: How many values of each lie more than `FAR` below their median: of accuracies alone.
    """

    at: Mapping[str, Value]
    a: Value
    b: Value
    pairs: int
    difference: float
    low: float
    high: float
    p: float
    p_corrected: float
    delta: float
    above: int = 0
    below: int = 0
    ranks: float = 0.0
    broken_a: int = 0
    broken_b: int = 0
    far_a: int = 0
    far_b: int = 0

    @property
    def is_luck(self) -> bool:
        """True if luck may well give such a difference, all comparisons taken together."""
        return self.p_corrected > ALPHA

    @property
    def is_torn(self) -> bool:
        """True if the test of ranks finds a difference that the mean does not show: then neither side is named."""
        return not self.is_luck and not (self.low * self.high > 0 and self.ranks * self.difference > 0)

    @property
    def counts(self) -> bool:
        """True if ranks and mean say alike that there is a difference, and luck would hardly give it."""
        return not self.is_luck and not self.is_torn


def usual_measure(rows: Sequence[Row]) -> str:
    """Returns what is compared unless somebody says otherwise: a figure that chose nothing."""
    good = [row for row in rows if not row.broke_down]
    if any(row.test_accuracy is not None for row in good):
        return "test_accuracy"
    # Of a head that is read out afterwards the last epoch's weights are not kept.
    best_alone = any(row.last_val_accuracy is None and row.best_val_accuracy is not None for row in good)
    return "best_val_accuracy" if best_alone else "last_val_accuracy"


def compared(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> list[Comparison]:
    """Returns all comparisons for which there are `FEWEST_PAIRS`, corrected together; none without an axis.

    Args:
        plan: The study.
        rows: What came of its runs so far, by key.
        measure: One of `MEASURES`.

    Raises:
        KeyError: There is no such measure.
    """
    MEASURES[measure]
    found = [each for pair in pairs_of(plan) if (each := _comparison(plan, rows, measure, *pair))]
    corrected = holm([each.p for each in found])
    return [replace(each, p_corrected=p) for each, p in zip(found, corrected, strict=True)]


def pairs_of(plan: StudyPlan) -> list[tuple[Cell, Cell]]:
    """Returns which cells are compared, in the order of the grid; none of a search, as results chose its cells."""
    if not plan.axes or isinstance(plan.sampling, Search):
        return []
    if plan.compare == BASE:
        return _with_chosen(plan)
    axis, *others = plan.axes
    by_place: dict[tuple[Value, ...], list[Cell]] = {}
    for cell in plan.cells():
        by_place.setdefault(tuple(cell.at[other.setting] for other in others), []).append(cell)
    pairs: list[tuple[Cell, Cell]] = []
    for cells in by_place.values():
        each_with_each = len(axis.values) <= MOST_AGAINST_ALL
        pairs += itertools.combinations(cells, 2) if each_with_each else [(cells[0], other) for other in cells[1:]]
    return pairs


def _with_chosen(plan: StudyPlan) -> list[tuple[Cell, Cell]]:
    """Returns every other cell with that of the settings chosen, or with the first one where that is not among them."""
    cells, chosen = plan.cells(), dict(plan.base_cell().at)
    if not cells:
        return []
    against = next((cell for cell in cells if dict(cell.at) == chosen), cells[0])
    return [(cell, against) for cell in cells if cell is not against]


def repeat_comparison(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> Comparison | None:
    """Returns the best setting with fresh seeds against the settings chosen; None without a repeat of enough seeds.

    It is one comparison that nothing was searched for, so its p-value is not corrected.
    """
    cells = plan.repeat_cells()
    runs = list(zip(*plan.repeat_runs(), strict=True))
    return _compared(runs, rows, measure, *cells) if cells else None


def _comparison(plan: StudyPlan, rows: Mapping[str, Row], measure: str, a: Cell, b: Cell) -> Comparison | None:
    return _compared(list(zip(plan.runs_of(a), plan.runs_of(b), strict=True)), rows, measure, a, b)


def _compared(
    runs: Sequence[tuple[CellRun, CellRun]], rows: Mapping[str, Row], measure: str, a: Cell, b: Cell
) -> Comparison | None:
    if all(first.key == second.key for first, second in runs):  # the very same: the setting does not count here
        return None
    pairs = paired(runs, rows, measure)
    if len(pairs) < FEWEST_PAIRS:
        return None
    gaps = pairs[:, 0] - pairs[:, 1]
    low, high = bootstrap_interval(gaps)
    p, delta = signed_rank_p(gaps), cliffs_delta(pairs[:, 0], pairs[:, 1])
    at = {name: value for name, value in a.at.items() if b.at[name] == value}
    signs = np.sign(np.round(gaps, 12))
    return Comparison(
        *(at, _own(a, at), _own(b, at), len(pairs), float(gaps.mean()), low, high, p, p, delta),
        above=int((signs > 0).sum()),
        below=int((signs < 0).sum()),
        ranks=rank_share(gaps),
        broken_a=_broken([first for first, _ in runs], rows),
        broken_b=_broken([second for _, second in runs], rows),
        far_a=_far_below(pairs[:, 0], measure),
        far_b=_far_below(pairs[:, 1], measure),
    )


def _far_below(values: np.ndarray, measure: str) -> int:
    return int((values < np.median(values) - FAR).sum()) if measure.endswith("accuracy") else 0


def is_same(plan: StudyPlan, a: Cell, b: Cell) -> bool:
    """Returns whether two cells are the very same runs, because the setting does not count there."""
    return plan.runs_of(a)[0].key == plan.runs_of(b)[0].key


def _broken(runs: Sequence[CellRun], rows: Mapping[str, Row]) -> int:
    return sum(rows[run.key].broke_down > 0 for run in runs if run.key in rows)


def _own(cell: Cell, shared: Mapping[str, Value]) -> Value:
    """Returns the values of a cell that are not shared: one as it is, several by setting."""
    own = {name: value for name, value in cell.at.items() if name not in shared}
    return own if len(own) > 1 else next(iter(own.values()))


def paired(runs: Sequence[tuple[CellRun, CellRun]], rows: Mapping[str, Row], measure: str) -> np.ndarray:
    """Returns both values of every seed, or of every fold its means over the seeds, that both have: shape (pairs, 2).

    Args:
        runs: Two cells' runs side by side.
        rows: What came of runs, by key.
        measure: One of `MEASURES`.
    """
    by_unit: dict[int, list[tuple[float, float]]] = {}
    for first, second in runs:
        values = _of(rows, first.key, measure), _of(rows, second.key, measure)
        if values[0] is not None and values[1] is not None:
            by_unit.setdefault(-first.fold or first.seed, []).append((values[0], values[1]))
    means = [pairs[0] if len(pairs) == 1 else np.mean(pairs, axis=0) for pairs in by_unit.values()]
    return np.array(means, float).reshape(-1, 2)


def _of(rows: Mapping[str, Row], key: str, measure: str) -> float | None:
    return rows[key].measure(measure) if key in rows else None


def signed_rank_p(gaps: np.ndarray) -> float:
    """Returns the two-sided p-value of Wilcoxon's signed-rank test; zeros are ranked and left out (Pratt 1959).

    Exact whatever the ties: the chances of all sums of ranks, built up rank by rank. Ties have halves of ranks, so they
    are doubled. Of very many pairs it is SciPy's normal approximation, corrected for ties.
    """
    from scipy.stats import wilcoxon

    gaps = np.round(gaps, 12)  # accuracies are shares: equal ones must tie whatever their last bit
    signed = np.rint(2 * _signed_ranks(gaps)).astype(int)
    if not len(signed):
        return 1.0
    if len(signed) > EXACT_PAIRS:
        return float(wilcoxon(gaps, zero_method="pratt", correction=False, method="asymptotic").pvalue)
    whole = int(np.abs(signed).sum())
    chances = _chances_of_sums(np.abs(signed))
    sums = 2 * np.arange(whole + 1) - whole  # of the ranks with signs, where those above come to so much
    return min(1.0, float(chances[np.abs(sums) >= abs(signed.sum())].sum()))


def rank_share(gaps: np.ndarray) -> float:
    """Returns the ranks of gaps above zero less those below, as a share of all ranks: -1 to 1, 0 where all are zero."""
    signed = _signed_ranks(np.round(gaps, 12))
    return float(signed.sum() / np.abs(signed).sum()) if len(signed) else 0.0


def _signed_ranks(gaps: np.ndarray) -> np.ndarray:
    """Returns the ranks of gaps by size, with their signs; zeros are ranked and left out."""
    from scipy.stats import rankdata

    moved = gaps != 0
    ranks: np.ndarray = (rankdata(np.abs(gaps)) * np.sign(gaps))[moved]
    return ranks


def _chances_of_sums(ranks: np.ndarray) -> np.ndarray:
    """Returns the chance of every sum, from 0 to all of them, where each rank is in it or not by a fair coin."""
    chances = np.zeros(int(ranks.sum()) + 1)
    chances[0] = 1.0
    reach = 1
    for rank in ranks:
        added = chances[:reach] / 2
        chances[:reach] /= 2
        chances[rank : rank + reach] += added
        reach += int(rank)
    return chances


def least_p(pairs: int, comparisons: int) -> float:
    """Returns the least corrected p-value that is possible: of the first of so many, all pairs on one side."""
    return min(1.0, max(1, comparisons) * 2.0 ** (1 - pairs))


def pairs_needed(comparisons: int) -> int:
    """Returns how many pairs it takes until one of so many comparisons can count."""
    pairs = FEWEST_PAIRS
    while least_p(pairs, comparisons) > ALPHA:
        pairs += 1
    return pairs


def planned_comparisons(plan: StudyPlan) -> int:
    """Returns how many comparisons there will be; of a search those of what it asked for so far."""
    return sum(not is_same(plan, first, second) for first, second in pairs_of(plan))


def bootstrap_interval(gaps: np.ndarray) -> tuple[float, float]:
    """Returns a 95% interval of the mean: bias-corrected and accelerated (Efron 1987), from a fixed seed.

    Of few pairs such an interval is too narrow: of 20 it holds the truth 92 times of 100, of 8 times 88. So its level
    is the one that makes it as wide as Student's where the pairs are normal (Hesterberg, The American Statistician 69,
    371 (2015), section 3.2). `make honest` measures what that comes to.
    """
    from scipy.special import ndtr, ndtri

    if np.ptp(gaps) == 0:
        return float(gaps[0]), float(gaps[0])
    mean, pairs = gaps.mean(), len(gaps)
    means = np.round((_resamples(pairs) * gaps).sum(axis=1), 12)  # not @: its last digits vary with the threads
    below = float((means < round(mean, 12)).mean() + (means <= round(mean, 12)).mean()) / 2
    without = (mean - gaps) / (pairs - 1)  # how far the mean of all others is from the mean, by which it is skewed
    skew = -(without**3).sum() / (6 * (without**2).sum() ** 1.5)
    bias, end = ndtri(below), ndtri((1 - bootstrap_level(pairs)) / 2)
    shares = [ndtr(bias + (bias + each) / (1 - skew * (bias + each))) for each in (end, -end)]
    low, high = np.quantile(means, shares)
    return float(low), float(high)


@lru_cache(maxsize=4)
def _resamples(pairs: int) -> np.ndarray:
    """Returns by how much each pair counts in every resample, shape (`RESAMPLES`, pairs): the same each time."""
    drawn = np.random.default_rng(0).integers(0, pairs, size=(RESAMPLES, pairs))
    return np.stack([np.bincount(each, minlength=pairs) for each in drawn]) / pairs


def bootstrap_level(pairs: int) -> float:
    """Returns the level at which percentiles of a bootstrap hold as much as an interval of 95% should."""
    from scipy.special import ndtr, stdtrit

    quantile = stdtrit(pairs - 1, 1 - ALPHA / 2)
    return float(1 - 2 * ndtr(-np.sqrt(pairs / (pairs - 1)) * quantile))


def cliffs_delta(first: np.ndarray, second: np.ndarray) -> float:
    """Returns P(first > second) - P(first < second) over all pairs of runs: Cliff, Psych. Bulletin 114, 494 (1993)."""
    ones, others = np.round(first, 12), np.sort(np.round(second, 12))
    less, most = (np.searchsorted(others, ones, side) for side in ("left", "right"))  # how many are below each of them
    return float((less + most - len(others)).sum() / (len(ones) * len(others)))
