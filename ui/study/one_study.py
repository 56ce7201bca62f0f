"""A study that is open: what was asked, how far it is, what came out, and what can be done next."""

from __future__ import annotations

from functools import partial
from typing import Literal

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
from ui.base.errors import as_name, as_plain_text, done_here, show_user_error
from ui.session.refresh import refreshing
from ui.study.mine import may_change, who_may_change
from ui.study.next_steps import close_study, show_next_steps
from ui.study.own_question import MOST_MINUTES
from ui.study.planned import COUNTED_HERE
from ui.study.result import newest_answer, show_result
from ui.study.starting import go_on, is_trained_elsewhere, is_trained_here, job_snapshot, stop
from ui.widgets.status import show_progress
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

Trained = Literal["here", "elsewhere", "nowhere"]
REFRESH_SECONDS: dict[Trained, float | None] = {"here": 1.0, "elsewhere": 3.0, "nowhere": None}
LEAVE = f"With this page closed it goes on for up to {GOES_ON_SECONDS // 3600} hours; its address leads back to it."
ELSEWHERE = "**Another server or program trains this study** just now, in the same data folder"
FOLLOWS = "This page follows it. To stop it, open its link where it was started."

Job = JobSnapshot[JobView[int]]


def show_study(store: StudyStore) -> None:
    """Shows all of it."""
    with st.container(horizontal=True, vertical_alignment="center", key="study_head"):
        st.subheader(as_name(store.plan.name), anchor=False)
        st.button("All studies", icon=":material/arrow_back:", key="close_study", on_click=close_study, type="tertiary")
    trained = _trained(store)
    refreshing(_panel, REFRESH_SECONDS[trained])(store.id, trained)
    if trained == "nowhere":
        show_next_steps(store, newest_answer(store, store.count()).answer)


def _trained(store: StudyStore) -> Trained:
    """Returns where the study is trained now."""
    if is_trained_here(store.id):
        return "here"
    return "elsewhere" if is_trained_elsewhere(store) else "nowhere"


def _panel(study_id: str, trained: Trained) -> None:
    store = StudyStore(study_id)
    if _trained(store) != trained:
        st.rerun()  # the rest of the page has to know
    done = store.count()
    found = newest_answer(store, done)
    _show_asked(store, found.answer)
    _show_state(store, trained, done, _planned(store.plan, done, found.answer))
    show_result(store, found, live=trained != "nowhere")


def _show_asked(store: StudyStore, answer: Answer | None) -> None:
    if store.plan.size <= COUNTED_HERE:
        asked = plan_words(store.plan)  # now: a repeat, or more time, was perhaps asked for since the answer
    else:
        asked = answer.asked if answer is not None else f"Up to {store.plan.size:,} runs."
    st.markdown(as_plain_text(asked))


def _show_state(store: StudyStore, trained: Trained, done: int, planned: int) -> None:
    """Shows how far it is and the button for what can be done now: always at the same place, and of one height."""
    job = job_snapshot(store.id)
    with st.container(horizontal=True, vertical_alignment="center", key="study_state"):
        if trained == "elsewhere":
            _show_elsewhere(done, planned)
        elif job is not None and not job.is_over:
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
    if trained == "nowhere" and job is not None and job.is_over and job.view.error:
        show_user_error(UserError(*job.view.error))
    if not may_change(store):
        st.caption(who_may_change(store))


def _show_elsewhere(done: int, planned: int) -> None:
    """Shows how far a study is that this server does not train."""
    with st.container():
        words = f"{ELSEWHERE}: {done:,} of {planned:,} runs are trained."
        show_progress("study", min(1.0, done / planned) if planned else 0.0, words)
        st.caption(FOLLOWS)


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
    if st.button("Go on", icon=":material/resume:", type="primary", key="go_on_with_study"):
        done_here(partial(go_on, study_id, more_seconds=more_seconds))


def _show_progress(study_id: str, job: Job) -> None:
    if job.state == "queued":
        show_progress("study", 0.0, waiting_words(job_managers.study_jobs(), job))
    else:
        show_job_report("study", job)
        if where := StudyStore(study_id).fact(WHERE):
            st.caption(f"It is trained {where}. {LEAVE}")
