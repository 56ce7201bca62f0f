"""A study that is open: what was asked, how far it is, what came out, and what can be done next."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.jobs.retention import GOES_ON_SECONDS
from qtl_core.studies.answer import Answer
from qtl_core.studies.jobs import OVER, WHERE
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.store import StudyStore
from qtl_core.studies.words import plan_words, time_words
from ui.base import job_managers
from ui.base.errors import as_name, as_plain_text, show_user_error
from ui.session.refresh import refreshing
from ui.study.mine import may_change
from ui.study.next_steps import close_study, show_next_steps
from ui.study.own_question import MOST_MINUTES
from ui.study.planned import COUNTED_HERE
from ui.study.result import newest_answer, show_result
from ui.study.starting import go_on, job_snapshot, stop
from ui.widgets.status import show_progress
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

REFRESH_SECONDS = 1.0
LEAVE = f"With this page closed it goes on for up to {GOES_ON_SECONDS // 3600} hours; its address leads back to it."

Job = JobSnapshot[JobView[int]]


def show_study(store: StudyStore) -> None:
    """Shows all of it."""
    with st.container(horizontal=True, vertical_alignment="center", key="study_head"):
        st.subheader(as_name(store.plan.name), anchor=False)
        st.button("All studies", icon=":material/arrow_back:", key="close_study", on_click=close_study, type="tertiary")
    live = _is_live(job_snapshot(store.id))
    refreshing(_panel, REFRESH_SECONDS if live else None)(store.id, live)
    if not live:
        show_next_steps(store, newest_answer(store, store.count()).answer)


def _is_live(job: Job | None) -> bool:
    return job is not None and not job.is_over


def _panel(study_id: str, live: bool) -> None:
    job, store = job_snapshot(study_id), StudyStore(study_id)
    if _is_live(job) != live:
        st.rerun()  # the rest of the page has to know
    done = store.count()
    found = newest_answer(store, done)
    _show_asked(store, found.answer)
    _show_state(store, job, done, found.answer)
    show_result(store, found, live=live)


def _show_asked(store: StudyStore, answer: Answer | None) -> None:
    if store.plan.size <= COUNTED_HERE:
        asked = plan_words(store.plan)  # now: a repeat, or more time, was perhaps asked for since the answer
    else:
        asked = answer.asked if answer is not None else f"Up to {store.plan.size:,} runs."
    st.markdown(as_plain_text(asked))


def _show_state(store: StudyStore, job: Job | None, done: int, answer: Answer | None) -> None:
    """Shows how far it is and the button for what can be done now: always at the same place, and of one height."""
    planned = _planned(store.plan, done, answer)
    with st.container(horizontal=True, vertical_alignment="center", key="study_state"):
        if job is not None and not job.is_over:
            with st.container():
                _show_progress(store.id, job)
            if may_change(store):
                st.button("Stop", icon=":material/stop:", key="stop_study", on_click=stop, args=(store.id,))
        elif not store.fact(OVER) and done < planned:
            st.markdown(f"**Not finished**: {done:,} of {planned:,} runs are trained.", width="content")
            if may_change(store):
                _offer_go_on(store.id)
        elif store.is_spent and done < planned:
            spent = f"**Its budget is spent**: {time_words(store.plan.budget_seconds)}"
            st.markdown(f"{spent}; {done:,} of {planned:,} runs are trained.", width="content")
            if may_change(store):
                _offer_more_time(store)
    if job is not None and job.is_over and job.view.error:
        show_user_error(UserError(*job.view.error))


def _planned(plan: StudyPlan, done: int, answer: Answer | None) -> int:
    """Returns how many runs there are to be; of many, whose keys take seconds, as many as there are until then."""
    if answer is not None:
        return answer.planned
    return plan.planned if plan.size <= COUNTED_HERE else done or plan.size


def _offer_more_time(store: StudyStore) -> None:
    """Shows how many minutes more it is given, and the button that trains on."""
    usual = max(1, round(store.plan.budget_seconds / 60))
    minutes = st.number_input("More minutes", 1, MOST_MINUTES, usual, key=f"more_minutes_{store.id}", width=150)
    _offer_go_on(store.id, 60 * int(minutes))


def _offer_go_on(study_id: str, more_seconds: int = 0) -> None:
    """Shows the button that trains the rest; what it draws belongs here, where a callback would draw anywhere."""
    # Without help: of a button that has some, Streamlit keeps a second one in the page, for phones.
    if not st.button("Go on", icon=":material/resume:", type="primary", key="go_on_with_study"):
        return
    try:
        go_on(study_id, more_seconds=more_seconds)
    except UserError as error:
        show_user_error(error)
    else:
        st.rerun()  # all of the page: it refreshes itself from now on


def _show_progress(study_id: str, job: Job) -> None:
    if job.state == "queued":
        show_progress("study", 0.0, waiting_words(job_managers.study_jobs(), job))
    else:
        show_job_report("study", job)
        if where := StudyStore(study_id).fact(WHERE):
            st.caption(f"It is trained {where}. {LEAVE}")
