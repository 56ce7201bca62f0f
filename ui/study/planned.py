"""A plan before Start: what is asked as a sentence, how long it takes, and the button."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.words import plan_words
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.study.starting import start


def show_planned(plan: StudyPlan, problem: UserError | None, key: str) -> None:
    """Shows a plan with its button.

    Args:
        plan: What would be trained.
        problem: Why it cannot be, or None.
        key: Tells its button from others on the page.
    """
    st.markdown(f"**The plan** {as_plain_text(plan_words(plan))}")
    if problem:
        show_user_error(problem)
    st.button(
        "Start the study",
        type="primary",
        icon=":material/play_arrow:",
        key=f"start_study_{key}",
        on_click=guarded()(start),
        args=(plan,),
        disabled=problem is not None,
    )
