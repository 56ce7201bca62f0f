"""A study's charts as SVG, for a page on paper: drawn from the same numbers as those on screen, without a browser."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from qtl_core.compare.charts import COLOURS, DASHES
from qtl_core.drawing.charts.scene import GRID, shortened, ticks
from qtl_core.drawing.palette import FAINT, INK
from qtl_core.studies.charts import (
    GOLDEN,
    SPREAD,
    is_in_factors,
    line_names,
    measure_title,
    setting_label,
    value_names,
)
from qtl_core.studies.figures import EPOCH, Band, Bands, Dots, HeatMap, Parallel
from qtl_core.studies.importance import Importance
from qtl_core.studies.naming import number_words

WIDTH, HEIGHT = 680, 280
LEFT, RIGHT, TOP, BOTTOM = 70, 16, 14, 46
BAND_OPACITY = 0.16
# Viridis at even steps: even in lightness, so that it is read without colour.
VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
MOST_DOTS = 1_500  # beyond, boxes are drawn in their place
MOST_LINES = 300  # through parallel axes
LEVEL = 1e-9  # values that are closer than this are one value
LONGEST = 22  # characters of a value's name along an axis
MARKED = 40  # points of a line, beyond which they would run into each other


@dataclass(frozen=True)
class _Frame:
    """The place of a chart's values: their ends along both axes."""

    x: tuple[float, float]
    y: tuple[float, float]
    left: float = LEFT
    height: float = HEIGHT
    in_factors: bool = False

    def across(self, value: float) -> float:
        low, high = (math.log(end) for end in self.x) if self.in_factors else self.x
        at = math.log(value) if self.in_factors else value
        return self.left + (at - low) / ((high - low) or 1) * (WIDTH - RIGHT - self.left)

    def down(self, value: float) -> float:
        low, high = self.y
        return TOP + (high - value) / ((high - low) or 1) * (self.height - TOP - BOTTOM)

    @property
    def bottom(self) -> float:
        return self.height - BOTTOM


def heat_map(found: HeatMap) -> str:
    """Returns means over two axes as coloured squares with their numbers, the palest the highest."""
    known = found.means[np.isfinite(found.means)]
    if not known.size:
        return ""
    columns, lines = value_names(found.x, found.x_values), value_names(found.y, found.y_values)
    left = 30 + 6.2 * max(len(shortened(word, LONGEST)) for word in lines)
    tall = min(34.0, 420 / len(lines))
    wide, height = (WIDTH - RIGHT - left) / len(columns), TOP + tall * len(lines) + BOTTOM
    low, high = known.min(), known.max()
    parts = []
    for row, word in enumerate(lines):
        top = height - BOTTOM - tall * (row + 1)  # the first value lies at the bottom, as on screen
        parts.append(_text(left - 8, top + tall / 2, shortened(word, LONGEST), "end", 11))
        for column in range(len(columns)):
            mean, place = found.means[row, column], f'x="{left + wide * column:.1f}" y="{top:.1f}"'
            if not math.isfinite(mean):
                continue
            share = (mean - low) / (high - low) if high > low else 0.5
            fill = _viridis(share)
            size = f'width="{wide - 1:.1f}" height="{tall - 1:.1f}"'
            parts.append(f'<rect {place} {size} fill="{fill}"/>')
            if wide >= 34 and tall >= 12:
                at = left + wide * (column + 0.5), top + tall / 2
                parts.append(_text(*at, _number(found.measure, mean), "middle", 10, "#fff" if share < 0.6 else INK))
    every = max(1, math.ceil(len(columns) * 7 * max(map(len, columns)) / (WIDTH - left)))
    for column in range(0, len(columns), every):
        x = left + wide * (column + 0.5)
        parts.append(_text(x, height - BOTTOM + 12, shortened(columns[column], LONGEST), "middle", 11))
    parts.append(_text((left + WIDTH - RIGHT) / 2, height - 10, setting_label(found.x), "middle", 12))
    parts.append(_turned(12, TOP + tall * len(lines) / 2, setting_label(found.y)))
    return _svg(f"Mean {measure_title(found.measure).lower()}", height, parts)


