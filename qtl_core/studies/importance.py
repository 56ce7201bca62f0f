"""The settings that matter most: how much worse a forest predicts a study's runs when one setting is shuffled.

A random forest learns what comes out of a run from its settings, and predicts runs of seeds that it has not seen.
How much of the differences between those it explains is its score; how much of that is lost when a setting's values are
shuffled among the runs is that setting's importance (Breiman, Machine Learning 45, 5, 2001). A forest that predicts
nothing says nothing on any setting, and then none is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qtl_core.settings.relevant import value_that_counts
from qtl_core.studies.axes import STANDING_FOR, axis_spec
from qtl_core.studies.figures import RunColumns, columns_of
from qtl_core.studies.naming import small
from qtl_core.studies.plan import Cell, StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row

FEWEST_RUNS = 30
MOST_RUNS = 5_000  # that a forest learns from; of more it is so many by lot
FOLDS = 5
TREES = 60
FEWEST_IN_LEAF = 3
SHUFFLES = 8  # of a setting, in every part that is held out
SURE = 2.0  # standard errors above nothing that a score must be


@dataclass(frozen=True)
class Weight:
    """The weight of a setting.

    Attributes:
        setting: Its name.
        mean: How much R² the forest's predictions lose when it is shuffled; more than 1 where they then mislead.
        error: The standard deviation of that over all shuffles.
    """

    setting: str
    mean: float
    error: float

    @property
    def counts(self) -> bool:
        """True if it is larger than its error."""
        return self.mean > self.error


@dataclass(frozen=True)
class Importance:
    """The weights of a study's settings, as a forest finds them.

    Attributes:
        measure: What it predicts, of `MEASURES`.
        runs: How many it was tried on.
        unseen: What the runs that it predicts have that it has not seen: "seeds", or of one seed "settings".
        score: How much of the differences between such runs it explains: 1 all of it, 0 or less nothing.
        score_error: The standard error of that over the parts that were held out.
        weights: The largest first; empty where nothing can be said.
        why_none: Why nothing can be said, as a sentence, or "".
    """

    measure: str
    runs: int
    unseen: str = "seeds"
    score: float = 0.0
    score_error: float = 0.0
    weights: tuple[Weight, ...] = ()
    why_none: str = ""

    @property
    def words(self) -> str:
        """The result in a sentence or two."""
        return self.why_none or f"{_ranking(self)} {_basis(self)}"


def importance(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> Importance:
    """Returns how much each axis matters for a measure; the same for equal rows.

    Raises:
        KeyError: There is no such measure.
    """
    runs = columns_of(plan, rows, measure)
    once = _some(np.unique(runs.keys, return_index=True)[1])
    found, values, seeds = _settings(runs)[once], runs.values[once], runs.seeds[once]
    names = [axis.setting for axis in plan.axes]
    varied = [number for number in range(len(names)) if len(np.unique(found[:, number])) > 1] if len(once) else []
    if why := _why_none(len(values), varied, values):
        return Importance(measure, len(values), why_none=why)
    scores, drops = _drops(found[:, varied], values, seeds)
    unseen = "seeds" if len(np.unique(seeds)) > 1 else "settings"
    score, error = float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(len(scores)))
    if score <= SURE * error or score <= 0:
        what = MEASURES[measure]
        none = f"From these settings a forest cannot tell the {what} of runs with other {unseen}, so nothing can be"
        return Importance(measure, len(values), unseen, score, error, (), f"{none} said on which of them matters.")
    weights = [
        Weight(names[number], float(each.mean()), float(each.std(ddof=1)))
        for number, each in zip(varied, drops, strict=True)
    ]
    ranked = tuple(sorted(weights, key=lambda each: -each.mean))
    return Importance(measure, len(values), unseen, score, error, ranked)


def _some(positions: np.ndarray) -> np.ndarray:
    if len(positions) <= MOST_RUNS:
        return positions
    return np.sort(np.random.default_rng(0).choice(positions, MOST_RUNS, replace=False))


def _settings(runs: RunColumns) -> np.ndarray:
    """Returns every run's settings as numbers, shape (runs, axes); one that plays no part is at its usual value."""
    cells = runs.plan.cells()
    columns = []
    for axis in runs.plan.axes:
        known = {value: float(number) for number, value in enumerate(axis.values)}
        by_cell = [_value(cell, axis.setting) for cell in cells]
        is_number = axis_spec(axis.setting).kind in ("whole", "real")
        columns.append([float(value) if is_number else known.setdefault(value, float(len(known))) for value in by_cell])
    return np.array(columns, float).T.reshape(len(cells), len(runs.plan.axes))[runs.cells]


def _value(cell: Cell, setting: str) -> Value:
    return cell.at[setting] if setting in STANDING_FOR else value_that_counts(cell.settings, setting)


def _why_none(runs: int, varied: Sequence[int], values: np.ndarray) -> str:
    if runs < FEWEST_RUNS:
        return f"It takes {FEWEST_RUNS} runs to say what matters most; there are {runs}."
    if not varied:
        return "No setting varies in what was trained so far, so nothing can be said on which matters."
    return "All runs came out the same, so no setting matters here." if np.ptp(values) == 0 else ""


def _drops(settings: np.ndarray, values: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the score of every part held out, and what it loses by each setting's shuffles, shape (settings, ...)."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    scores, drops = [], []
    for learnt, held in _parts(seeds):
        forest = RandomForestRegressor(TREES, min_samples_leaf=FEWEST_IN_LEAF, random_state=0, n_jobs=1)
        forest.fit(settings[learnt], values[learnt])
        scores.append(forest.score(settings[held], values[held]))
        lost = permutation_importance(forest, settings[held], values[held], n_repeats=SHUFFLES, random_state=0)
        drops.append(lost.importances)
    return np.array(scores), np.concatenate(drops, axis=1)


def _parts(seeds: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns what is learnt from and what is held out: all runs of some seeds; of one seed alone, some runs."""
    different = np.unique(seeds)
    order = np.random.default_rng(0).permutation(len(different) if len(different) > 1 else len(seeds))
    parts = np.array_split(order, min(FOLDS, len(order)))
    group = np.searchsorted(different, seeds) if len(different) > 1 else np.arange(len(seeds))
    held = [np.isin(group, part) for part in parts]
    return [(np.flatnonzero(~each), np.flatnonzero(each)) for each in held]


def _ranking(found: Importance) -> str:
    names = [axis_spec(each.setting).label for each in found.weights if each.counts]
    if not names:
        return "No setting matters by more than the error of its figure."
    if len(names) == 1:
        return f"The setting that matters most is {small(names[0])}."
    clear = [one.mean - other.mean > max(one.error, other.error) for one, other in pairwise(found.weights)]
    named = [small(name) for name in names]
    alike = f"The settings that matter most are {named[0]} and {named[1]}, about alike"
    first = f"The setting that matters most is {named[0]}" if clear[0] else alike
    rest = named[1:] if clear[0] else named[2:]
    return f"{first}, then {', '.join(rest)}." if rest else f"{first}."


def _basis(found: Importance) -> str:
    return (
        f"A forest explains {found.score:.0%} (± {found.score_error:.0%}) of the differences in "
        f"{MEASURES[found.measure]} between {found.runs:,} runs, each predicted from runs of other {found.unseen}."
    )
