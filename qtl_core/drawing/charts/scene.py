"""A chart measured in pixels: lines, marks and words, in the order in which they are painted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from qtl_core.drawing.charts.chart import Chart, Panel, Series
from qtl_core.drawing.palette import FAINT

Point = tuple[float, float]
LEFT, RIGHT, TOP, BOTTOM = 64, 20, 30, 44  # around a panel's axes
ROW_LEFT, LONGEST = 210, 34  # where rows have names, and how many characters of one fit
LEGEND_ROW, LEGEND_COLUMNS, LEGEND_LONGEST = 18, 2, 48
MARK = 4.5  # half a mark's size
MOST_MARKS = 60  # points of a curve that get one; beyond, they would run into each other
GRID = "#DAD4C8"
# Outlines around (0, 0), in halves of a mark; the circle is drawn as what it is.
SYMBOLS: dict[str, tuple[Point, ...]] = {
    "circle": (),
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "triangle-up": ((0, -1.2), (1.2, 1), (-1.2, 1)),
    "triangle-down": ((0, 1.2), (1.2, -1), (-1.2, -1)),
}


@dataclass(frozen=True)
class Stroke:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float = 1.0
    dash: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A filled symbol."""

    x: float
    y: float
    symbol: str
    colour: str


@dataclass(frozen=True)
class Words:
    """A text; `anchor` says which of its ends, or its middle, lies at x. Its middle line lies at y."""

    x: float
    y: float
    text: str
    size: int = 12
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True)
class ChartScene:
    """All of a chart."""

    title: str
    width: float
    height: float
    strokes: tuple[Stroke, ...]
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]


def scene_of(chart: Chart) -> ChartScene:
    """Measures a chart."""
    legend = [series for series in chart.panels[0].series if series.name]
    top = 8 + LEGEND_ROW * math.ceil(len(legend) / LEGEND_COLUMNS)
    parts = list(_legend(legend, chart.width))
    for panel in chart.panels:
        axes = _Axes(panel, chart.width, top + TOP)
        parts += [*axes.frame(), *(part for series in panel.series for part in axes.drawn(series))]
        top += TOP + panel.height + BOTTOM
    strokes = tuple(part for part in parts if isinstance(part, Stroke))
    marks = tuple(part for part in parts if isinstance(part, Mark))
    words = tuple(part for part in parts if isinstance(part, Words))
    return ChartScene(chart.title, chart.width, top, strokes, marks, words)


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Returns round values between two, at steps of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return [low]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (power * factor) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def shortened(text: str, longest: int) -> str:
    """Returns a name that fits, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


@dataclass(frozen=True)
class _Axes:
    """A panel's place: where its values lie in pixels."""

    panel: Panel
    width: int
    top: float

    @property
    def left(self) -> float:
        return ROW_LEFT if self.panel.rows else LEFT

    def x(self, value: float) -> float:
        low, high = self.panel.x_range
        return self.left + (value - low) / (high - low) * (self.width - RIGHT - self.left)

    def y(self, value: float) -> float:
        low, high = self.panel.y_range
        return self.top + (high - value) / (high - low) * self.panel.height

    def frame(self) -> Iterator[Stroke | Words]:
        panel, bottom = self.panel, self.top + self.panel.height
        yield Words(self.left, self.top - 13, panel.title, 13)
        for value in filter(panel.x_words, ticks(*panel.x_range, most=8)):  # one without words is none
            yield Stroke(((self.x(value), self.top), (self.x(value), bottom)), GRID)
            yield Words(self.x(value), bottom + 12, panel.x_words(value), 11, "middle")
        rows: list[tuple[float, str]] = [(row, shortened(name, LONGEST)) for row, name in enumerate(panel.rows)]
        for value, word in rows or [(value, panel.y_words(value)) for value in ticks(*panel.y_range)]:
            yield Stroke(((self.left, self.y(value)), (self.width - RIGHT, self.y(value))), GRID)
            yield Words(self.left - 8, self.y(value), word, 11, "end")
        yield Stroke(((self.left, bottom), (self.width - RIGHT, bottom)), FAINT)
        yield Words((self.left + self.width - RIGHT) / 2, bottom + 30, panel.x_title, 12, "middle")

    def drawn(self, series: Series) -> Iterator[Stroke | Mark]:
        for low, high, y in zip(series.low, series.high, series.y, strict=False):
            yield Stroke(((self.x(low), self.y(y)), (self.x(high), self.y(y))), series.colour, 2)
        for piece in self._pieces(series):
            if series.joined and len(piece) > 1:
                yield Stroke(tuple(piece), series.colour, 2, series.dash)
            if series.symbol and (len(series.x) <= MOST_MARKS or not series.joined or len(piece) == 1):
                yield from (Mark(x, y, series.symbol, series.colour) for x, y in piece)

    def _pieces(self, series: Series) -> Iterator[list[Point]]:
        """The points in pixels, in runs without a gap."""
        low, high = sorted(self.panel.y_range)
        known = [index for index, y in enumerate(series.y) if math.isfinite(y)]
        starts = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(known)) if other > one + 1), len(known)]
        for start, end in pairwise(starts):
            if end > start:
                values = [(series.x[index], min(max(series.y[index], low), high)) for index in known[start:end]]
                yield [(self.x(x), self.y(y)) for x, y in values]


def _legend(series: Sequence[Series], width: int) -> Iterator[Stroke | Mark | Words]:
    for number, each in enumerate(series):
        row, column = divmod(number, LEGEND_COLUMNS)
        x, y = 16 + column * (width - 32) / LEGEND_COLUMNS, 16 + row * LEGEND_ROW
        if each.joined:
            yield Stroke(((x, y), (x + 28, y)), each.colour, 2, each.dash)
        if each.symbol:
            yield Mark(x + 14, y, each.symbol, each.colour)
        yield Words(x + 36, y, shortened(each.name, LEGEND_LONGEST), 12)
