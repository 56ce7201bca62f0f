"""A question of one's own: what varies, how often each setting is trained, and the plan as a sentence before Start."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies.execution import check_trainable
from qtl_core.studies.plan import LONGEST_NAME, Axis, StudyPlan
from ui.base.errors import as_plain_text
from ui.session import keys
from ui.study.axes import choose_axes
from ui.study.planned import show_planned
from ui.widgets.glossary import help_of

USUAL_SEEDS, MOST_SEEDS = 20, 1_000


def show_own_question(base: RunSettings, problem: UserError | None) -> None:
    """Shows the fields and the plan that they make.

    Args:
        base: The settings of all that does not vary.
        problem: Why nothing can be trained from the pictures chosen, or None.
    """
    st.markdown("Choose what varies; all else is as on Train. The values of the first setting are compared.")
    chosen = choose_axes(base)
    seeds = _choose_seeds()
    name = _choose_name(chosen.axes)
    if chosen.problems:
        st.caption("Mend what is said beside the fields above; then the plan stands here.")
        return
    try:
        plan = StudyPlan(name, base, chosen.axes, seeds)
        check_trainable([plan.runs_of(cell)[0] for cell in plan.cells()])
    except UserError as error:
        st.caption(f":material/error: {as_plain_text(str(error))}")
        return
    show_planned(plan, problem)


def _choose_seeds() -> int:
    return int(
        st.number_input(
            "Seeds",
            1,
            MOST_SEEDS,
            USUAL_SEEDS,
            key=keys.STUDY_SEEDS,
            persist_state="session",
            width=200,
            help="How often each setting is trained, each time with another seed. From six on, differences can be "
            f"told from luck.\n\n{help_of('seed')}",
        )
    )


def _choose_name(axes: tuple[Axis, ...]) -> str:
    usual = " × ".join(axis.label for axis in axes)[:LONGEST_NAME] or "One setting"
    typed = st.text_input(
        "Name",
        key=keys.STUDY_NAME,
        max_chars=LONGEST_NAME,
        placeholder=usual,
        persist_state="session",
        help="What the study is called in the list.",
    )
    return (typed or "").strip() or usual
