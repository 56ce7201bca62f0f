"""The numbers behind a study's charts: values by place, bands, dots and lines, each with the runs that they stand for.

A run that several cells share, because a setting does not count for their head, is one value wherever these fall
together. What broke down has no value, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.evaluation.seed_spread import QUANTILES
from qtl_core.studies.plan import StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row

LOW, _, HIGH = QUANTILES
EPOCH = "epoch"  # along an axis of no setting
FEWEST_IN_BAND = 20  # runs of which a band leaves out one in ten; of fewer it holds all
NONE = ""  # the key where a place has no run


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class RunColumns:
    """Every run that has a value, once for each cell that it belongs to; in columns.

    Attributes:
        plan: The study.
        measure: What the values are, of `MEASURES`.
        values: Of the measure, shape (runs,).
        keys: Of the runs, shape (runs,).
        seeds: Shape (runs,).
        cells: Positions in `plan.cells()`, shape (runs,).
        at: By axis: the positions in `places[axis]`, shape (runs,).
        places: By axis: its values in the order in which they are shown.
    """

    plan: StudyPlan
    measure: str
    values: np.ndarray
    keys: np.ndarray
    seeds: np.ndarray
    cells: np.ndarray
    at: Mapping[str, np.ndarray]
    places: Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Means over two axes.

    Attributes:
        measure: Of `MEASURES`.
        x, y: The axes' settings.
        x_values, y_values: What they are at, in order.
        means: Shape (y, x); NaN where there is no run.
        counts: How many runs each mean is of, shape (y, x).
        keys: The run that is nearest to the mean, shape (y, x); "" where there is none.
    """

    measure: str
    x: str
    y: str
    x_values: tuple[Value, ...]
    y_values: tuple[Value, ...]
    means: np.ndarray
    counts: np.ndarray
    keys: np.ndarray


@dataclass(frozen=True, eq=False)
class Band:
    """A line with a band about it.

    Attributes:
        value: Of the axis that tells the lines apart; None where there is one line.
        x: Where it has runs, in rising order.
        means: Of the runs there.
        low, high: 90% of the runs there lie between them; of fewer than `FEWEST_IN_BAND` all.
        counts: How many.
        keys: The run nearest to each mean.
    """

    value: Value
    x: np.ndarray
    means: np.ndarray
    low: np.ndarray
    high: np.ndarray
    counts: np.ndarray
    keys: np.ndarray


@dataclass(frozen=True, eq=False)
class Bands:
    """Lines with bands over one axis of numbers, or over epochs.

    Attributes:
        measure: Of `MEASURES`, or over epochs of `evaluation.seed_spread.FIGURES`.
        x: The setting along the axis; `EPOCH` over epochs.
        by: The setting that tells the lines apart; "" where there is one line.
        lines: In the order of that setting's values.
    """

    measure: str
    x: str
    by: str
    lines: tuple[Band, ...]


@dataclass(frozen=True, eq=False)
class Dots:
    """Every run as a dot.

    Attributes:
        measure: Of `MEASURES`.
        x: The setting along the axis; "" where the study has no axis.
        x_values: What it is at, in order.
        places: Of every run in `x_values`, shape (runs,).
        values, seeds, keys: Of every run.
        means: Of the runs of each place; NaN where there is none.
    """

    measure: str
    x: str
    x_values: tuple[Value, ...]
    places: np.ndarray
    values: np.ndarray
    seeds: np.ndarray
    keys: np.ndarray
    means: np.ndarray


@dataclass(frozen=True, eq=False)
class Parallel:
    """Every cell as a line through all axes and what came out.

    Attributes:
        measure: Of `MEASURES`.
        axes: The settings.
        places: By setting: its values in order.
        at: By setting: where each line is among them, shape (lines,).
        means: Over the seeds of each cell, shape (lines,).
        keys: The run nearest to each mean.
    """

    measure: str
    axes: tuple[str, ...]
    places: Mapping[str, tuple[Value, ...]]
    at: Mapping[str, np.ndarray]
    means: np.ndarray
    keys: np.ndarray


