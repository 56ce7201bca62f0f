"""Class by class: precision, recall and F1 with their intervals, and curves of one class against the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from qtl_core.evaluation.class_figures import (
    TEST,
    VALIDATION,
    ClassFigures,
    PartFigures,
    part_figures,
    tested_in_words,
)
from qtl_core.evaluation.metrics import Interval, percent
from qtl_core.evaluation.probability_figures import ClassCurves, ProbabilityFigures, probability_figures
from qtl_core.export.tables import class_rows, to_csv
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.readout_words import figures_words
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text
from ui.base.theme import plotly_layout
from ui.session import keys
from ui.widgets.glossary import help_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 320
MOST_DRAWN = 8  # curves in one chart that can still be told apart; the table has the areas of all
CHANCE = "rgba(138, 141, 148, 0.7)"


def show_class_by_class(view: TrainedRun, noun: str) -> None:
    """Shows the figures of the part that is chosen: of the test pictures where they were looked at."""
    parts = part_figures(view)
    if not parts:
        st.markdown(f"There is nothing to measure it by: no {noun} with known classes.")
        return
    _say_which_is_which(view, noun)
    chosen = VALIDATION
    if len(parts) > 1:
        chosen = st.segmented_control(
            "Figures of", [TEST, VALIDATION], format_func=_title, key=keys.FIGURES_PART, default=TEST, required=True
        )
    part = parts[chosen]
    if read := figures_words(view.prepared.settings):
        st.caption(read)
    figures = probability_figures(part.evaluation)
    _show_means(part, figures)
    _show_table(part, figures, noun)
    _show_curves(part, figures, noun, colours_of(view.prepared))
    st.download_button(
        "Classes as CSV",
        lambda: to_csv(class_rows(part, figures)),
        f"classes_{part.part}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _title(part: str) -> str:
    return {TEST: "Test", VALIDATION: "Validation"}[part]


def _say_which_is_which(view: TrainedRun, noun: str) -> None:
    """Says in one sentence or two which figure is which, and which of them flatters."""
    if said := tested_in_words(view, noun):
        st.markdown(as_plain_text(said))
        return
    st.markdown(
        f"These are figures of the {view.prepared.val_size:,} validation {noun}, which also chose the best epoch: so "
        f"they flatter. With a test part (set on Train), {noun} that chose nothing are looked at once, at the end."
    )


def _show_means(part: PartFigures, figures: ProbabilityFigures) -> None:
    low, high = part.balanced_interval
    with st.container(horizontal=True, gap="medium"):
        _figure(
            "Balanced accuracy",
            percent(part.balanced_accuracy),
            f"Mean recall of the classes, likely between {percent(low)} and {percent(high)}: a rare class counts as "
            "much as a common one.",
        )
        _figure("Macro F1", _number(part.macro_f1), "Mean F1 of the classes, each counting the same.")
        _figure("ROC area", _number(figures.macro_roc_area), f"Mean over the classes.\n\n{help_of('ROC curve')}")
        _figure("Brier score", _number(figures.brier), help_of("Brier score"))
        _figure("Log loss", _number(figures.log_loss), help_of("loss"))


def _figure(label: str, value: str, help: str) -> None:
    st.metric(label, value, help=help, width="content")


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "not known"


def _show_table(part: PartFigures, figures: ProbabilityFigures, noun: str) -> None:
    counted = noun.capitalize()
    rows = [_row(each, curves, counted) for each, curves in zip(part.classes, figures.curves, strict=True)]
    st.dataframe(
        rows,
        hide_index=True,
        key="class_figures",
        column_config={
            "Class": st.column_config.TextColumn(pinned=True),
            counted: st.column_config.NumberColumn(help="How many are really of this class (support)."),
            "Precision": st.column_config.TextColumn(help=help_of("precision")),
            "Recall": st.column_config.TextColumn(help=help_of("recall")),
            "F1": st.column_config.TextColumn(help=help_of("F1")),
        },
    )
    st.caption("In brackets: the 95% interval that so few examples leave open (Wilson's; F1's is made from it).")


def _row(each: ClassFigures, curves: ClassCurves | None, counted: str) -> dict[str, Any]:
    return {
        "Class": each.name,
        counted: each.support,
        "Precision": _with_interval(each.precision, each.precision_interval, "never said"),
        "Recall": _with_interval(each.recall, each.recall_interval, "none there"),
        "F1": _with_interval(each.f1, each.f1_interval, "not known"),
        "ROC area": _number(curves.roc_area) if curves else "not known",
        "Average precision": _number(curves.average_precision) if curves else "not known",
    }


def _with_interval(share: float, interval: Interval, otherwise: str) -> str:
    if not math.isfinite(share):
        return otherwise
    return f"{share:.3f} ({interval[0]:.2f}–{interval[1]:.2f})"


def _show_curves(part: PartFigures, figures: ProbabilityFigures, noun: str, colours: Sequence[str]) -> None:
    if not any(figures.curves):
        st.caption(f"No curves: they need finite probabilities, and {noun} of two classes or more.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**ROC: found, against false alarms**", help=help_of("ROC curve"))
        areas = [each.roc_area if each else None for each in figures.curves]
        _chart(roc_figure(part, figures, colours), "roc", "ROC area", areas)
    with right:
        st.markdown("**Precision against recall**", help=help_of("precision-recall curve"))
        areas = [each.average_precision if each else None for each in figures.curves]
        _chart(precision_figure(part, figures, colours), "precision_recall", "average precision", areas)
    if len(part.classes) > MOST_DRAWN:
        st.caption(f"Drawn are the {MOST_DRAWN} classes with the smallest areas; the table has all of them.")
    elif len(part.classes) == 2:
        st.caption("Of two classes, the two ROC curves say the same: what one gains the other loses.")


def _chart(figure: go.Figure, key: str, what: str, areas: list[float | None]) -> None:
    known = [area for area in areas if area is not None]
    alt = f"{what} from {min(known):.3f} to {max(known):.3f} over {len(known)} classes"
    st.plotly_chart(figure, key=f"class_{key}", config={"displayModeBar": False}, alt=alt)


def roc_figure(part: PartFigures, figures: ProbabilityFigures, colours: Sequence[str]) -> go.Figure:
    """Draws the share of a class that is found against the share of the others that is taken for it, by threshold."""
    traces = [
        _trace(
            colours[label], part.classes[label].name, each.false_positive_rate, each.true_positive_rate, each.roc_area
        )
        for label, each in _drawn(figures, "roc_area")
    ]
    chance = {"x": [0, 1], "y": [0, 1], "mode": "lines", "line": {"color": CHANCE, "dash": "dot"}, "name": "chance"}
    return _figure_of([*traces, chance | {"hoverinfo": "skip"}], "False alarms among the others", "Found of the class")


def precision_figure(part: PartFigures, figures: ProbabilityFigures, colours: Sequence[str]) -> go.Figure:
    """Draws precision against recall, by threshold."""
    traces = [
        _trace(colours[label], part.classes[label].name, each.recall, each.precision, each.average_precision)
        for label, each in _drawn(figures, "average_precision")
    ]
    return _figure_of(traces, "Recall", "Precision")


def _drawn(figures: ProbabilityFigures, area: str) -> list[tuple[int, ClassCurves]]:
    there = [(label, each) for label, each in enumerate(figures.curves) if each]
    weakest = sorted(there, key=lambda entry: getattr(entry[1], area))[:MOST_DRAWN]
    return sorted(weakest, key=lambda entry: entry[0])


def _trace(colour: str, name: str, x: Any, y: Any, area: float) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "mode": "lines",
        "name": f"{as_plain_text(name)} ({area:.3f})",
        "line": {"color": colour, "width": 2, "shape": "hv"},
        "hovertemplate": "%{x:.0%}, %{y:.0%}",
    }


def _figure_of(traces: list[dict[str, Any]], x: str, y: str) -> go.Figure:
    import plotly.graph_objects as go

    layout = plotly_layout(height=HEIGHT, hovermode="closest", margin={"l": 8, "r": 8, "t": 40, "b": 40})
    for axis, title in (("xaxis", x), ("yaxis", y)):
        layout[axis] = layout.get(axis, {}) | {
            "title": {"text": title, "standoff": 4},
            "range": [-0.02, 1.02],
            "tickformat": ".0%",
            "fixedrange": True,
        }
    return go.Figure(traces, layout)