def bands(found: Bands) -> str:
    """Returns lines of means, each with the band that holds 90% of its runs, of few runs all."""
    if not found.lines:
        return ""
    x = np.concatenate([line.x for line in found.lines])
    y = np.concatenate([edge for line in found.lines for edge in (line.low, line.high, line.means)])
    names, is_factors = line_names(found), is_in_factors(found)
    legend, height = _legend(names)
    frame = _Frame((x.min(), x.max()), _reach(y, found.measure), in_factors=is_factors, height=HEIGHT)
    parts = list(_y_axis(frame, found.measure))
    parts += _x_numbers(frame, sorted(set(x.tolist())), whole=found.x == EPOCH)
    parts += [_band(frame, line, COLOURS[number % len(COLOURS)]) for number, line in enumerate(found.lines)]
    for number, line in enumerate(found.lines):
        parts += _line(frame, line, number)
    parts += _titles(frame, setting_label(found.x), measure_title(found.measure))
    inner = f'<g transform="translate(0 {height})">{"".join(parts)}</g>'
    return _svg(f"{measure_title(found.measure)} by {setting_label(found.x)}", HEIGHT + height, [*legend, inner])


def dots(found: Dots) -> str:
    """Returns every run as a dot about its place and each place's mean as a stroke; of very many runs boxes."""
    if not len(found.values):
        return ""
    names = value_names(found.x, found.x_values) if found.x else ["all seeds"]
    frame = _Frame((-0.6, len(names) - 0.4), _reach(found.values, found.measure))
    parts = list(_y_axis(frame, found.measure))
    longest = max(8, int((WIDTH - LEFT) / len(names) / 6.2))
    for place, name in enumerate(names):
        parts.append(_text(frame.across(place), frame.bottom + 12, shortened(name, longest), "middle", 11))
    if len(found.values) <= MOST_DOTS:
        aside = SPREAD * (2 * ((np.arange(len(found.values)) * GOLDEN) % 1) - 1)
        for place, value, by in zip(found.places, found.values, aside, strict=True):
            at = f'cx="{frame.across(place + by):.1f}" cy="{frame.down(value):.1f}"'
            parts.append(f'<circle {at} r="2.2" fill="{COLOURS[place % len(COLOURS)]}" fill-opacity="0.6"/>')
    else:
        parts += [
            part for place in range(len(names)) for part in _box(frame, place, found.values[found.places == place])
        ]
    for place, mean in enumerate(found.means):
        if math.isfinite(mean):
            y = frame.down(mean)
            ends = f'x1="{frame.across(place - 0.2):.1f}" x2="{frame.across(place + 0.2):.1f}"'
            parts.append(f'<line {ends} y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-width="2.5"/>')
    title = setting_label(found.x) if found.x else ""
    return _svg("Every run", HEIGHT, [*parts, *_titles(frame, title, measure_title(found.measure))])


def parallel(found: Parallel) -> str:
    """Returns cells as lines through all axes and the mean over their seeds; of very many every so many'th."""
    if not len(found.means):
        return ""
    order = np.argsort(found.means)
    order = (
        order[np.unique(np.linspace(0, len(order) - 1, MOST_LINES).astype(int))] if len(order) > MOST_LINES else order
    )
    names = [value_names(axis, found.places[axis]) for axis in found.axes]
    left = 20 + 6.2 * max(len(shortened(word, LONGEST)) for word in names[0]) if names else LEFT
    frame = _Frame((0, len(found.axes)), _reach(found.means, found.measure), left=left, height=HEIGHT + 20)
    lines, (low, high) = [], (found.means.min(), found.means.max())
    for cell in order:
        heights = [_spaced(frame, found.at[axis][cell], len(found.places[axis])) for axis in found.axes]
        points = [(frame.across(n), y) for n, y in enumerate([*heights, frame.down(found.means[cell])])]
        share = (found.means[cell] - low) / (high - low) if high > low else 0.5
        lines.append(_polyline(points, _viridis(0.9 * share), 1.1))
    parts = []
    for number, axis in enumerate(found.axes):
        x = frame.across(number)
        parts += [_upright(frame, x), _text(x, frame.bottom + 30, setting_label(axis), "middle", 11)]
        for place, word in enumerate(names[number]):
            y = _spaced(frame, place, len(names[number]))
            parts.append(_text(x - 6, y, shortened(word, LONGEST), "end", 10, halo=True))
    x = frame.across(len(found.axes))
    parts += [_upright(frame, x), _text(x, frame.bottom + 30, "mean", "end", 11)]
    for value in ticks(*frame.y, most=5):
        parts.append(_text(x - 6, frame.down(value), _number(found.measure, value), "end", 10, halo=True))
    return _svg("All axes and what came out", frame.height, [*lines, *parts])