def heat_map(plan: StudyPlan, rows: Mapping[str, Row], measure: str, x: str, y: str) -> HeatMap:
    """Returns the means over two axes, taken over all other axes and seeds.

    Raises:
        KeyError: There is no such measure, or an axis is none of the study's.
    """
    runs = columns_of(plan, rows, measure)
    width, height = len(runs.places[x]), len(runs.places[y])
    means, counts, keys = _means(runs, runs.at[y] * width + runs.at[x], width * height)
    shape = height, width
    return HeatMap(
        measure, x, y, runs.places[x], runs.places[y], means.reshape(shape), counts.reshape(shape), keys.reshape(shape)
    )


def bands(plan: StudyPlan, rows: Mapping[str, Row], measure: str, x: str, by: str | None = None) -> Bands:
    """Returns a line for every value of an axis over another one, each with the band of its runs.

    Args:
        plan: The study.
        rows: What came of its runs so far.
        measure: One of `MEASURES`.
        x: An axis of numbers.
        by: The axis that tells the lines apart; by default the first that is not `x`, "" for none.

    Raises:
        KeyError: There is no such measure, or an axis is none of the study's.
    """
    runs = columns_of(plan, rows, measure)
    by = next((axis.setting for axis in plan.axes if axis.setting != x), "") if by is None else by
    values: tuple[Value, ...] = runs.places[by] if by else (None,)
    which = runs.at[by] if by else np.zeros(len(runs.values), int)
    lines = (_band(runs, which == number, value, x) for number, value in enumerate(values))
    return Bands(measure, x, by, tuple(line for line in lines if len(line.x)))


def dots(plan: StudyPlan, rows: Mapping[str, Row], measure: str, x: str | None = None) -> Dots:
    """Returns every run by its value of one axis, by default the first.

    Raises:
        KeyError: There is no such measure, or the axis is none of the study's.
    """
    runs = columns_of(plan, rows, measure)
    x = (plan.axes[0].setting if plan.axes else "") if x is None else x
    places = runs.at[x] if x else np.zeros(len(runs.values), int)
    values: tuple[Value, ...] = runs.places[x] if x else (None,)
    means, _, _ = _means(runs, places, len(values))
    first = _once(runs, places)
    return Dots(measure, x, values, places[first], runs.values[first], runs.seeds[first], runs.keys[first], means)


