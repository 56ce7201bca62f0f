"""What every single angle decides, as a chart: a bar a qubit, in the colours of the classes that would be named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from qtl_core.turning import Counterfactual, Counterfactuals
from ui.journey_charts import plain_name
from ui.theme import PUBLISHED, WRONG, class_colour, plotly_layout

ROW, ROUND = 34, 70  # pixels of height for each bar, and around all of them
WRITTEN = 30  # degrees: a shorter stretch has no room for its class's name
KEPT_CLEAR = 8  # degrees on both sides of a mark, where a name would stand below it
STRENGTH = 0.45  # of a bar's colour, on which a mark and a name stand out


def counterfactual_chart(
    found: Counterfactuals, angles: np.ndarray, classes: tuple[str, ...], ink: str | None = None
) -> go.Figure:
    """Draws the reach of every angle, where the picture's lies, and the nearest place with another answer.

    Args:
        found: What every angle can do.
        angles: The picture's, radians.
        classes: Class names.
        ink: The reader's text colour, or None where it is not known.
    """
    names = [f"Qubit {qubit}" for qubit in range(len(angles))]
    layout = plotly_layout(
        height=ROUND + ROW * len(names),
        showlegend=False,
        hovermode="closest",
        barmode="overlay",
        font={"color": ink} if ink else {},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    layout["xaxis"] |= {
        "title": "Angle in degrees",
        "range": [-95, 95],
        "tickvals": [-90, -45, 0, 45, 90],
        "fixedrange": True,
    }
    layout["yaxis"] |= {"autorange": "reversed", "fixedrange": True, "showgrid": False}
    changes = [(names[turn.qubit], np.degrees(turn.after)) for turn in found.by_qubit if turn]
    marks = [
        _marks(list(zip(names, np.degrees(angles), strict=True)), "diamond", "the picture's angle", ink),
        _marks(changes, "x", "the answer changes here", WRONG),
    ]
    spots = [[angle, turn.after] if turn else [angle] for angle, turn in zip(angles, found.by_qubit, strict=True)]
    return go.Figure([_bars(found, names, classes), _written(found, names, spots, classes, ink), *marks], layout)


def counterfactual_words(found: Counterfactuals, angles: np.ndarray, classes: tuple[str, ...]) -> str:
    """Says the same qubit by qubit, for whoever does not see the chart."""
    return "; ".join(
        f"qubit {qubit} at {np.degrees(angle):.1f} degrees"
        + (f", {classes[turn.label]} from {np.degrees(turn.after):.1f}" if turn else ", no other answer within reach")
        for qubit, (angle, turn) in enumerate(zip(angles, found.by_qubit, strict=True))
    )


def change_words(turn: Counterfactual) -> str:
    """Says a turn in degrees."""
    change = np.degrees(turn.change)
    by = f"{abs(change):.1f}°" if abs(change) >= 0.05 else "less than 0.1°"
    return f"from {np.degrees(turn.before):.1f}° to {np.degrees(turn.after):.1f}°, a turn by {by}"


def _bars(found: Counterfactuals, names: list[str], classes: tuple[str, ...]) -> go.Bar:
    parts = [(name, each) for name, stretches in zip(names, found.intervals, strict=True) for each in stretches]
    starts = np.degrees([each.start for _, each in parts])
    ends = np.degrees([each.end for _, each in parts])
    said = [plain_name(classes[each.label]) for _, each in parts]
    return go.Bar(
        orientation="h",
        y=[name for name, _ in parts],
        base=starts,
        x=ends - starts,
        width=0.62,
        marker={"color": [class_colour(each.label) for _, each in parts], "opacity": STRENGTH, "line": {"width": 0}},
        hovertext=[
            f"{word} from {start:.1f}° to {end:.1f}°" for word, start, end in zip(said, starts, ends, strict=True)
        ],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
    )


def _written(
    found: Counterfactuals, names: list[str], spots: list[list[float]], classes: tuple[str, ...], ink: str | None
) -> go.Bar:
    """The classes' names: bars that are not seen, in the widest part of each stretch that no mark covers."""
    parts = []
    for name, stretches, marks in zip(names, found.intervals, spots, strict=True):
        for each in stretches:
            start, end = clear_part(np.degrees(each.start), np.degrees(each.end), np.degrees(marks))
            if end - start >= WRITTEN:
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


def clear_part(start: float, end: float, marks: Sequence[float]) -> tuple[float, float]:
    """Returns the widest part of a stretch that keeps clear of all marks, in degrees."""
    edges = [start]
    for mark in sorted(each for each in marks if start - KEPT_CLEAR < each < end + KEPT_CLEAR):
        edges += [mark - KEPT_CLEAR, mark + KEPT_CLEAR]
    edges.append(end)
    return max(zip(edges[::2], edges[1::2], strict=True), key=lambda part: part[1] - part[0])


def _marks(spots: list[tuple[str, float]], symbol: str, words: str, colour: str | None) -> go.Scatter:
    return go.Scatter(
        x=[x for _, x in spots],
        y=[name for name, _ in spots],
        mode="markers",
        marker={"symbol": symbol, "size": 12, "color": colour or PUBLISHED, "line": {"width": 1, "color": "#FFFFFF"}},
        hovertemplate=f"%{{y}}: {words}, %{{x:.1f}}°<extra></extra>",
    )
