"""The run behind a point: its settings, its seed, what came of it, and a button that trains it again as a real run."""

from __future__ import annotations

from functools import partial

import streamlit as st

from qtl_core.common.progress import Progress
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.naming import figure_words
from qtl_core.studies.one_run import FoundRun, run_job
from qtl_core.studies.real_run import OpenRequest, opened, opening_job
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.store import StudyStore
from qtl_core.studies.words import value_words
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.session import session
from ui.session.kept_runs import open_kept
from ui.widgets.waiting import show_once_over


def take_click(study_id: str, where: str, key: str) -> None:
    """Takes what a chart or a table says was clicked in it: once, as it goes on saying so.

    Args:
        study_id: The study.
        where: The chart or table, as it is drawn now.
        key: The run, or "" where nothing is clicked there.
    """
    state = session.studies
    if key and state.clicked.get(study_id) != (where, key):
        state.clicked[study_id] = where, key
        state.cell[study_id] = key
    elif not key and state.clicked.get(study_id, ("", ""))[0] == where:
        del state.clicked[study_id]


def show_clicked_run(store: StudyStore) -> None:
    """Shows the run that was clicked last, if one was."""
    key = session.studies.cell.get(store.id)
    if not key:
        return
    with st.container(border=True, key="study_run"):
        find = partial(
            job_managers.study_answers().find_or_start,
            ("run", store.id, key),
            lambda: run_job(store.id, key, session.owner),
        )
        job_managers.express_jobs().wait(find().id, 0.5)
        show_once_over(find, lambda found: _show_run(store.id, found), lambda _: "Finding the run …", "study run")


def _show_run(study_id: str, found: FoundRun) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="study_run_head"):
        st.markdown(f"**{as_plain_text(run_words(found))}**")
        if st.button("Close", icon=":material/close:", key="close_study_run", type="tertiary"):
            session.studies.cell.pop(study_id, None)
            session.studies.closed += 1
            st.rerun()
    left, right = st.columns([4, 6], gap="large")
    with left:
        st.markdown(as_plain_text(outcome_words(found)))
        _offer_others(study_id, found)
        _offer_real_run(study_id, found.row.key)
    if found.curves is not None:
        with right:
            st.plotly_chart(
                found.curves,
                key=f"study_run_{found.row.key}",
                config={"displayModeBar": False},
                alt="Validation accuracy by epoch",
            )


def run_words(found: FoundRun) -> str:
    """Returns which run it is: its value of every axis, its seed, and its fold."""
    at = [f"{axis_spec(name).label} {value_words(name, value)}" for name, value in found.at.items()]
    return ", ".join([*at, found.name])


def outcome_words(found: FoundRun) -> str:
    """Returns what came of it, in a sentence or two."""
    row = found.row
    if row.broke_down:
        return f"It broke down in epoch {row.broke_down}: its numbers stopped being finite."
    figures = [
        f"{words.partition(',')[0]} {figure_words(value, name)}"
        for name, words in MEASURES.items()
        if (value := row.measure(name)) is not None
    ]
    return f"{row.epochs} epochs, the best is epoch {row.best_epoch}. {'; '.join(figures).capitalize()}."


def _offer_others(study_id: str, found: FoundRun) -> None:
    """Shows a list of the other runs of the same setting: a point that is a mean stands for all of them."""
    if len(found.alike) < 2:
        return
    names = dict(found.alike)
    chosen = st.selectbox(
        f"One of the {len(names):,} runs of this setting",
        list(names),
        list(names).index(found.row.key),
        format_func=names.__getitem__,
        key=f"study_run_of_{found.row.key}",
        width=260,
    )
    if chosen != found.row.key:
        session.studies.cell[study_id] = chosen
        st.rerun()


def _offer_real_run(study_id: str, key: str) -> None:
    if run_id := opened(StudyStore(study_id), key):
        _show_opened(run_id)
        return
    if _opening(study_id, key) is None:
        if st.button(
            "Train it again as a real run",
            icon=":material/replay:",
            key="open_study_run",
            help="A study keeps figures, not weights. Trained again it is the same run, which is checked, and has all "
            "that a run has: predictions, circuit, explanations.",
        ):
            job = opening_job(OpenRequest(study_id, key), session.owner)
            session.studies.opening[study_id, key] = job_managers.studio_jobs().submit(job)
            st.rerun()
        return
    show_once_over(partial(_under_way, study_id, key), _show_opened, _opening_words, "opening study run")


def _opening(study_id: str, key: str) -> JobSnapshot[JobView[str]] | None:
    job_id = session.studies.opening.get((study_id, key))
    return job_managers.studio_jobs().snapshot(job_id) if job_id else None


def _under_way(study_id: str, key: str) -> JobSnapshot[JobView[str]]:
    snapshot = _opening(study_id, key)
    if snapshot is None:
        st.rerun()  # the server let go of it meanwhile: the button is there again
    return snapshot


def _opening_words(progress: Progress | None) -> str:
    return f"{progress.stage} …" if progress else "Waiting for its turn …"


def _show_opened(run_id: str) -> None:
    st.markdown(":material/check: It is kept as a real run.")
    with st.container(horizontal=True):
        for label, page in (("Look at it on Train", "pages/train.py"), ("Open it on Runs", "pages/runs.py")):
            if st.button(label, icon=":material/open_in_new:", key=f"to_{page}"):
                open_kept(run_id)
                if page == "pages/runs.py":
                    session.runs.select([run_id])
                st.switch_page(page)
