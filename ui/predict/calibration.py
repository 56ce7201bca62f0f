"""Calibration of a run's percentages: the reliability diagram, and the switch for temperature scaling."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.evaluation.calibration import Calibration, Reliability, calibration_of_run, why_not_measured
from qtl_core.evaluation.metrics import percent
from qtl_core.inference.requests import TrainedModel
from qtl_core.settings.readout_words import figures_words
from ui.base.theme import PUBLISHED, VALIDATION, plotly_layout
from ui.session import keys
from ui.widgets.glossary import help_of, word

HEIGHT = 340
SMALLEST, LARGEST = 8, 26  # pixels: the area of a point is its share of the pictures
HOVER = "says %{x:.1%}, right %{y:.1%}<br>%{customdata} pictures<extra>%{fullData.name}</extra>"


def reliability_figure(found: Calibration, classes: int) -> go.Figure:
    """Draws every bin of confidence as a point, its size after its pictures; on the line, percentages are honest.

    Args:
        found: The measurement.
        classes: How many classes there are: nobody is less sure than one in that many.
    """
    traces = [_line(), _bars_as_points(found.plain, "As trained", "circle", VALIDATION)]
    if found.scaled:
        traces.append(_bars_as_points(found.scaled, "With temperature scaling", "diamond-open", PUBLISHED))
    layout = plotly_layout(height=HEIGHT, hovermode="closest")
    layout["xaxis"] |= _axis("How sure it says it is", [1 / classes - 0.05, 1.04])
    layout["yaxis"] |= _axis("Share that is right", [-0.06, 1.08])
    return go.Figure(traces, layout)


def _axis(title: str, reach: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "range": reach, "tickformat": ".0%", "fixedrange": True}


def _line() -> dict[str, Any]:
    return {
        "x": [0, 1],
        "y": [0, 1],
        "mode": "lines",
        "name": "Percentages that mean what they say",
        "hoverinfo": "skip",
        "line": {"color": PUBLISHED, "width": 1.5, "dash": "dash"},
    }


def _bars_as_points(found: Reliability, name: str, symbol: str, colour: str) -> dict[str, Any]:
    there = found.counts > 0
    share = np.sqrt(found.counts[there] / found.counts.max())
    return {
        "x": found.confidence[there],
        "y": found.accuracy[there],
        "customdata": found.counts[there],
        "name": name,
        "mode": "markers",
        "cliponaxis": False,
        "hovertemplate": HOVER,
        "marker": {
            "symbol": symbol,
            "color": colour,
            "size": SMALLEST + (LARGEST - SMALLEST) * share,
            "opacity": 0.85,
            "line": {"width": 2},
        },
    }


CACHE_SIZE = 32  # measurements of a few kilobytes
TITLE = "How far can its percentages be trusted?"
UNMEASURED = "How far its percentages can be trusted is not known: {why}. Temperature scaling changes nothing."


def show_temperature_switch() -> bool:
    """Shows the switch and returns whether it is on."""
    return st.toggle(
        "Temperature scaling",
        key=keys.PREDICT_TEMPERATURE,
        persist_state="session",
        help="Divides all class scores by one number, fitted on the validation pictures, so that percentages come "
        "nearer to how often the run is right. It changes no answer, only how sure it sounds.",
    )


def temperature_of(model: TrainedModel, wanted: bool) -> float:
    """Returns the temperature of a run's answers: 1 where scaling is not wanted, or none can be fitted."""
    if not wanted or why_not_measured(model.run):
        return 1.0
    return _measured(model.key, model).temperature or 1.0


def show_calibration(model: TrainedModel, whose: str = "", *, scaling: bool) -> None:
    """Shows the measurement behind a line that opens.

    Args:
        model: The run.
        whose: What to begin with where two runs answer, "" where only one does.
        scaling: Whether temperature scaling is switched on.
    """
    if why := why_not_measured(model.run):
        st.caption(f"{whose}{UNMEASURED.format(why=why)}")
        return
    found = _measured(model.key, model)
    if scaling:
        st.caption(f"{whose}{_in_use(found)}")
    with st.expander(f"{whose}{TITLE}", icon=":material/balance:"):
        st.markdown(in_words(found, _noun(model)), help=help_of("calibration"))
        if read := figures_words(model.run.prepared.settings):
            st.caption(f"{read} The answers below are the exact circuit's, which may be surer, or less sure.")
        figure = reliability_figure(found, len(model.run.prepared.classes))
        st.plotly_chart(figure, key=f"calibration_{whose}", config={"displayModeBar": False}, alt=_short(found))
        st.caption(
            "Each point stands for the pictures that it was about as sure of, the larger the more of them; below the "
            "dashed line it says more than it knows, above it less."
        )
        st.markdown(temperature_in_words(found))


def in_words(found: Calibration, noun: str) -> str:
    """Returns what was measured, as sentences of Markdown.

    Args:
        found: The measurement.
        noun: What the pictures are called.
    """
    plain, explained = found.plain, noun.replace("validation", word("validation"))
    chance = (
        "No more than chance alone would show with so few: nothing speaks against its percentages."
        if plain.error <= found.by_chance
        else "That is more than chance alone explains."
    )
    return (
        f"On the {found.pictures} {explained}, none of which it learnt from, it said on average that it was "
        f"{percent(plain.mean_confidence)} sure, and was right on {percent(plain.mean_accuracy)}. The gap between the "
        f"two, averaged over how sure it was (expected calibration error), is **{_points(plain.error)}**. Percentages "
        f"that mean exactly what they say would show up to {_points(found.by_chance)} in 95 of 100 sets of "
        f"this size. {chance} The same pictures chose which {word('epoch')} was kept, which flatters it, and "
        "on pictures of another kind nothing is known."
    )


def temperature_in_words(found: Calibration) -> str:
    """Returns what temperature scaling does for the run, as sentences of Markdown."""
    if found.temperature is None:
        return f"**Temperature scaling:** {_no_temperature(found)}"
    sounds = "surer" if found.temperature < 1 else "less sure"
    words = f"**Temperature scaling** divides its scores by {found.temperature:.2f}, so that it sounds {sounds}."
    if found.scaled is None:
        return f"{words} Too few mistakes are among these pictures to measure what that is worth."
    return (
        f"{words} Measured fairly, each fifth of the pictures at a temperature fitted on the others, the gap is then "
        f"**{_points(found.scaled.error)}**."
    )


def _in_use(found: Calibration) -> str:
    if found.temperature is None:
        return f"Temperature scaling changes nothing here: {_no_temperature(found)}"
    return (
        f"All its percentages below are at temperature {found.temperature:.2f}, fitted on {found.pictures} validation "
        "pictures. The answers are the same without it."
    )


def _no_temperature(found: Calibration) -> str:
    if found.plain.mean_accuracy == 1:
        return "all validation pictures are right, so no number fits best: the surer, the better it would look."
    return "no number fits these pictures best."


def _noun(model: TrainedModel) -> str:
    kinds = {
        "photos": "validation photos",
        "drawn": "drawn validation pictures",
    }
    return kinds.get(model.run.prepared.settings.data.source, "validation pictures")


def _short(found: Calibration) -> str:
    return (
        f"Said on average: {percent(found.plain.mean_confidence)} sure. Right: {percent(found.plain.mean_accuracy)}. "
        f"Expected calibration error: {_points(found.plain.error)}."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f} percentage points"


@st.cache_data(max_entries=CACHE_SIZE, show_spinner=False)
def _measured(key: str, _model: TrainedModel) -> Calibration:
    """The model's key stands for it."""
    return calibration_of_run(_model.run)
