"""Is it learning? What went wrong in a run, in plain words, and how strongly its circuit was pulled, layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from qtl_core.compare.sides import differing_settings
from qtl_core.evaluation.diagnosis.checks import diagnose, sought_in_words
from qtl_core.evaluation.diagnosis.finding import first_not_finite
from qtl_core.evaluation.diagnosis.remedies import Remedy, remedy_for
from qtl_core.evaluation.diagnosis.while_training import warnings_so_far
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import readout_in_words
from ui.base.errors import as_plain_text, guarded
from ui.base.theme import TRAINED_ROTATION, epoch_ticks, plotly_layout
from ui.session import session
from ui.session.run_actions import go_on, start
from ui.widgets.glossary import help_of
from ui.widgets.status import differences

if TYPE_CHECKING:
    import plotly.graph_objects as go

WEAKEST, STRONGEST = -5, -1  # powers of ten: the same colour for the same size in every run
FAINT = "rgba(138, 141, 148, 0.12)"
LAYER_HEIGHT, LEAST_HEIGHT = 22, 220  # pixels

FORMULA = r"g_\ell=\sqrt{\frac{1}{P_\ell}\sum_{j\in\ell}\frac{v_j-\beta^S v_j^{\mathrm{before}}}{1-\beta^S}}"
FOR_EXPERTS = (
    "The root mean square of the loss's gradient over the angles of layer ℓ and the steps of an epoch. It is read off "
    "Adam's second moment: v is its running average of squared gradients, β = 0.999 its decay, S the steps of the "
    "epoch and P the angles of the layer, so that nothing has to be computed twice."
)


def show_findings(view: RunView) -> None:
    """Says what went wrong in a run, if anything did, and what to do about it."""
    found = diagnose(view)
    for finding in found:
        st.warning(f"**{as_plain_text(finding.what)}** {as_plain_text(f'{finding.why} {finding.do}'.strip())}")
    if found and view.prepared is not None and (said := readout_caveat(view.prepared.settings)):
        st.caption(said, help=help_of("shots", "noise"))
    if found and view.prepared is not None and (remedy := remedy_for(TrainedRun.of(view), found)):
        _show_remedy(view, remedy)


def readout_caveat(settings: RunSettings) -> str:
    """Returns what to bear in mind with any finding on a run from shots or under noise; "" of other runs."""
    if settings.reads_exactly:
        return ""
    trained = readout_in_words(settings.readout)
    return (
        f"It was trained with {trained}. That alone can hold figures down or make them jump: the same training read "
        "exactly (Train, More settings, Readout) tells it from what is said above."
    )


def show_warnings_so_far(view: RunView) -> None:
    """Says of a run under way what has gone wrong for some epochs, in a place that is there in any case.

    One line, the gravest: what is below stands still when it comes and goes, and all is said at the end.
    """
    with st.container(key="warnings_so_far", gap=None):
        st.html('<div id="warnings"></div>')
        for finding in warnings_so_far(view)[:1]:
            st.markdown(f":material/warning: **{as_plain_text(finding.what)}** {as_plain_text(finding.do)}")


def _show_remedy(view: RunView, remedy: Remedy) -> None:
    """Shows the button that trains what may help, and what it changes."""
    hidden = {"continue"} if remedy.settings is None else _changed_by(view, remedy)
    if any(session.screen.hides(name) for name in hidden):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            remedy.label,
            key="remedy",
            type="primary",
            icon=":material/model_training:",
            on_click=guarded()(_follow),
            args=(view, remedy),
        )
        if remedy.settings is not None and view.prepared is not None:
            said = as_plain_text("; ".join(differences(view.prepared.settings, remedy.settings)))
            st.caption(f"It changes: {said}.")


def _changed_by(view: RunView, remedy: Remedy) -> set[str]:
    if view.prepared is None or remedy.settings is None:
        return set()
    return set(differing_settings((view.prepared.settings, remedy.settings)))


def _follow(view: RunView, remedy: Remedy) -> None:
    if remedy.settings is None:
        go_on(view, remedy.more_epochs)
        return
    session.screen.choose_settings(remedy.settings)
    start()


def show_trainability(view: TrainedRun) -> None:
    """Shows whether a run of one epoch or more learns: a sentence, the gradients of every layer, their formula."""
    st.markdown(verdict_in_words(view))
    if not any(epoch.layer_gradients for epoch in view.epochs):
        st.markdown(f"There are no gradients to show: {_why_no_gradients(view)}.")
        return
    st.markdown(
        "How strongly training pulls at the angles of each layer of the circuit: deep colour is a strong pull. It is "
        "meant to fade once there is little left to learn; faint from the start, it gives the circuit no direction.",
        help=help_of("gradient", "overfitting"),
    )
    if view.prepared.settings.readout.shots and not view.prepared.settings.reads_exactly:
        st.caption("These slopes are measured from shots, and their scatter counts in: nothing looks like a weak pull.")
    st.plotly_chart(gradient_figure(view), key="gradients", config={"displayModeBar": False}, alt=in_words(view))
    with st.expander("The formula"):
        st.latex(FORMULA)
        st.markdown(FOR_EXPERTS)


def _why_no_gradients(view: TrainedRun) -> str:
    settings = view.prepared.settings
    if not settings.model.spec.has_circuit:
        return "this head has no circuit"
    if settings.circuit.weight_count and settings.training.optimiser == "sgd":
        return "SGD keeps no average of squared gradients, from which they are read"
    return "this circuit has no angles that learn"


def verdict_in_words(view: TrainedRun) -> str:
    """Returns whether something is said above, or that none of the usual troubles shows, and what is not known."""
    found, broken = diagnose(view), first_not_finite(view)
    if broken is not None:
        unknown = f"From epoch {broken} on its figures are no numbers any more, so nothing can be said of those epochs."
        return f"What went wrong before is said above. {unknown}" if found else unknown
    if found:
        return "What went wrong, and what may help, is said above."
    unknown = (
        ""
        if view.prepared.train_counts
        else " How common each class is among its training pictures is not kept with this run, so it is compared with "
        "guessing among equally common classes, and nothing is said of classes that are rare in training."
    )
    early = " After one epoch most of them cannot show yet." if len(view.epochs) == 1 else ""
    return f"None of the usual troubles shows. {sought_in_words(view)}{early}{unknown}"


def gradient_figure(view: RunView) -> go.Figure:
    """Returns the heat map: epochs to the right, layers downwards as in the circuit from left to right, log colours."""
    import plotly.graph_objects as go

    sizes = np.array([epoch.layer_gradients for epoch in view.epochs]).T  # (layers, epochs)
    powers = np.log10(np.maximum(sizes, 10.0**WEAKEST))
    ticks = list(range(WEAKEST, STRONGEST + 1))
    figure = go.Figure(
        go.Heatmap(
            x=[epoch.epoch for epoch in view.epochs],
            y=list(range(1, len(sizes) + 1)),
            z=powers,
            customdata=sizes,
            zmin=WEAKEST,
            zmax=STRONGEST,
            colorscale=[[0, FAINT], [1, TRAINED_ROTATION]],
            xgap=1,
            ygap=1,
            colorbar={
                "tickvals": ticks,
                "ticktext": [_power(tick) for tick in ticks],
                "thickness": 12,
                "title": {"text": "gradient", "font": {"size": 12}},
            },
            hovertemplate="Epoch %{x}, layer %{y}: %{customdata:.1e}<extra></extra>",
        )
    )
    layout = plotly_layout(height=max(LEAST_HEIGHT, 90 + LAYER_HEIGHT * len(sizes)), hovermode="closest")
    layout["xaxis"] |= epoch_ticks(len(view.epochs)) | {"title": "Epoch", "fixedrange": True, "showgrid": False}
    layout["yaxis"] |= {
        "title": "Layer",
        "dtick": max(1, len(sizes) // 7),
        "autorange": "reversed",
        "tickformat": "d",
        "fixedrange": True,
        "showgrid": False,
    }
    figure.update_layout(layout)
    return figure


def in_words(view: RunView) -> str:
    """Returns what the chart shows, for those who do not see it."""
    first, last = (float(np.sqrt(np.square(view.epochs[index].layer_gradients).mean())) for index in (0, -1))
    return f"Gradient size of every layer by epoch: {first:.1e} on average in the first epoch, {last:.1e} in the last."


def _power(exponent: int) -> str:
    beyond = {WEAKEST: "≤ ", STRONGEST: "≥ "}.get(exponent, "")
    return f"{beyond}10<sup>{exponent}</sup>".replace("-", "−")
