"""The settings behind the lines through all axes: narrowed by value and by result, listed best first, each to open."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from qtl_core.studies.charts import setting_label, short_measure, value_names
from qtl_core.studies.figures import Parallel
from qtl_core.studies.rows import LOSSES
from ui.session import keys, session
from ui.study.clicked_run import take_click

MOST_LISTED = 1_000  # settings: of more the best
HEIGHT = 320
ANY = "any"
PERCENT_STEP, LOSS_STEP = 0.1, 0.001


@dataclass(frozen=True)
class Narrowed:
    """A choice among the lines.

    Attributes:
        values: By axis, the positions of the values that are kept; of an axis that is not among them all are.
        ends: Between which means, on the scale of the slider; None where all are kept.
    """

    values: Mapping[str, tuple[int, ...]]
    ends: tuple[float, float] | None = None


def choose_lines(study_id: str, lines: Parallel) -> Narrowed:
    """Shows the fields that narrow the lines down."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="study_lines_choice"):
        ends = _choose_ends(study_id, lines)
        found = {name: _choose_values(study_id, lines, name) for name in lines.axes if len(lines.places[name]) > 1}
    return Narrowed({name: values for name, values in found.items() if values}, ends)


def _choose_values(study_id: str, lines: Parallel, name: str) -> tuple[int, ...]:
    names = value_names(name, lines.places[name])
    chosen: list[int] = st.multiselect(
        setting_label(name),
        range(len(names)),
        format_func=names.__getitem__,
        key=f"{keys.STUDY_AXIS}_lines_{name}_{study_id}",
        persist_state="session",
        placeholder="Every value",
        width=220,
    )
    return tuple(chosen)


def _choose_ends(study_id: str, lines: Parallel) -> tuple[float, float] | None:
    step, scale = scale_of(lines.measure)
    low, high = ends_of(lines, step, scale)
    if high <= low:
        return None
    ends: tuple[float, float] = st.slider(
        _mean_title(lines.measure),
        low,
        high,
        (low, high),
        step,
        format="%.1f%%" if scale > 1 else "%.3f",
        key=f"{keys.STUDY_AXIS}_lines_{lines.measure}_{low}_{high}_{study_id}",
        width=260,
    )
    return None if ends == (low, high) else ends


def scale_of(measure: str) -> tuple[float, float]:
    """Returns the step of the slider, and by what a figure is multiplied for it: accuracies stand in percent."""
    return (PERCENT_STEP, 100.0) if measure.endswith("accuracy") else (LOSS_STEP, 1.0)


def ends_of(lines: Parallel, step: float, scale: float) -> tuple[float, float]:
    """Returns the ends of the slider: steps between which all means lie."""
    if not len(lines.means):
        return 0.0, 0.0
    low, high = float(lines.means.min()) * scale, float(lines.means.max()) * scale
    return round(math.floor(low / step) * step, 6), round(math.ceil(high / step) * step, 6)


def chosen_lines(lines: Parallel, narrowed: Narrowed) -> np.ndarray:
    """Returns the places of the lines that are kept, the best first; of lines that are the same runs the first."""
    kept = np.ones(len(lines.means), bool)
    for name, values in narrowed.values.items():
        kept &= np.isin(lines.at[name], values)
    if narrowed.ends:
        scaled = lines.means * scale_of(lines.measure)[1]
        kept &= (scaled >= narrowed.ends[0] - 1e-9) & (scaled <= narrowed.ends[1] + 1e-9)
    sign = 1 if lines.measure in LOSSES else -1
    places = np.flatnonzero(kept)
    places = places[np.sort(np.unique(lines.keys[places], return_index=True)[1])]
    best: np.ndarray = places[np.argsort(sign * lines.means[places], kind="stable")]
    return best


def marked(figure: Any, lines: Parallel, narrowed: Narrowed) -> Any:
    """Returns the chart with a bar along each axis at what is kept, so that it draws the lines that are listed."""
    import plotly.graph_objects as go

    if not narrowed.values and narrowed.ends is None:
        return figure
    found = go.Figure(figure)
    *axes, last = found.data[0].dimensions
    for name, dimension in zip(lines.axes, axes, strict=True):
        if name in narrowed.values:
            dimension.multiselect = True
            dimension.constraintrange = [[place - 0.2, place + 0.2] for place in sorted(narrowed.values[name])]
    if narrowed.ends:
        last.constraintrange = [end / scale_of(lines.measure)[1] for end in narrowed.ends]
    return found


def show_lines(study_id: str, lines: Parallel, narrowed: Narrowed, drawn: str) -> None:
    """Lists the settings that are kept; a click on one shows the run nearest to its mean.

    Args:
        study_id: The study.
        lines: All of them.
        narrowed: What is kept.
        drawn: Tells this drawing from others.
    """
    places = chosen_lines(lines, narrowed)
    if not len(places):
        st.caption("No setting is left: take more values, or a wider range.")
        return
    shown = places[:MOST_LISTED]
    listed_as = f"study_lines_{drawn}_{hash(shown.tobytes())}_{session.studies.closed}"
    event = st.dataframe(
        table_of(lines, shown),
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=listed_as,
        height=min(HEIGHT, 35 * len(shown) + 38),
        width="stretch",
        column_config={_mean_title(lines.measure): st.column_config.NumberColumn(format=_form(lines.measure))},
        alt="The settings, the best first; choose one to see a run of it",
    )
    more = f" The best {MOST_LISTED:,} of {len(places):,} are listed." if len(places) > len(shown) else ""
    st.caption(f"The best first. Click a setting to see its run that is nearest to the mean.{more}")
    rows = [*event.selection.rows, *(row for row, _ in event.selection.get("cells", ()))]
    clicked = str(lines.keys[shown[rows[0]]]) if rows and rows[0] < len(shown) else ""
    take_click(study_id, listed_as, clicked)


def table_of(lines: Parallel, places: np.ndarray) -> pd.DataFrame:
    """Returns these lines as a table: the mean, then the value of every axis; `ANY` where others give the same runs."""
    scale = scale_of(lines.measure)[1]
    columns: dict[str, Any] = {_mean_title(lines.measure): scale * lines.means[places]}
    for name in lines.axes:
        names = np.array(value_names(name, lines.places[name]), dtype=object)
        own = names[lines.at[name][places]]
        columns[setting_label(name)] = np.where(_varies(lines, name)[places], ANY, own)
    return pd.DataFrame(columns)


def _varies(lines: Parallel, name: str) -> np.ndarray:
    """Returns of every line whether others that are the same runs have another value of an axis."""
    _, group = np.unique(lines.keys, return_inverse=True)
    at, size = lines.at[name], int(group.max()) + 1
    least, most = np.full(size, len(lines.places[name])), np.zeros(size, int)
    np.minimum.at(least, group, at)
    np.maximum.at(most, group, at)
    found: np.ndarray = (least < most)[group]
    return found


def _mean_title(measure: str) -> str:
    return f"Mean {short_measure(measure)}"


def _form(measure: str) -> str:
    return "%.2f%%" if measure.endswith("accuracy") else "%.4f"
