"""A plan before Start: what is asked as a sentence, how long it takes here, and the button."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.studies.asking_jobs import PlanForecast, plan_job
from qtl_core.studies.jobs import workers_here
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.words import asked_words
from ui.base import job_managers
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.session import session
from ui.session.refresh import refreshing
from ui.study.starting import start

REFRESH_SECONDS = 0.5
COUNTED_HERE = 3_000  # runs whose keys are made within a moment; of more, a worker counts
UNNAMED = "-"


def show_planned(plan: StudyPlan, problem: UserError | None) -> None:
    """Shows a plan with its button.

    Args:
        plan: What would be trained.
        problem: Why it cannot be, or None.
    """
    if problem:
        show_user_error(problem)
    else:
        snapshot = _find(plan)
        before, session.studies.plan_job = session.studies.plan_job, snapshot.id
        job_managers.stop_replaced(job_managers.express_jobs(), before, snapshot.id, session.owner)
        live = not snapshot.is_over
        refreshing(_panel, REFRESH_SECONDS if live else None)(plan, live)
    st.button(
        "Start the study",
        type="primary",
        icon=":material/play_arrow:",
        key="start_study",
        on_click=guarded()(start),
        args=(plan,),
        disabled=problem is not None,
    )


def _find(plan: StudyPlan) -> JobSnapshot[JobView[PlanForecast]]:
    key = replace(plan, name=UNNAMED)  # a letter in its name changes nothing about the time
    return job_managers.forecasts().find_or_start(("plan", key), lambda: plan_job(key, workers_here(), session.owner))


def _panel(plan: StudyPlan, live: bool) -> None:
    snapshot = _find(plan)
    if live and snapshot.is_over:
        st.rerun()
    found, error = snapshot.view.result, snapshot.view.error
    with st.container(key="study_plan", gap="xsmall"):
        st.markdown(f"**The plan** {as_plain_text(_sentence(plan, found))}")
        if found is not None:
            st.markdown(f":material/timer: **Time here** {found.words}")
        elif error:
            st.markdown(f":material/timer: **Time here** No forecast: {as_plain_text(error[0])}")
        else:
            st.markdown(":material/timer: **Time here** Measuring a few runs on this machine …")


def _sentence(plan: StudyPlan, found: PlanForecast | None) -> str:
    if plan.size <= COUNTED_HERE:
        return asked_words(plan)
    return found.sentence if found is not None else f"Up to {plan.size:,} runs; counting those that differ …"
