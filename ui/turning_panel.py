"""What would change its mind: by how much the answer leads, and the smallest turn of one angle that changes it."""

from __future__ import annotations

import hashlib
from functools import partial

import streamlit as st

from qtl_core.answering import TrainedModel
from qtl_core.evaluation import percent
from qtl_core.explanation import Explanation
from qtl_core.turning import Counterfactuals, Margin, counterfactual_job, margin_of
from ui.awaited import show_awaited
from ui.errors import as_plain_text
from ui.reader import ink
from ui.session import session
from ui.turning_chart import change_words, counterfactual_chart, counterfactual_words


def show_counterfactuals(model: TrainedModel, explanation: Explanation) -> None:
    """Shows it for one answer, below a heading of its own."""
    st.subheader("What would change its mind", anchor=False)
    st.markdown(margin_words(margin_of(explanation), explanation))
    show_awaited(
        ("turning", model.key, hashlib.sha256(explanation.angles.tobytes()).digest()),
        lambda: counterfactual_job(model, explanation, session.owner),
        partial(_show_found, explanation),
        lambda _: "Turning one angle after the other …",
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
    turn = found.smallest
    if turn is None:
        answer = as_plain_text(explanation.prediction.label)
        return f"No single angle can change that: wherever one alone is turned to, the answer stays **{answer}**."
    changed = as_plain_text(explanation.classes[turn.label])
    return (
        f"The smallest change of a single angle that gives another answer: qubit {turn.qubit} {change_words(turn)}, "
        f"makes it **{changed}**. All other angles stay as they are."
    )


def _show_found(explanation: Explanation, found: Counterfactuals) -> None:
    st.markdown(smallest_words(found, explanation))
    st.plotly_chart(
        counterfactual_chart(found, explanation.angles, explanation.classes, ink()),
        key="journey_turning",
        config={"displayModeBar": False},
        alt=counterfactual_words(found, explanation.angles, explanation.classes),
    )
    st.caption(
        "Each bar is all that one qubit's angle can be, with the class that would then be named. The diamond is where "
        "this picture's angle is; the cross is the nearest angle with another answer."
    )
