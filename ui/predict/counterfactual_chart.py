"""The chart of counterfactuals: what every angle, or hidden unit, can do to the answer, and the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from qtl_core.explain.counterfactual import Counterfactual, Counterfactuals
from qtl_core.inference.explanation import Explanation
from ui.base.theme import PUBLISHED, WRONG, plotly_layout
from ui.predict.journey_charts import plain_name

ROW, ROUND = 34, 70  # pixels of height for each bar, and around all of them
WRITTEN = 1 / 6  # of the whole reach: a shorter stretch has no room for its class's name
KEPT_CLEAR = 8 / 180  # of the reach on both sides of a mark, where a name would stand below it
BEYOND = 5 / 180  # of the reach, that the axis goes on at both ends
STRENGTH = 0.45  # of a bar's colour, on which a mark and a name stand out


@dataclass(frozen=True)
class Scale:
    """The words for what is changed: angles in degrees, or values of hidden units."""

    unit: str
    what: str
    axis: str
    factor: float
    sign: str
    digits: int

    def written(self, value: float) -> str:
        """Returns an angle of so many radians as "28.6°", a value as "0.50"."""
        return f"{value * self.factor:.{self.digits}f}{self.sign}"

    def name(self, unit: int) -> str:
        """Returns for example "Qubit 2" or "Hidden unit 2"."""
        return f"{self.unit[0].upper()}{self.unit[1:]} {unit}"


ANGLES = Scale("qubit", "angle", "Angle in degrees", float(np.degrees(1)), "°", 1)
VALUES = Scale("hidden unit", "value", "Value of the unit", 1.0, "", 2)


def scale_of(explanation: Explanation) -> Scale:
    """Returns how a head's hidden numbers are changed."""
    return ANGLES if explanation.model.spec.has_circuit else VALUES