def parallel(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> Parallel:
    """Returns every cell that has a run as a line through all axes.

    Raises:
        KeyError: There is no such measure.
    """
    runs = columns_of(plan, rows, measure)
    cells, first, which = np.unique(runs.cells, return_index=True, return_inverse=True)
    means, _, keys = _means(runs, which, len(cells))
    at = {name: places[first] for name, places in runs.at.items()}
    return Parallel(measure, tuple(at), runs.places, at, means, keys)


def epoch_bands(
    plan: StudyPlan, rows: Mapping[str, Row], curves: Mapping[str, np.ndarray], figure: str, by: str | None = None
) -> Bands:
    """Returns a line over epochs for every value of an axis, with the band of its runs' curves.

    A run that patience ended early keeps its last figure from then on: its head stays as it is.

    Args:
        plan: The study.
        rows: What came of its runs so far.
        curves: A figure of every epoch, by run; see `stored_curves.curves_of`.
        figure: Which one, of `evaluation.seed_spread.FIGURES`.
        by: The axis that tells the lines apart; by default the first, "" for none.

    Raises:
        KeyError: The axis is none of the study's.
    """
    runs = columns_of(plan, rows, "last_val_loss")
    by = (plan.axes[0].setting if plan.axes else "") if by is None else by
    values: tuple[Value, ...] = runs.places[by] if by else (None,)
    which = runs.at[by] if by else np.zeros(len(runs.values), int)
    lines = []
    for number, value in enumerate(values):
        keys = [key for key in dict.fromkeys(runs.keys[which == number].tolist()) if key in curves]
        lines += [_epoch_band(value, [curves[key] for key in keys])] if keys else []
    return Bands(figure, EPOCH, by, tuple(lines))


def columns_of(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> RunColumns:
    """Returns every run that has a value of a measure, in columns.

    Raises:
        KeyError: There is no such measure.
    """
    MEASURES[measure]
    known = {key: value for key, row in rows.items() if (value := row.measure(measure)) is not None}
    found = [
        (known[key], key, seed, number)
        for number, runs in enumerate(_runs_by_cell(plan))
        for key, seed in runs
        if key in known
    ]
    values, keys, seeds, cells = zip(*found, strict=True) if found else ((), (), (), ())
    where = np.array(cells, int)
    places = {axis.setting: axis.values for axis in plan.axes}
    at = {name: _positions(plan, name, known_values)[where] for name, known_values in places.items()}
    columns = np.array(values, float), np.array(keys, str), np.array(seeds, int)
    return RunColumns(plan, measure, *columns, where, at, places)


def numeric_axes(plan: StudyPlan) -> list[str]:
    """Returns the axes that curves can be drawn over: of numbers, two or more of them."""
    return [
        axis.setting
        for axis in plan.axes
        if len(axis.values) > 1 and all(isinstance(value, int | float) and value is not True for value in axis.values)
    ]


@lru_cache(maxsize=4)  # of 100,000 runs the keys take seconds
def _runs_by_cell(plan: StudyPlan) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Returns every cell's runs as their keys and seeds."""
    return tuple(tuple((run.key, run.seed) for run in plan.runs_of(cell)) for cell in plan.cells())


def _positions(plan: StudyPlan, name: str, values: Sequence[Value]) -> np.ndarray:
    """Returns where each cell is on an axis."""
    order = {value: number for number, value in enumerate(values)}
    return np.array([order[cell.at[name]] for cell in plan.cells()], int)


def _once(runs: RunColumns, places: np.ndarray) -> np.ndarray:
    """Returns the positions of runs, each once for a place."""
    _, numbers = np.unique(runs.keys, return_inverse=True)
    together = places.astype(np.int64) * (len(runs.keys) + 1) + numbers
    return np.sort(np.unique(together, return_index=True)[1])


def _means(runs: RunColumns, places: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the mean of the runs at each place, how many they are, and the run nearest to it."""
    first = _once(runs, places)
    places, values, keys = places[first], runs.values[first], runs.keys[first]
    counts = np.bincount(places, minlength=size)
    with np.errstate(invalid="ignore"):
        means = np.bincount(places, values, size) / counts
    nearest = np.full(size, NONE, dtype=keys.dtype if len(keys) else "U1")
    order = np.argsort(-np.abs(values - means[places]), kind="stable")
    nearest[places[order]] = keys[order]  # of several assignments the last one stays: the nearest
    return means, counts, nearest


def _band(runs: RunColumns, chosen: np.ndarray, value: Value, x: str) -> Band:
    """Returns the line of the chosen runs over an axis."""
    values, keys, seeds, cells = (each[chosen] for each in (runs.values, runs.keys, runs.seeds, runs.cells))
    at = {x: runs.at[x][chosen]}
    part = RunColumns(runs.plan, runs.measure, values, keys, seeds, cells, at, runs.places)
    size = len(runs.places[x])
    means, counts, keys = _means(part, part.at[x], size)
    first = _once(part, part.at[x])
    places, values = part.at[x][first], part.values[first]
    numbers = np.array(runs.places[x], float)
    there = sorted(np.flatnonzero(counts), key=lambda place: numbers[place])
    edges = np.array([_edges(values[places == place]) for place in there]).reshape(-1, 2)
    return Band(value, numbers[there], means[there], edges[:, 0], edges[:, 1], counts[there], keys[there])


def _edges(values: np.ndarray) -> np.ndarray:
    """Returns between which values 90% of the runs lie, shape (2, ...); all of them where they are few."""
    whole = len(values) < FEWEST_IN_BAND
    edges: np.ndarray = np.quantile(values, (0, 1) if whole else (LOW, HIGH), axis=0)
    return edges


def _epoch_band(value: Value, curves: Sequence[np.ndarray]) -> Band:
    longest = max(map(len, curves))
    table = np.stack([np.concatenate([curve, np.full(longest - len(curve), curve[-1])]) for curve in curves])
    low, high = _edges(table)
    epochs, keys = np.arange(1.0, longest + 1), np.full(longest, NONE)
    return Band(value, epochs, table.mean(axis=0), low, high, np.full(longest, len(curves)), keys)
