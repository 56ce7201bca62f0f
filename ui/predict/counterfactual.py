"""Counterfactuals of an answer: by how much it leads, and the smallest change of one angle or unit that changes it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial

import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.explain.counterfactual import (
    Counterfactuals,
    Margin,
    counterfactual_job,
    margin_of,
    why_no_counterfactual,
)
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import TrainedModel
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text
from ui.base.reader import ink
from ui.predict.counterfactual_chart import (
    ANGLES,
    Scale,
    change_words,
    counterfactual_chart,
    counterfactual_words,
    scale_of,
)
from ui.session import session
from ui.widgets.waiting import show_awaited


def show_counterfactuals(model: TrainedModel, explanation: Explanation) -> None:
    """Shows it for one answer, below a heading of its own."""
    st.subheader("What would change its mind", anchor=False)
    st.markdown(margin_words(margin_of(explanation), explanation))
    if why := why_no_counterfactual(explanation):
        st.markdown(why)
        return
    changing = "Turning one angle" if explanation.model.spec.has_circuit else "Changing one unit"
    show_awaited(
        ("counterfactual", model.key, hashlib.sha256(explanation.hidden.tobytes()).digest()),
        lambda: counterfactual_job(model, explanation, session.owner),
        partial(_show_found, explanation, colours_of(model.run.prepared)),
        lambda _: f"{changing} after the other …",
    )


def margin_words(margin: Margin, explanation: Explanation) -> str:
    """Says by how much the answer leads."""
    first, second = (as_plain_text(explanation.classes[label]) for label in (margin.first, margin.second))
    shares = list(explanation.prediction.probabilities.values())
    points = f"{100 * margin.probability:.1f}"
    return (
        f"**{first}** leads {second} by {margin.score:.3f} in score: {percent(shares[margin.first])} against "
        f"{percent(shares[margin.second])}, a margin of {points} percentage points."
    )


def smallest_words(found: Counterfactuals, explanation: Explanation) -> str:
    """Says what the smallest change is, or that none of a single angle will do."""
    turn, scale = found.smallest, scale_of(explanation)
    one = "a single angle" if scale is ANGLES else "a single hidden unit"
    if turn is None:
        answer = as_plain_text(explanation.prediction.label)
        none = "No single angle" if scale is ANGLES else "No single hidden unit shown here"
        wherever = "wherever one alone is turned to" if scale is ANGLES else "whatever value one alone is given"
        return f"{none} can change that: {wherever}, the answer stays **{answer}**."
    changed = as_plain_text(explanation.classes[turn.label])
    return (
        f"The smallest change of {one} that gives another answer: {scale.unit} {turn.unit} "
        f"{change_words(turn, scale)}, makes it **{changed}**. All other {scale.what}s stay as they are."
    )


def _show_found(explanation: Explanation, colours: Sequence[str], found: Counterfactuals) -> None:
    scale = scale_of(explanation)
    st.markdown(smallest_words(found, explanation))
    st.plotly_chart(
        counterfactual_chart(found, explanation.classes, colours, scale, ink()),
        key="journey_turning",
        config={"displayModeBar": False},
        alt=counterfactual_words(found, explanation.classes, scale),
    )
    st.caption(chart_caption(found, explanation, scale))


def chart_caption(found: Counterfactuals, explanation: Explanation, scale: Scale) -> str:
    """Says how to read the chart, and which of many units are in it."""
    marks = (
        f"The diamond is where this picture's {scale.what} is; the cross is the nearest {scale.what} with another "
        "answer."
    )
    if scale is ANGLES:
        return f"Each bar is all that one qubit's angle can be, with the class that would then be named. {marks}"
    reach = (
        "what tanh lets through, -1 to 1"
        if explanation.model.head == "bottleneck"
        else "from 0, below which ReLU lets nothing through, to twice the largest value that this picture has"
    )
    some = f"Of {len(explanation.hidden)} units, the {len(found.units)} that say the most are shown. "
    return (
        f"{some if len(found.units) < len(explanation.hidden) else ''}Each bar is {reach}, with the class that would "
        f"then be named. {marks}"
    )
