"""The walk beyond the last gate: what is measured, what the layer after the circuit makes of it, and the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from qtl_core.runs.view import TrainedRun
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text
from ui.base.theme import CLASSES, MEASUREMENT, plotly_layout
from ui.circuit.input import Input
from ui.widgets.glossary import help_of

MEASURED, SCORES, SHARES, ANSWER = "measurement", "layer after the circuit", "softmax", "answer"
_EXACTLY = "computed exactly: the height of its arrow's tip"
_UNDER_NOISE = "as it is read on average under the noise: the height of its arrow's tip, less by wrong readings"
MOST_TERMS = 6  # of a sum that is written out
HEIGHT = 190
ROOM = 0.25  # of the range, for the figures at the bars' ends


@dataclass(frozen=True, eq=False)
class LayerAfter:
    """The linear layer that turns expectation values into class scores.

    Attributes:
        classes: Class names.
        weights: What <Z> of each qubit is multiplied by in each score, shape (classes, qubits).
        bias: What each score begins with, shape (classes,).
        colours: Of the classes, in their order.
    """

    classes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    colours: tuple[str, ...] = CLASSES[:2]

    def scores(self, expectations: np.ndarray) -> np.ndarray:
        """Returns the class scores of <Z> of shape (qubits,)."""
        return np.asarray(self.weights @ expectations + self.bias)


def layer_after(run: TrainedRun | None) -> LayerAfter | None:
    """Returns a run's layer after the circuit; None of a circuit that no run trained."""
    weights = run.checkpoint.best_weights if run else {}
    if run is None or "post_net.weight" not in weights:
        return None
    weight, bias = (np.asarray(weights[name], dtype=np.float64) for name in ("post_net.weight", "post_net.bias"))
    return LayerAfter(run.prepared.classes, weight, bias, colours_of(run.prepared))


def stages_of(layer: LayerAfter | None) -> tuple[str, ...]:
    """Returns the steps after the last gate: without a layer after the circuit the walk ends at the measurement."""
    return (MEASURED, SCORES, SHARES, ANSWER) if layer else (MEASURED,)


def stage_words(
    stage: str, expectations: np.ndarray, layer: LayerAfter | None, entered: Input, *, under_noise: bool = False
) -> str:
    """Says in a sentence what happens at a step after the last gate.

    Args:
        stage: One of `stages_of`.
        expectations: <Z> of every qubit, shape (qubits,).
        layer: The layer after the circuit, for every stage but the first.
        entered: What went in.
        under_noise: Whether `expectations` are averages over noise, wrong readings included.
    """
    if stage == MEASURED or layer is None:
        read = _listed([f"qubit {wire}" for wire in range(len(expectations))], expectations)
        return (
            "Every qubit is measured, again and again; what is read is ⟨Z⟩, the mean of +1 for each 0 and −1 for each "
            f"1, here {_UNDER_NOISE if under_noise else _EXACTLY}, 1 at |0⟩ and −1 at |1⟩. {read}."
        )
    scores = layer.scores(expectations)
    names = [as_plain_text(name) for name in layer.classes]
    if stage == SCORES:
        sums = "; ".join(_sum(name, layer, index, expectations) for index, name in enumerate(names[:2]))
        more = f"; and {len(names) - 2} more" if len(names) > 2 else ""
        return f"A last linear layer, trained with the rest, weighs them into a score a class: {sums}{more}."
    shares = softmax(scores)
    if stage == SHARES:
        said = ", ".join(f"{name} {100 * share:.1f}%" for name, share in zip(names, shares, strict=True))
        return f"Softmax turns scores into shares of one: each is e to its score, divided by the sum. {said}."
    best = int(shares.argmax())
    truth = "" if entered.true is None else (", which is right" if best == entered.true else ", which is wrong")
    return f"The largest share is the answer: **{names[best]}**, {100 * shares[best]:.0f}%{truth}."


def show_stage_chart(stage: str, expectations: np.ndarray, layer: LayerAfter | None, ink: str | None) -> None:
    """Shows the numbers of a step after the last gate as bars."""
    figure = stage_figure(stage, expectations, layer, ink)
    st.plotly_chart(figure, key="inside_stage", config={"displayModeBar": False}, alt=f"Bars: {stage}")
    st.caption(_TITLES[stage], help=help_of("expectation value") if stage == MEASURED else None)


def stage_figure(stage: str, expectations: np.ndarray, layer: LayerAfter | None, ink: str | None = None) -> go.Figure:
    """Draws <Z> of every qubit, every class's score, or every class's share."""
    if stage == MEASURED or layer is None:
        names, values, colours = [f"qubit {wire}" for wire in range(len(expectations))], expectations, [MEASUREMENT]
        low, high, said = -1.0, 1.0, [_signed(value) for value in values]
    elif stage == SCORES:
        names, values, colours = list(layer.classes), layer.scores(expectations), list(layer.colours)
        high = max(0.5, float(np.abs(values).max()))
        low, said = -high, [_signed(value) for value in values]
    else:
        names, values, colours = list(layer.classes), softmax(layer.scores(expectations)), list(layer.colours)
        low, high, said = 0.0, 1.0, [f"{100 * value:.1f}%" for value in values]
    layout = plotly_layout(
        height=max(HEIGHT, 60 + 24 * len(names)),
        showlegend=False,
        hovermode="closest",
        font={"color": ink} if ink else {},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
    )
    room = ROOM * (high - low)
    layout["xaxis"] |= {"range": [low - (room if low else 0), high + room], "fixedrange": True, "zeroline": True}
    layout["yaxis"] |= {"autorange": "reversed", "fixedrange": True, "type": "category", "showgrid": False}
    if ink:
        layout["xaxis"] |= {"color": ink}
        layout["yaxis"] |= {"color": ink}
    bars = go.Bar(
        x=values,
        y=names,
        orientation="h",
        marker={"color": colours if len(colours) == len(names) else colours[0]},
        text=said,
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    return go.Figure(bars, layout)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Returns the class probabilities of scores, shape (classes,)."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


_TITLES = {
    MEASURED: "⟨Z⟩ of every qubit, from −1 to 1.",
    SCORES: "The score of every class; only differences between them count.",
    SHARES: "The share of every class.",
    ANSWER: "The share of every class.",
}


def _sum(name: str, layer: LayerAfter, index: int, expectations: np.ndarray) -> str:
    total = _signed(layer.scores(expectations)[index])
    if len(expectations) > MOST_TERMS:
        return f"{name} {total}"
    terms = " ".join(
        f"{_signed(weight)} × {_signed(value) if value >= 0 else f'({_signed(value)})'}"
        for weight, value in zip(layer.weights[index], expectations, strict=True)
    )
    return f"{name} {_signed(layer.bias[index])} {terms} ≈ {total}"  # of figures that are all rounded


def _listed(names: Sequence[str], values: np.ndarray) -> str:
    return ", ".join(f"{name} {_signed(value)}" for name, value in zip(names, values, strict=True)).capitalize()


def _signed(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:+.2f}".replace("-", "−")
