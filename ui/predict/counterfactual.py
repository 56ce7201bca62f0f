"""Counterfactuals of an answer: by how much the answer leads, and the smallest turn of one angle that changes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import partial

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.explain.counterfactual import Counterfactual, Counterfactuals, Margin, counterfactual_job, margin_of
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from ui.base.errors import as_plain_text
from ui.base.reader import ink
from ui.base.theme import PUBLISHED, WRONG, class_colour, plotly_layout
from ui.predict.journey_charts import plain_name
from ui.session import session
from ui.widgets.waiting import show_awaited

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
            start, end = clear_part(np.degrees(each.start), np.degrees(each.end), np.degrees(marks).tolist())
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


def clear_part(start: float, end: float, marks: Iterable[float]) -> tuple[float, float]:
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


def show_counterfactuals(model: TrainedModel, explanation: Explanation) -> None:
    """Shows it for one answer, below a heading of its own."""
    st.subheader("What would change its mind", anchor=False)
    st.markdown(margin_words(margin_of(explanation), explanation))
    show_awaited(
        ("counterfactual", model.key, hashlib.sha256(explanation.angles.tobytes()).digest()),
        lambda: counterfactual_job(model, explanation, session.owner),
        partial(_show_found, explanation),
        lambda _: "Turning one angle after the other …",
    )


def margin_words(margin: Margin, explanation: Explanation) -> str:
    """Says by how much the answer leads."""
    first, second = (as_plain_text(explanation.classes[label]) for label in (margin.first, margin.second))
    shares = list(explanation.prediction.probabilities.values())
    points = f"{100 * margin.probability:.1f}"
    return (
        f"**{first}** leads {second} by {margin.score:.3f} in score: {percent(shares[margin.first])} against "
        f"{percent(shares[margin.second])}, a margin of {points} percentage points."
    )


def smallest_words(found: Counterfactuals, explanation: Explanation) -> str:
    """Says what the smallest change is, or that none of a single angle will do."""
    turn = found.smallest
    if turn is None:
        answer = as_plain_text(explanation.prediction.label)
        return f"No single angle can change that: wherever one alone is turned to, the answer stays **{answer}**."
    changed = as_plain_text(explanation.classes[turn.label])
    return (
        f"The smallest change of a single angle that gives another answer: qubit {turn.qubit} {change_words(turn)}, "
        f"makes it **{changed}**. All other angles stay as they are."
    )


def _show_found(explanation: Explanation, found: Counterfactuals) -> None:
    st.markdown(smallest_words(found, explanation))
    st.plotly_chart(
        counterfactual_chart(found, explanation.angles, explanation.classes, ink()),
        key="journey_turning",
        config={"displayModeBar": False},
        alt=counterfactual_words(found, explanation.angles, explanation.classes),
    )
    st.caption(
        "Each bar is all that one qubit's angle can be, with the class that would then be named. The diamond is where "
        "this picture's angle is; the cross is the nearest angle with another answer."
    )