def importance(found: Importance) -> str:
    """Returns how much each setting matters, with the spread over its shuffles; "" where nothing can be said."""
    if not found.weights:
        return ""
    names = [setting_label(each.setting) for each in found.weights]
    left, row = 24 + 6.4 * max(map(len, names)), 30
    ends = [end for each in found.weights for end in (each.mean - each.error, each.mean + each.error, 0.0)]
    height = TOP + row * len(names) + BOTTOM
    frame = _Frame((min(ends), max(ends)), (0, 1), left=left, height=height)
    parts = [part for value in ticks(*frame.x, most=6) for part in _x_tick(frame, value, f"{value:g}")]
    for number, each in enumerate(found.weights):
        y = TOP + row * (number + 0.5)
        first, last = sorted((frame.across(0), frame.across(each.mean)))
        parts.append(_text(left - 8, y, names[number], "end", 11))
        parts.append(
            f'<rect x="{first:.1f}" y="{y - 8:.1f}" width="{last - first:.1f}" height="16" fill="{COLOURS[0]}"/>'
        )
        spread = f'x1="{frame.across(each.mean - each.error):.1f}" x2="{frame.across(each.mean + each.error):.1f}"'
        parts.append(f'<line {spread} y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-width="1.5"/>')
    title = "R² lost when the setting is shuffled, with its spread"
    parts.append(_text((left + WIDTH - RIGHT) / 2, height - 10, title, "middle", 12))
    return _svg("What matters most", height, parts)


def _svg(title: str, height: float, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" height="{height:g}"'
    inner = f"<title>{escape(title)}</title>{''.join(parts)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>{inner}</svg>'


def _text(x: float, y: float, words: str, anchor: str, size: int, fill: str = INK, *, halo: bool = False) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" dominant-baseline="central"'
    around = ' paint-order="stroke" stroke="#fff" stroke-width="3"' if halo else ""
    return f'<text {place} font-size="{size}" fill="{fill}"{around}>{escape(words)}</text>'


def _turned(x: float, y: float, words: str) -> str:
    turn = f'transform="translate({x:.1f} {y:.1f}) rotate(-90)"'
    style = f'text-anchor="middle" dominant-baseline="central" font-size="12" fill="{INK}"'
    return f"<text {turn} {style}>{escape(words)}</text>"


def _titles(frame: _Frame, x: str, y: str) -> Iterator[str]:
    yield _text((frame.left + WIDTH - RIGHT) / 2, frame.height - 10, x, "middle", 12)
    yield _turned(12, (TOP + frame.bottom) / 2, shortened(y, 44))


def _y_axis(frame: _Frame, measure: str) -> Iterator[str]:
    for value in ticks(*frame.y):
        y = f"{frame.down(value):.1f}"
        yield f'<line x1="{frame.left}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}" stroke="{GRID}"/>'
        yield _text(frame.left - 8, frame.down(value), _number(measure, value), "end", 11)


def _x_numbers(frame: _Frame, values: Sequence[float], *, whole: bool) -> Iterator[str]:
    shown = values if len(values) <= 10 and not whole else ticks(*frame.x, most=8)
    for value in shown:
        if frame.x[0] <= value <= frame.x[1]:
            yield from _x_tick(frame, value, number_words(value))


def _x_tick(frame: _Frame, value: float, words: str) -> Iterator[str]:
    x = f"{frame.across(value):.1f}"
    yield f'<line x1="{x}" x2="{x}" y1="{TOP}" y2="{frame.bottom:.1f}" stroke="{GRID}"/>'
    yield _text(frame.across(value), frame.bottom + 12, words, "middle", 11)


def _legend(names: Sequence[str]) -> tuple[list[str], float]:
    """Returns the names of lines, three in a row, and how high they stand."""
    parts, wide = [], (WIDTH - LEFT) / 3
    for number, name in enumerate(names):
        row, column = divmod(number, 3)
        x, y = LEFT + wide * column, 10 + 18 * row
        dash = _dash(number)
        stroke = f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2"{dash}'
        parts.append(f'<line x1="{x:.1f}" x2="{x + 26:.1f}" y1="{y}" y2="{y}" {stroke}/>')
        parts.append(_text(x + 32, y, shortened(name, 26), "start", 11))
    return parts, 18 * math.ceil(len(names) / 3) + 4


def _band(frame: _Frame, line: Band, colour: str) -> str:
    edge = [(frame.across(x), frame.down(y)) for x, y in zip(line.x, line.high, strict=True)]
    edge += [(frame.across(x), frame.down(y)) for x, y in zip(line.x[::-1], line.low[::-1], strict=True)]
    return f'<polygon points="{_points(edge)}" fill="{colour}" fill-opacity="{BAND_OPACITY}"/>'


def _line(frame: _Frame, line: Band, number: int) -> Iterator[str]:
    points = [(frame.across(x), frame.down(y)) for x, y in zip(line.x, line.means, strict=True)]
    colour = COLOURS[number % len(COLOURS)]
    yield _polyline(points, colour, 2, _dash(number))
    if len(points) <= MARKED:
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colour}"/>' for x, y in points)