def counterfactual_chart(
    found: Counterfactuals,
    classes: tuple[str, ...],
    colours: Sequence[str],
    scale: Scale = ANGLES,
    ink: str | None = None,
) -> go.Figure:
    """Draws the reach of every angle or unit, where the picture's lies, and the nearest place with another answer.

    Args:
        found: What every one can do.
        classes: Class names.
        colours: Of the classes.
        scale: What they are.
        ink: The reader's text colour, or None where it is not known.
    """
    names = [scale.name(unit) for unit in found.units]
    low, high = _reach(found, scale)
    beyond = BEYOND * (high - low)
    layout = plotly_layout(
        height=ROUND + ROW * len(names),
        showlegend=False,
        hovermode="closest",
        barmode="overlay",
        font={"color": ink} if ink else {},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    layout["xaxis"] |= {"title": scale.axis, "range": [low - beyond, high + beyond], "fixedrange": True}
    if scale is ANGLES:
        layout["xaxis"] |= {"tickvals": [-90, -45, 0, 45, 90]}
    layout["yaxis"] |= {"autorange": "reversed", "fixedrange": True, "showgrid": False}
    rows = zip(names, found.by_unit, strict=True)
    changes = [(name, turn.after * scale.factor) for name, turn in rows if turn]
    here = [(name, value * scale.factor) for name, value in zip(names, found.values, strict=True)]
    marks = [
        _marks(here, "diamond", f"the picture's {scale.what}", scale, ink),
        _marks(changes, "x", "the answer changes here", scale, WRONG),
    ]
    return go.Figure(
        [_bars(found, names, classes, colours, scale), _written(found, names, classes, scale, ink), *marks], layout
    )


def counterfactual_words(found: Counterfactuals, classes: tuple[str, ...], scale: Scale = ANGLES) -> str:
    """Says the same one by one, for whoever does not see the chart."""
    return "; ".join(
        f"{scale.unit} {unit} at {scale.written(value)}"
        + (f", {classes[turn.label]} from {scale.written(turn.after)}" if turn else ", no other answer within reach")
        for unit, value, turn in zip(found.units, found.values, found.by_unit, strict=True)
    )


def change_words(turn: Counterfactual, scale: Scale = ANGLES) -> str:
    """Says a change with its size."""
    least = 10**-scale.digits
    size = abs(turn.change) * scale.factor
    by = f"{size:.{scale.digits}f}" if size >= least / 2 else f"less than {least:.{scale.digits}f}"
    way = "a turn" if scale is ANGLES else "a change"
    return f"from {scale.written(turn.before)} to {scale.written(turn.after)}, {way} by {by}{scale.sign}"


def _reach(found: Counterfactuals, scale: Scale) -> tuple[float, float]:
    """From where to where everything can be changed, as it is written."""
    ends = [(stretches[0].start, stretches[-1].end) for stretches in found.intervals if stretches] or [(0.0, 1.0)]
    return min(start for start, _ in ends) * scale.factor, max(end for _, end in ends) * scale.factor


def _bars(
    found: Counterfactuals, names: Sequence[str], classes: tuple[str, ...], colours: Sequence[str], scale: Scale
) -> go.Bar:
    parts = [(name, each) for name, stretches in zip(names, found.intervals, strict=True) for each in stretches]
    starts, ends = (np.array([getattr(each, end) for _, each in parts]) * scale.factor for end in ("start", "end"))
    return go.Bar(
        orientation="h",
        y=[name for name, _ in parts],
        base=starts,
        x=ends - starts,
        width=0.62,
        marker={"color": [colours[each.label] for _, each in parts], "opacity": STRENGTH, "line": {"width": 0}},
        hovertext=[
            f"{plain_name(classes[each.label])} from {scale.written(each.start)} to {scale.written(each.end)}"
            for _, each in parts
        ],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
    )


def _written(
    found: Counterfactuals, names: Sequence[str], classes: tuple[str, ...], scale: Scale, ink: str | None
) -> go.Bar:
    """The classes' names: bars that are not seen, in the widest part of each stretch that no mark covers."""
    low, high = _reach(found, scale)
    parts = []
    for name, value, turn, stretches in zip(names, found.values, found.by_unit, found.intervals, strict=True):
        marks = [each * scale.factor for each in ((value, turn.after) if turn else (value,))]
        for each in stretches:
            ends = each.start * scale.factor, each.end * scale.factor
            start, end = clear_part(*ends, marks, KEPT_CLEAR * (high - low))
            if end - start >= WRITTEN * (high - low):
                parts.append((name, start, end - start, plain_name(classes[each.label])))
    rows, starts, widths, said = zip(*parts, strict=True) if parts else ((), (), (), ())
    return go.Bar(
        orientation="h",
        y=rows,
        base=starts,
        x=widths,
        width=0.62,
        marker={"color": "rgba(0,0,0,0)"},
        text=said,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        hoverinfo="skip",
        textfont={"color": ink} if ink else {},
    )


def clear_part(start: float, end: float, marks: Iterable[float], clear: float = 8.0) -> tuple[float, float]:
    """Returns the widest part of a stretch that keeps clear of all marks by so much."""
    edges = [start]
    for mark in sorted(each for each in marks if start - clear < each < end + clear):
        edges += [mark - clear, mark + clear]
    edges.append(end)
    return max(zip(edges[::2], edges[1::2], strict=True), key=lambda part: part[1] - part[0])


def _marks(spots: list[tuple[str, float]], symbol: str, words: str, scale: Scale, colour: str | None) -> go.Scatter:
    return go.Scatter(
        x=[x for _, x in spots],
        y=[name for name, _ in spots],
        mode="markers",
        marker={"symbol": symbol, "size": 12, "color": colour or PUBLISHED, "line": {"width": 1, "color": "#FFFFFF"}},
        hovertemplate=f"%{{y}}: {words}, %{{x:.{scale.digits}f}}{scale.sign}<extra></extra>",
    )
