"""Learning from the set on screen: the next step, training by itself, Start, and what the result is worth."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import evaluation_of, percent
from qtl_core.jobs import JobSnapshot
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.version_pictures import cut_classes, groups_of_files, version_pictures
from qtl_core.pictures.findings.class_sizes import FEWEST as GOOD
from qtl_core.runs.view import RunView
from ui.base import job_managers
from ui.base.errors import as_name, as_plain_text, guarded, show_user_error
from ui.data.auto_training import (
    CLASSES,
    ENOUGH,
    Standing,
    auto_key,
    follow,
    is_busy,
    is_on,
    is_stale,
    is_trainable,
    learnt_run,
    settings_for,
)
from ui.data.worth import cut_words, worth_words
from ui.session import session
from ui.session.refresh import refreshing
from ui.session.run_actions import is_open, start, stop
from ui.train.run_status import status_of
from ui.widgets.glossary import word
from ui.widgets.status import show_progress
from ui.widgets.waiting import show_job_wait

BUSY_SECONDS = 0.25  # while pictures have just come, are looked at or are learnt from
WATCH_SECONDS = 1.0  # how soon pictures of a phone, or of another tab, are on screen
LOOK_SECONDS = 4.0  # the same for whoever only looks
FEWEST = 2  # pictures of a class: one to train on, one to validate with
MOST_NAMED = 4  # classes


def show_learning(record: DatasetRecord, can_change: bool) -> None:
    """Shows it, and looks again and again whether the set has changed."""
    busy = can_change and is_busy(record, by_itself=can_change)
    pace = BUSY_SECONDS if busy else WATCH_SECONDS if can_change else LOOK_SECONDS
    with st.container(border=True, key="learning", gap="small"):
        refreshing(_panel, pace)(record.id, record.revision, can_change, busy)


def _panel(set_id: str, drawn: int, can_change: bool, busy: bool) -> None:
    record = find_by_id(set_id)
    if record.revision != drawn or (busy and not is_busy(record, by_itself=can_change)):
        st.rerun()  # with what has come, or at the pace of a set at rest
    session.workshop.bench(set_id).note(record.revision)
    standing = follow(record, by_itself=can_change)
    if standing.is_new:
        st.rerun()
    st.markdown("**What it learns from these pictures**")
    if can_change:
        _show_switch(record)
    run = learnt_run(record)
    if not is_trainable(record):
        _show_next_step(record, begins=can_change and is_on(record))
    else:
        _show_work(record, standing, run)
        _show_left_out(record)
    if run is not None and run.is_over:
        _show_result(record, run.view)
    if is_trainable(record):
        _show_buttons(record, run)


def _show_switch(record: DatasetRecord) -> None:
    key = auto_key(record.id)
    st.session_state.setdefault(key, True)
    st.toggle(
        "Train by itself",
        key=key,
        persist_state="session",
        help=f"Once two classes have {ENOUGH} pictures each, and again when pictures came and none has followed for "
        "a moment. Such a try is not kept on disk: press Start for one that is.",
    )


def _show_next_step(record: DatasetRecord, *, begins: bool) -> None:
    """Says what is lacking: of the classes that have too few pictures, as many as are needed, the fullest first."""
    then = "it begins to learn" if begins else "it can learn"
    fullest = sorted(record.classes, key=lambda klass: -klass.count)[:CLASSES]
    lacking = [f"{ENOUGH - klass.count} more in {as_name(klass.name)}" for klass in fullest if klass.count < ENOUGH]
    if record.count == 0:
        words = f"put pictures into the classes on this page. With {ENOUGH} in each of two, {then}."
    elif len(record.classes) < CLASSES:
        words = "add a second class: with one there is nothing to tell apart."
    else:
        words = f"{' and '.join(lacking)}, then {then}."
    st.markdown(f":material/arrow_forward: **Next:** {words}")


def _show_left_out(record: DatasetRecord) -> None:
    empty = [as_name(klass.name) for klass in record.classes if klass.count < FEWEST]
    if empty:
        named = ", ".join(empty[:MOST_NAMED]) + (f" and {len(empty) - MOST_NAMED} more" if empty[MOST_NAMED:] else "")
        st.caption(f"Left out until there are {FEWEST} pictures or more, and better {GOOD}: {named}.")


def _show_work(record: DatasetRecord, standing: Standing, run: JobSnapshot[RunView] | None) -> None:
    """Says what is under way; a started run first, as somebody waits for it."""
    if run is not None and is_open(run):
        status = status_of(run)
        show_progress("own_run", status.share or 0.0, status.words)
    elif standing.error:
        show_user_error(standing.error)
    elif standing.left:
        known = standing.total - standing.left
        words = f"The image network looks at the new pictures: {known:,} of {standing.total:,}"
        show_progress("ahead", known / standing.total, words)
    elif standing.is_trying:
        _show_try(record)
    elif standing.refused:
        st.markdown(f":material/pan_tool: {as_plain_text(standing.refused)}")


def _show_try(record: DatasetRecord) -> None:
    """Shows how far a try is: the first one waits for a worker, and once on a machine for the compiler."""
    snapshot = job_managers.playground_jobs().snapshot(session.workshop.bench(record.id).attempt)
    report = snapshot.view.progress if snapshot else None
    if snapshot is not None:
        show_job_wait(snapshot, f"{report.stage} …" if report else "Training …", "training by itself")


def _show_result(record: DatasetRecord, view: RunView) -> None:
    if view.failed:
        show_user_error(UserError(view.failed.what, view.failed.why, view.failed.do))
        return
    if view.best is None or view.prepared is None:
        return
    found = evaluation_of(view)
    st.subheader(f"{found.correct:,} of {found.total:,} right", anchor=False)
    version = view.prepared.settings.data.dataset_version
    pictures = version_pictures(record.id, version)
    groups = groups_of_files(pictures, found.files)
    share = found.share_in_words() if len(set(groups)) == found.total else percent(found.accuracy)
    st.markdown(f"Of the {word('validation')} pictures, which it did not learn from: {share}.")
    cut = cut_classes(pictures)
    st.markdown(cut_words(cut) if cut else worth_words(found, groups))
    kept = "kept on the Runs page" if view.ended and view.ended.run else "a try, not kept on disk"
    old = " The pictures have changed since." if is_stale(record, view.prepared) else ""
    st.caption(f"Trained on {view.prepared.train_size:,} pictures, version {version} of the set; {kept}.{old}")


def _show_buttons(record: DatasetRecord, run: JobSnapshot[RunView] | None) -> None:
    running = is_open(run)
    with st.container(horizontal=True, gap="small"):
        if running:
            st.button("Stop", key="stop_own", icon=":material/stop:", on_click=stop)
        else:
            st.button(
                "Start",
                key="start_own",
                type="primary",
                icon=":material/play_arrow:",
                on_click=guarded()(_start),
                args=(record,),
                help="Trains on these pictures and keeps the run.",
            )
        if run is not None and run.view.best is not None:
            if st.button("Look at the run", key="to_train", icon=":material/model_training:"):
                st.switch_page("pages/train.py", query_params=session.screen.link_query(session.screen.link()))
            if run.is_over and st.button("Ask it", key="to_predict", icon=":material/image_search:"):
                session.screen.begin_with_run()
                st.switch_page("pages/predict.py", query_params=session.screen.link_query(session.screen.link()))


def _start(record: DatasetRecord) -> None:
    bench = session.workshop.bench(record.id)
    session.screen.choose_settings(settings_for(record))
    start()
    bench.tried, bench.started, bench.refused = record.revision, session.screen.job or "", ""
