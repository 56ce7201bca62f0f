"""The ready questions as cards: one click each, with how long it takes here said beforehand."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.settings import RunSettings
from qtl_core.studies.asking_jobs import QuestionForecast, questions_job
from qtl_core.studies.jobs import workers_here
from qtl_core.studies.questions import QUESTIONS, Question
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.session import session
from ui.session.refresh import refreshing
from ui.study.starting import start
from ui.widgets.glossary import help_of

REFRESH_SECONDS = 1.0
COLUMNS = 2
EXPLAINED = {
    "quantum-part": ("bottleneck", "seed"),
    "entanglement": ("entanglement", "CNOT"),
    "noise": ("noise", "gate"),
}
MEASURING = "Measuring how long it takes here …"


def show_ready_questions(base: RunSettings, problem: UserError | None) -> None:
    """Shows a card for every question.

    Args:
        base: The settings that they are asked of.
        problem: Why nothing can be trained from the pictures chosen, or None.
    """
    if problem:
        _show_cards(base, problem, {}, measuring=False)
        return
    forecasts = _forecasts(base)
    job_managers.stop_replaced(job_managers.express_jobs(), session.studies.forecast_job, forecasts.id, session.owner)
    session.studies.forecast_job = forecasts.id
    live = not forecasts.is_over
    refreshing(_panel, REFRESH_SECONDS if live else None)(base, live)


def _forecasts(base: RunSettings) -> JobSnapshot[JobView[tuple[QuestionForecast, ...]]]:
    key = "questions", base.changed(seed=0)
    return job_managers.forecasts().find_or_start(key, lambda: questions_job(base, workers_here(), session.owner))


def _panel(base: RunSettings, live: bool) -> None:
    forecasts = _forecasts(base)
    if live and forecasts.is_over:
        st.rerun()
    words = {each.name: each.words for each in forecasts.view.result or ()}
    _show_cards(base, None, words, measuring=live)


def _show_cards(base: RunSettings, problem: UserError | None, words: Mapping[str, str], *, measuring: bool) -> None:
    for at in range(0, len(QUESTIONS), COLUMNS):
        for column, question in zip(st.columns(COLUMNS), QUESTIONS[at : at + COLUMNS], strict=False):
            with column, st.container(border=True, height="stretch", key=f"question_{question.name}", gap="xsmall"):
                why = problem.what if problem else question.why_not(base)
                said = words.get(question.name, MEASURING if measuring else "")
                _show_card(question, base, why, said)


def _show_card(question: Question, base: RunSettings, why: str, forecast: str) -> None:
    st.markdown(f"**{question.title}**")
    words = help_of(*EXPLAINED.get(question.name, ())) or None
    st.caption(as_plain_text(question.about.replace("pictures", base.data.noun)), help=words)
    with st.container(horizontal=True, vertical_alignment="center", key=f"ask_row_{question.name}"):
        asked = st.button(
            "Ask this",
            icon=":material/play_arrow:",
            type="secondary" if why else "primary",
            key=f"ask_{question.name}",
            disabled=bool(why),
        )
        st.caption(f":material/pan_tool: {as_plain_text(why)}" if why else f":material/timer: {forecast}")
    if asked:
        start(question.plan(base))
        st.rerun()  # all of the page, as another one is to be seen