def _box(frame: _Frame, place: int, values: np.ndarray) -> Iterator[str]:
    """Draws where half of the runs lie, and nine in ten."""
    if not len(values):
        return
    low, first, third, high = (frame.down(value) for value in np.quantile(values, (0.05, 0.25, 0.75, 0.95)))
    colour, x = COLOURS[place % len(COLOURS)], frame.across(place)
    wide = (frame.across(0.2) - frame.across(-0.2)) / 2
    yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}" stroke-width="1.5"/>'
    size = f'width="{2 * wide:.1f}" height="{first - third:.1f}"'
    yield f'<rect x="{x - wide:.1f}" y="{third:.1f}" {size} fill="{colour}" fill-opacity="0.35" stroke="{colour}"/>'


def _upright(frame: _Frame, x: float) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{frame.bottom:.1f}" stroke="{FAINT}"/>'


def _spaced(frame: _Frame, place: int, count: int) -> float:
    """Returns how far down a value lies on an upright axis with as much room for each."""
    return frame.bottom - (frame.bottom - TOP) * ((place + 0.5) / count if count == 1 else place / (count - 1))


def _polyline(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    return f'<polyline points="{_points(points)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dash}/>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _dash(number: int) -> str:
    dash = DASHES[number % len(DASHES)]
    return f' stroke-dasharray="{" ".join(map(str, dash))}"' if dash else ""


def _reach(values: np.ndarray, measure: str) -> tuple[float, float]:
    """Returns the ends of an axis that holds the values with a little room; of shares none beyond all."""
    low, high = float(values.min()), float(values.max())
    room = max(0.06 * (high - low), 0.02 if high - low < LEVEL else 0.0)
    most = 1.0 if measure.endswith("accuracy") else math.inf
    return max(0.0, low - room), max(min(high + room, most), high)


def _number(measure: str, value: float) -> str:
    if not measure.endswith("accuracy"):
        return f"{value:.3g}"
    return f"{value:.1%}".replace(".0%", "%")


def _viridis(share: float) -> str:
    at = min(max(share, 0.0), 1.0) * (len(VIRIDIS) - 1)
    first = min(int(at), len(VIRIDIS) - 2)
    mixed = (round(a + (b - a) * (at - first)) for a, b in zip(VIRIDIS[first], VIRIDIS[first + 1], strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)
