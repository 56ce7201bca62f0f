"""The model card at the top of the page: what answers, before it is asked anything, and what it cannot do."""

from __future__ import annotations

import streamlit as st

from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.doubts import constant_words
from qtl_core.inference.model_card import limits_in_words, model_card
from qtl_core.inference.own_weights import weights_problem
from qtl_core.inference.requests import TrainedModel
from ui.base.errors import as_plain_text
from ui.widgets.exact_circuit import say_exact
from ui.widgets.glossary import help_of, word


def show_model_card(model: TrainedModel, whose: str = "") -> None:
    """Shows what a run is.

    Args:
        model: The run.
        whose: Which of two it is; "" where one alone answers.
    """
    is_bundled = model.key == RUN_ID
    first, *others = model_card(model.run, is_bundled=is_bundled)
    which = "The run that comes with the app. " if is_bundled else ""
    with st.container(border=True, gap="xsmall", key=f"model_card_{'second' if whose else 'first'}"):
        st.markdown(f"{whose}{which}**{as_plain_text(first)}**")
        st.markdown(as_plain_text(" ".join(others)), help=help_of("qubit", "validation", "Wilson interval"))
        st.caption(as_plain_text(limits_in_words(model.run, is_bundled=is_bundled)))
        say_exact(model.run.prepared.settings)


def show_obstacles(model: TrainedModel, whose: str = "") -> bool:
    """Shows why a run cannot answer here, or that all its answers are alike; returns whether it can answer."""
    if problem := weights_problem(model.run):
        what, then = as_plain_text(problem.what), as_plain_text(f"{problem.why} {problem.do}")
        st.info(f"{whose}**{what}** {then}", icon=":material/info:")
        with st.container(horizontal=True, key=f"obstacle_{'second' if whose else 'first'}"):
            st.page_link("pages/train.py", label="Train", icon=":material/model_training:")
            st.page_link("pages/runs.py", label="Other runs", icon=":material/list:")
        return False
    if alike := constant_words(model.run):
        first, _, rest = alike.partition(": ")
        said = as_plain_text(rest).replace(" validation ", f" {word('validation')} ", 1)
        st.warning(
            f"{whose}**{first}:** {said} Train for more steps, or choose another run.", icon=":material/warning:"
        )
        st.page_link("pages/train.py", label="Train again", icon=":material/model_training:")
    return True
