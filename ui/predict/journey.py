"""A picture's way through the network, one stage below the other, each as the forward pass computed it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text
from ui.predict import journey_charts as charts
from ui.predict.counterfactual import show_counterfactuals
from ui.predict.flicker import show_flicker
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
    sides, colours = explanation.seen.shape[0], colours_of(model.run.prepared)
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
        _head_stages(model, explanation)
        _chart(charts.shares_chart(explanation, colours), "shares")
        _show_sum(explanation)
        _stage(f"{_last_number(explanation)}. Probabilities", _conclusion(explanation), "softmax")
        _chart(charts.probabilities_chart(explanation, colours), "probabilities")
        if explanation.model.spec.has_circuit:
            show_flicker(model, explanation.angles, explanation.prediction.temperature)
        show_counterfactuals(model, explanation)
        show_neighbours(model, explanation)


def _head_stages(model: TrainedModel, explanation: Explanation) -> None:
    """Shows what the head does with the features, up to the shares in the class scores."""
    if explanation.model.spec.has_circuit:
        _circuit_stages(model, explanation)
        _stage("5. Shares", "Each measured value times a trained weight adds to, or takes from, the score of a class.")
    elif explanation.model.spec.is_hidden:
        _stage("3. Hidden units", hidden_words(explanation))
        _chart(charts.hidden_chart(explanation), "hidden")
        _stage("4. Shares", "Each unit's value times a trained weight adds to, or takes from, the score of a class.")
    else:
        _stage(
            "3. Shares",
            "This head is one linear layer, with nothing hidden in between: each feature"
            f"{', standardised first,' if _is_standardised(model) else ''} times a trained weight adds to, or takes "
            "from, the score of a class.",
        )


def hidden_words(explanation: Explanation) -> str:
    """Says what a hidden layer makes of the features, and that there is no circuit."""
    count = len(explanation.hidden)
    units = "one hidden unit" if count == 1 else f"{count} hidden units"
    bend = (
        "tanh then keeps each between -1 and 1"
        if explanation.model.head == "bottleneck"
        else "ReLU then makes each that is below 0 zero"
    )
    some = f" The {charts.MOST_ROWS} that say the most are shown." if count > charts.MOST_ROWS else ""
    return f"There is no circuit in this head: a trained layer makes {units} of all features, and {bend}.{some}"


def _circuit_stages(model: TrainedModel, explanation: Explanation) -> None:
    _stage(
        "3. Angles",
        "A trained layer makes one angle for each qubit of all features, between -90° and 90°.",
        "embedding",
    )
    _chart(charts.angles_chart(explanation), "angles")
    _stage(
        "4. Circuit and measurement",
        f"The circuit turns and entangles {_count(len(explanation.angles))}: here with this picture's angles in it.",
        "variational circuit",
        "expectation value",
    )
    show_inside_circuit(model, explanation)
    st.markdown("In the end every qubit is measured: +1 is |0⟩, at the top of its sphere, and −1 is |1⟩.")
    _chart(charts.hidden_chart(explanation), "expectations")


def _last_number(explanation: Explanation) -> int:
    """The number of the last stage: a head without a circuit, or without a hidden layer, has fewer."""
    return 4 + explanation.model.spec.is_hidden + explanation.model.spec.has_circuit


def _is_standardised(model: TrainedModel) -> bool:
    return model.run.prepared.settings.training.standardise


def _stage(title: str, sentence: str, *words: str) -> None:
    st.subheader(title, anchor=False, help=help_of(*words) or None)
    st.markdown(sentence)


def _chart(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, key=f"journey_{key}", config={"displayModeBar": False})


def _show_sum(explanation: Explanation) -> None:
    """The same shares as figures, with the line below that they add up to."""
    names, shares = charts.share_rows(explanation)
    rows, values = [*names, "Score: the sum"], np.vstack([shares, explanation.scores])
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
