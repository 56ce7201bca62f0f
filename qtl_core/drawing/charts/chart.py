"""The content of a chart, apart from how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One curve, or one row of points.

    Attributes:
        name: What the legend calls it; "" leaves it out.
        x, y: Its points; figures that are no numbers leave a gap.
        colour: `#RRGGBB`.
        dash: Lengths of strokes and gaps in pixels; empty for a whole line.
        symbol: Of `scene.SYMBOLS`, or "" for none.
        joined: Whether a line goes through the points.
        low, high: Ends of a horizontal interval about each point; empty for none.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str
    dash: tuple[int, ...] = ()
    symbol: str = ""
    joined: bool = True
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Panel:
    """A pair of axes with what lies in it.

    Attributes:
        title, x_title: Words above it and below its axis.
        series: What is drawn.
        x_range, y_range: The least and largest value shown.
        x_words, y_words: How a tick's value is written.
        rows: Names of whole values of y in place of ticks; 0 is the topmost.
        height: Of the axes, in pixels.
    """

    title: str
    x_title: str
    series: tuple[Series, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_words: Callable[[float], str]
    y_words: Callable[[float], str]
    rows: tuple[str, ...] = ()
    height: int = 220


@dataclass(frozen=True)
class Chart:
    """Panels one above the other, with one legend over them."""

    title: str
    panels: tuple[Panel, ...]
    width: int = 720


def share(value: float) -> str:
    """Writes a tick of a share."""
    return f"{value:.0%}"


def number(value: float) -> str:
    """Writes a tick of any other figure."""
    return f"{value:g}"
