"""A picture's way through the network, one stage below the other, each as the forward pass computed it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from ui.base.errors import as_plain_text
from ui.predict import journey_charts as charts
from ui.predict.counterfactual import show_counterfactuals
from ui.predict.heatmap import show_heatmap
from ui.predict.journey_circuit import show_inside_circuit
from ui.predict.neighbours import show_neighbours
from ui.widgets.glossary import help_of


def show_journey(model: TrainedModel, explanation: Explanation) -> None:
    """Shows how the answer for one picture came about, and what lies behind it.

    Args:
        model: The run that answered.
        explanation: Its answer.
    """
    sides, qubits = explanation.seen.shape[0], len(explanation.angles)
    with st.container(key="journey"):
        _stage("1. What the network sees", f"The middle of the picture, {sides} × {sides} pixels.")
        st.image(explanation.seen, width=sides)
        show_heatmap(model, explanation)
        _stage(
            "2. Features",
            f"The frozen image network turns these pixels into {len(explanation.features):,} numbers.",
            "features",
            "backbone",
        )
        _chart(charts.features_chart(explanation), "features")
        _stage(
            "3. Angles",
            "A trained layer makes one angle for each qubit of all features, between -90° and 90°.",
            "embedding",
        )
        _chart(charts.angles_chart(explanation), "angles")
        _stage(
            "4. Circuit and measurement",
            f"The circuit turns and entangles {_count(qubits)}: here with this picture's angles in it.",
            "variational circuit",
            "expectation value",
        )
        show_inside_circuit(model, explanation)
        st.markdown("In the end every qubit is measured: 1 is up, -1 down.")
        _chart(charts.expectations_chart(explanation), "expectations")
        _stage("5. Shares", "Each measured value times a trained weight adds to, or takes from, the score of a class.")
        _chart(charts.shares_chart(explanation), "shares")
        _show_sum(explanation)
        _stage("6. Probabilities", _conclusion(explanation), "softmax")
        _chart(charts.probabilities_chart(explanation), "probabilities")
        show_counterfactuals(model, explanation)
        show_neighbours(model, explanation)


def _stage(title: str, sentence: str, *words: str) -> None:
    st.subheader(title, anchor=False, help=help_of(*words) or None)
    st.markdown(sentence)


def _chart(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, key=f"journey_{key}", config={"displayModeBar": False})


def _show_sum(explanation: Explanation) -> None:
    """The same shares as figures, with the line below that they add up to."""
    rows = [*(f"Qubit {number}" for number in range(len(explanation.angles))), "Bias", "Score: the sum"]
    values = np.vstack([explanation.shares, explanation.bias, explanation.scores])
    columns = {name: [f"{value:+.6f}" for value in values[:, label]] for label, name in enumerate(explanation.classes)}
    st.dataframe({"": rows, **columns}, hide_index=True, width="content")


def _conclusion(explanation: Explanation) -> str:
    label, probabilities = explanation.prediction.label, explanation.prediction.probabilities
    scores = ", ".join(
        f"{as_plain_text(name)} {score:.3f}"
        for name, score in zip(explanation.classes, explanation.scores, strict=True)
    )
    scaling = explanation.prediction.temperature
    divided = "" if scaling == 1 else f", divided by the temperature {scaling:.2f},"
    return (
        f"The higher a score beside the others, the more probable the class. The scores ({scores}){divided} make "
        f"**{as_plain_text(label)}** the answer, with {percent(probabilities[label])}."
    )


def _count(qubits: int) -> str:
    return "the qubit" if qubits == 1 else f"the {qubits} qubits"
