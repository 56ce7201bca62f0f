"""Figures of an ansatz that have to be sampled: the button that asks for them, how far they are, their charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.network.analysis.barren_plateaus import PlateauPoint, plateau_seconds, plateau_sizes
from qtl_core.network.analysis.expressibility import MOST as USUAL_PAIRS
from qtl_core.network.analysis.expressibility import sampling_pairs, sampling_seconds
from qtl_core.network.ansatz import build_circuit
from ui.base.errors import guarded, show_user_error
from ui.base.theme import ANSATZ, OTHER_ANSATZ, plotly_layout
from ui.base.wording import about
from ui.circuit.ansatz_jobs import (
    PLATEAU,
    SAMPLING,
    Measure,
    Shown,
    find_job,
    is_missing,
    is_open,
    is_ours,
    start,
    stop,
)
from ui.circuit.ansatz_sentences import describe, entanglement_words, expressibility_words, plateau_words
from ui.session.refresh import refreshing
from ui.widgets.glossary import help_of, word
from ui.widgets.status import left_words, share_of, show_progress

HEIGHT = 340
Curve = tuple[str, Sequence[PlateauPoint]]
STYLES = (  # of the circuit on the table, and of the one it is compared with
    {"colour": ANSATZ, "dash": "solid", "symbol": "circle"},
    {"colour": OTHER_ANSATZ, "dash": "dash", "symbol": "diamond"},
)
# Whole numbers of their own: Plotly would write the 0.2 between 0.1 and 1 as "2".
TICKS = [step * 10.0**power for power in range(-8, 1) for step in (1, 2, 5)]


def plateau_figure(curves: Sequence[Curve]) -> go.Figure:
    """Draws the variance of the derivative against the number of qubits, on a logarithmic axis with standard errors.

    Args:
        curves: Name and points of the circuit on the table, and of the one it is compared with if there is one.
    """
    highest = max(curves, key=lambda curve: _middle(curve[1]))
    traces = [
        _trace(*curve, style, "top right" if curve is highest else "bottom left")
        for curve, style in zip(curves, STYLES, strict=False)
        if curve[1]
    ]
    layout = plotly_layout(height=HEIGHT, showlegend=False, hovermode="closest")
    last = max((point.qubits for _, points in curves for point in points), default=2)
    layout["xaxis"] |= {"title": {"text": "Qubits"}, "dtick": 1, "range": [1.5, last + 0.5], "fixedrange": True}
    layout["yaxis"] |= {
        "type": "log",
        "tickvals": TICKS,
        "title": {"text": "Variance of the gradient"},
        "fixedrange": True,
    }
    return go.Figure(traces, layout)


def _middle(points: Sequence[PlateauPoint]) -> float:
    return points[len(points) // 2].variance if points else 0.0


def _trace(name: str, points: Sequence[PlateauPoint], style: dict[str, str], beside: str) -> dict[str, Any]:
    middle = len(points) // 2  # a name at an end would be cut off, and one on the falling side would lie on the curve
    return {
        "x": [point.qubits for point in points],
        "y": [point.variance for point in points],
        "error_y": {"type": "data", "array": [point.error for point in points]},
        "customdata": [(point.error, point.samples) for point in points],
        "name": name,
        "mode": "lines+markers+text",
        "text": [name if at == middle else "" for at in range(len(points))],
        "textposition": beside,
        "textfont": {"color": style["colour"]},
        "cliponaxis": False,
        "line": {"color": style["colour"], "dash": style["dash"], "width": 2},
        "marker": {"symbol": style["symbol"], "size": 8},
        "hovertemplate": "%{x} qubits: %{y:.2e} ± %{customdata[0]:.0e} from %{customdata[1]} random settings",
    }


REFRESH_SECONDS = 0.4
STANDARD_ERROR = (
    "± is the standard error: measured again with other random angles, about two in three figures fall within it."
)


def show_sampling(shown: Sequence[Shown]) -> None:
    """Shows expressibility and entangling capability of each, or the button that measures them."""
    pairs = [sampling_pairs(build_circuit(each.settings)) for each in shown]
    seconds = sum(sampling_seconds(build_circuit(each.settings)) for each in shown)
    st.markdown(
        "**What states it reaches:** how evenly they are spread, and how entangled they are.",
        help=help_of("expressibility", "entanglement"),
    )
    drawn = " and ".join(f"{count:,}" for count in dict.fromkeys(pairs))
    few = min(pairs) < USUAL_PAIRS
    why = f" The circuit is large: with the usual {USUAL_PAIRS:,} pairs it would take too long." if few else ""
    st.caption(f"From {drawn} pairs of states with random angles, {about(seconds)} of computing.{why}")
    _show(SAMPLING, shown, partial(_show_sampled, shown))


def show_plateau(shown: Sequence[Shown]) -> None:
    """Shows how the gradients of each fade with the number of qubits, or the button that measures it."""
    st.markdown(
        "**How gradients fade:** how strongly one angle still pulls at the result when there are more qubits.",
        help=help_of("gradient", "barren plateau"),
    )
    trained = [each for each in shown if each.settings.depth]
    for each in shown:
        if each not in trained:
            st.markdown(f"{each.title}: there is no trained layer, and so no gradient to measure.")
    if not trained:
        return
    sizes, seconds = plateau_sizes(trained[0].settings), sum(plateau_seconds(each.settings) for each in trained)
    st.caption(
        f"For {sizes[0]} to {sizes[-1]} qubits, all else the same, {about(seconds)} of computing. The angle is that of "
        "the first layer's turn about Y on qubit 0; the result is " + word("expectation value", "⟨Z⟩") + " of qubit 0."
    )
    _show(PLATEAU, trained, partial(_show_curves, trained))


def _show(measure: Measure, shown: Sequence[Shown], results: Callable[[], None]) -> None:
    """The button, how far it is, and the results; refreshed by itself while a worker is at it."""
    live = is_open(measure, shown)
    missing = [each for each in shown if is_missing(measure, each)]
    if missing and not live:
        st.button(
            measure.label,
            key=f"start_{measure.name}",
            icon=measure.icon,
            on_click=guarded()(start),
            args=(measure, missing),
        )

    def panel() -> None:
        if live and not is_open(measure, shown):
            st.rerun()
        standing, found = st.container(), st.container()  # or the chart would move, and be mounted anew, at the end
        with standing:
            for each in shown:
                _show_standing(measure, each)
            if live and any(is_ours(measure, each) for each in shown):
                st.button(
                    "Stop", key=f"stop_{measure.name}", icon=":material/stop:", on_click=stop, args=(measure, shown)
                )
        with found:
            results()

    refreshing(panel, REFRESH_SECONDS if live else None)()


def _show_standing(measure: Measure, shown: Shown) -> None:
    """Says where the work stands that is not done."""
    found = find_job(measure, shown.settings)
    if found is None or found.state == "done":
        return
    key, title = f"{measure.name}_{shown.title}", f"{shown.title}: "
    if found.view.error:
        show_user_error(UserError(*found.view.error))
    elif found.state == "stopped":
        st.markdown(f"{title}stopped before it was done.")
    elif found.state == "queued":
        show_progress(key, 0.0, f"{title}waiting for other work to end …")
    else:
        report = found.view.progress
        how_far = f"{report.done:,} of {report.total:,}{left_words(report)}" if report else "getting ready"
        show_progress(key, share_of(report) if report else 0.0, f"{title}{how_far} …")


def _show_sampled(shown: Sequence[Shown]) -> None:
    jobs = [(each, find_job(SAMPLING, each.settings)) for each in shown]
    done = [(each, job.view.result) for each, job in jobs if job and job.view.result]
    for column, (each, found) in zip(st.columns(max(1, len(done)), gap="medium"), done, strict=False):
        with column:
            st.markdown(f"**{each.title}: {describe(each.settings)}**, from {found.pairs:,} pairs")
            st.markdown(expressibility_words(found, each.settings))
            st.markdown(entanglement_words(found, each.settings.qubits))
    if done:
        st.caption(
            "Expressibility is the Kullback-Leibler divergence, in nats, of the fidelities of pairs of states from "
            "those of random states; entangling capability the mean Meyer-Wallach Q (Sim, Johnson and Aspuru-Guzik, "
            "2019). All angles are random: trained ones over a whole turn, embedded ones between −π/2 and π/2. "
            + STANDARD_ERROR
        )


def _show_curves(shown: Sequence[Shown]) -> None:
    curves = [(each.title, describe(each.settings), _points(each)) for each in shown]
    if not any(points for _, _, points in curves):
        return
    said = [f"**{title}: {name}.** {plateau_words(points)}" for title, name, points in curves if points]
    st.plotly_chart(
        plateau_figure([(title, points) for title, _, points in curves]),
        key="plateau_chart",
        config={"displayModeBar": False},
        alt=" ".join(said).replace("*", ""),
    )
    for sentence in said:
        st.markdown(sentence)
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "Ansatz": title,
                    "Qubits": point.qubits,
                    "Variance": point.variance,
                    "± standard error": point.error,
                    "Random settings": point.samples,
                }
                for title, _, points in curves
                for point in points
            ],
            hide_index=True,
        )
    st.caption(
        "The variance of ∂⟨Z⟩/∂θ over random angles, by the parameter-shift rule (McClean and others, 2018). Training "
        "starts from small angles, as its settings say, and so it may set out with stronger gradients than these. "
        + STANDARD_ERROR
    )


def _points(shown: Shown) -> tuple[PlateauPoint, ...]:
    found = find_job(PLATEAU, shown.settings)
    return found.view.result if found else ()
