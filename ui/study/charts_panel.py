"""The charts of a study, one at a time, drawn from the runs so far; a click on a point opens its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.studies.answer import Answer
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.chart_jobs import (
    BANDS,
    DOTS,
    EPOCHS,
    HEAT,
    IMPORTANCE,
    PARALLEL,
    ChartRequest,
    DrawnChart,
    chart_job,
    kinds_for,
)
from qtl_core.studies.figures import numeric_axes
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.store import StudyStore
from ui.base.errors import as_plain_text, show_user_error
from ui.session import keys, session
from ui.study.answers import newest, show_waiting
from ui.study.clicked_run import take_click
from ui.study.settings_table import choose_lines, marked, show_lines
from ui.widgets.glossary import help_of

TITLES = {
    DOTS: "Every run",
    BANDS: "Curves",
    HEAT: "Heat map",
    PARALLEL: "Parallel axes",
    EPOCHS: "Epoch by epoch",
    IMPORTANCE: "What matters most",
}
ABOUT = {
    DOTS: "A dot is one run, a stroke the mean. Click a dot to open its run.",
    BANDS: "Lines are means; the shade holds nine of ten runs, of fewer than 20 all. Click a point to open the run "
    "nearest to it.",
    HEAT: "Colour is the mean over seeds and all that is not on an axis. Click a field to open the run nearest to it.",
    PARALLEL: "A line is one setting, at its mean over seeds. The fields keep some; a table lists them, each to open.",
    EPOCHS: "Lines are means after each epoch; the shade holds nine of ten runs, of fewer than 20 all.",
    IMPORTANCE: "A forest of decision trees learns to tell from its settings what comes out of a run. R² is the share "
    "of the differences that it explains: 1 is all, 0 none. A bar is how much R² it loses when one setting is shuffled "
    "among the runs; it can lose more than it had, as wrong ones mislead it. A whisker is the spread over shuffles.",
}
CLICKED = (DOTS, BANDS, HEAT)
FIGURES = {
    "val_accuracy": "Validation accuracy",
    "train_accuracy": "Training accuracy",
    "val_loss": "Validation loss",
    "train_loss": "Training loss",
}
NO_AXIS = ""
HEIGHT = 420  # pixels of the place in which a chart is drawn, so that nothing moves when the next one comes


def show_charts(store: StudyStore, answer: Answer, *, live: bool) -> None:
    """Shows which chart there is, and the chart."""
    request = _choose(store.id, store.plan, answer.measure)
    key = "chart", request, answer.done
    found = newest(f"{store.id} chart", key, lambda: chart_job(request, session.owner), same=request)
    with st.container(key="study_chart_place"):
        st.caption(ABOUT[request.kind])
        if found is None:
            return
        if not found.is_over:
            show_waiting(found.id, "Drawing …", live=live)
        elif found.view.error:
            show_user_error(UserError(*found.view.error))
        elif found.view.result is not None:
            _show_chart(store.id, request, found.view.result, found.id)


def _show_chart(study_id: str, request: ChartRequest, drawn: DrawnChart, job_id: str) -> None:
    if drawn.words:
        st.markdown(as_plain_text(drawn.words))
    if not drawn.figure.data or not len(getattr(drawn.figure.data[0], "x", ()) or (0,)):
        return
    figure, lines, narrowed = drawn.figure, drawn.lines, None
    if lines is not None:
        narrowed = choose_lines(study_id, lines)
        figure = marked(figure, lines, narrowed)
    drawn_as = f"study_chart_{job_id}_{session.studies.closed}"
    event = st.plotly_chart(
        figure,
        key=drawn_as,
        config={"displayModeBar": False},
        on_select="rerun" if request.kind in CLICKED else "ignore",
        selection_mode="points",
        alt=f"{TITLES[request.kind]}: {ABOUT[request.kind]}",
    )
    if request.kind in CLICKED:
        take_click(study_id, drawn_as, clicked_key(event))
    if lines is not None and narrowed is not None:
        show_lines(study_id, lines, narrowed, job_id)


def clicked_key(event: Any) -> str:
    """Returns the key of the run that was clicked, or "" where nothing was, or a place without a run."""
    points = event.selection.points if event else []
    data = points[0].get("customdata") if points else None
    if isinstance(data, dict):  # Streamlit gives a list in a list as a dictionary of its places
        data = list(data.values())
    return str(data[0]) if data else ""


def _choose(study_id: str, plan: StudyPlan, measure: str) -> ChartRequest:
    kinds = kinds_for(plan)
    with st.container(key="study_chart_kind"):
        kind = st.segmented_control(
            "Chart",
            kinds,
            default=usual_kind(kinds),
            format_func=TITLES.__getitem__,
            required=True,
            key=f"{keys.STUDY_CHART}_{study_id}",
            persist_state="session",
            label_visibility="collapsed",
            width="stretch",
        )
    kind = kind or usual_kind(kinds)
    with st.container(horizontal=True, vertical_alignment="bottom", key="study_chart_choice"):
        x, y = _choose_axes(study_id, plan, kind)
        if kind == EPOCHS:
            measure = st.selectbox(
                "Figure",
                list(FIGURES),
                format_func=FIGURES.__getitem__,
                key=f"{keys.STUDY_MEASURE}_epochs",
                persist_state="session",
                width=220,
                help=help_of("validation", "epoch"),
            )
    return ChartRequest(study_id, kind, measure, x, y)


def usual_kind(kinds: Sequence[str]) -> str:
    """Returns the chart that is shown first: over a setting of numbers a curve, else every run."""
    return BANDS if BANDS in kinds else DOTS


def _choose_axes(study_id: str, plan: StudyPlan, kind: str) -> tuple[str, str]:
    names = [axis.setting for axis in plan.axes]
    varying = [axis.setting for axis in plan.axes if len(axis.values) > 1]
    if kind == DOTS:
        return _one(study_id, "dots", "Along", names), NO_AXIS
    if kind == BANDS:
        x = _one(study_id, "bands", "Over", numeric_axes(plan))
        return x, _one(study_id, f"by_{x}", "A line for each", [*(each for each in names if each != x), NO_AXIS])
    if kind == HEAT:
        x = _one(study_id, "heat", "Across", list(reversed(varying)))
        return x, _one(study_id, f"heat_{x}", "Up", [each for each in varying if each != x])
    if kind == EPOCHS:
        return NO_AXIS, _one(study_id, "epochs", "A line for each", [*names, NO_AXIS])
    return NO_AXIS, NO_AXIS


def _one(study_id: str, what: str, label: str, names: list[str]) -> str:
    """Returns the axis that is chosen; there is nothing to choose of one alone."""
    if len(names) < 2:
        return names[0] if names else NO_AXIS
    return st.selectbox(
        label,
        names,
        format_func=lambda name: axis_spec(name).label if name else "All in one",
        key=f"{keys.STUDY_AXIS}_{what}_{study_id}",
        persist_state="session",
        width=200,
    )
