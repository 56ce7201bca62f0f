"""Sliders and charts as all topics have them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui.base.reader import ink
from ui.base.theme import WRONG, plotly_layout
from ui.session import keys


def degrees(topic: str, name: str, label: str, usual: int, about: str, low: int = 0, high: int = 360) -> float:
    """Shows a slider for an angle in degrees; returns it in radians."""
    return math.radians(whole(topic, name, label, usual, about, low, high, step=5, unit="°"))


def whole(
    topic: str, name: str, label: str, usual: int, about: str, low: int, high: int, *, step: int = 1, unit: str = ""
) -> int:
    """Shows a slider for a whole number."""
    key = _first(topic, name, usual)
    return st.slider(label, low, high, step=step, format=f"%d{unit}", help=about, key=key, persist_state="session")


def stop(topic: str, name: str, label: str, usual: float, about: str, stops: Sequence[float]) -> float:
    """Shows a slider that has only some stops."""
    key = _first(topic, name, usual)
    return st.select_slider(
        label, stops, format_func=lambda value: f"{value:,}", help=about, key=key, persist_state="session"
    )


def choice(topic: str, name: str, label: str, names: Mapping[str, str], about: str) -> str:
    """Shows a few choices side by side; returns the key of the one that is taken, at first the first."""
    key = _first(topic, name, next(iter(names)))
    if st.session_state[key] is None:  # pressed again, it would be taken away
        st.session_state[key] = next(iter(names))
    chosen: str | None = st.segmented_control(
        label,
        list(names),
        format_func=lambda each: names.get(each, each),
        help=about,
        key=key,
        persist_state="session",
        required=True,
    )
    return chosen or next(iter(names))


def switch(topic: str, name: str, label: str, about: str, *, usual: bool = False) -> bool:
    """Shows a switch."""
    return st.toggle(label, help=about, key=_first(topic, name, usual), persist_state="session")


def again(topic: str, label: str, about: str) -> int:
    """Shows a button that throws the dice anew; returns the seed."""
    key = keys.learn_key(topic, "seed")
    st.session_state.setdefault(key, 0)

    def count() -> None:
        st.session_state[key] += 1

    st.button(label, help=about, on_click=count, key=keys.learn_key(topic, "again"), icon=":material/casino:")
    return st.session_state[key]


def chart(topic: str, name: str, traces: Sequence[Any], height: int = 260, **axes: Any) -> None:
    """Shows curves in the app's base layout.

    Args:
        topic: The topic's key.
        name: The chart's name in its topic.
        traces: What Plotly draws.
        height: Pixels.
        **axes: Further entries of the layout; those of `xaxis` and `yaxis` are added to the base's.
    """
    coloured = {"color": ink()} if ink() else {}  # else Streamlit's grey, too faint for small letters
    layout = plotly_layout(height=height, hovermode="closest", font=coloured, dragmode=False)
    for axis in ("xaxis", "yaxis"):
        wanted = dict(axes.pop(axis, {}))
        title = {"text": wanted.pop("title", ""), "font": coloured} | ({"standoff": 12} if axis == "xaxis" else {})
        layout[axis] |= {"fixedrange": True, "tickfont": coloured, "title": title} | wanted
    show_figure(topic, name, go.Figure(list(traces), layout | axes))


def show_figure(topic: str, name: str, figure: go.Figure) -> None:
    """Shows a figure that takes no clicks."""
    st.plotly_chart(figure, key=keys.learn_key(topic, f"{name}_chart"), config={"displayModeBar": False})


def line(x: Any, y: Any, name: str, colour: str, **changes: Any) -> dict[str, Any]:
    """A curve."""
    dash = changes.pop("dash", "solid")
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": name,
        "mode": "lines",
        "line": {"color": colour, "width": 2, "dash": dash},
    } | changes


def heat(x: Any, y: Any, values: Any, hover: str) -> dict[str, Any]:
    """A map of values, in colours that everybody can tell apart by their brightness."""
    bar = {"thickness": 10, "tickfont": {"color": ink()} if ink() else {}}
    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": values,
        "colorscale": "Cividis",
        "colorbar": bar,
        "hovertemplate": f"{hover}<extra></extra>",
    }


def mark(x: float, y: float) -> dict[str, Any]:
    """A ring where one is on a map, seen on dark and bright."""
    ring = {"size": 13, "symbol": "circle", "color": "#FFFFFF", "opacity": 1, "line": {"width": 4, "color": WRONG}}
    return {
        "type": "scatter",
        "x": [x],
        "y": [y],
        "mode": "markers",
        "marker": ring,
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def signed(number: float, digits: int = 2) -> str:
    """Returns a number with its sign, a true minus, and nothing without one."""
    rounded = round(number, digits)
    return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def _first(topic: str, name: str, usual: Any) -> str:
    key = keys.learn_key(topic, name)
    st.session_state.setdefault(key, usual)
    return key
