"""Ready-made pictures to fill a class from: drawn ones, and the photos where they are on this computer."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from qtl_core.pictures.sources.photos import find_photos
from qtl_core.pictures.sources.ready_made import MOST_AT_ONCE, Filled, FillRequest, fill_job, likely_for, ready_classes
from ui.base import job_managers
from ui.base.errors import as_plain_text, show_user_error
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.status import show_progress

COUNTS = (5, 10, 20, 40, MOST_AT_ONCE)
USUAL = 20
REFRESH_SECONDS = 0.4


def show_ready_made(record: DatasetRecord, klass: ClassRecord) -> None:
    """Shows what there is and how many to take; while they come in, a bar."""
    key = ("fill", record.id, klass.id)
    snapshot = job_managers.fillings().find(key)
    live = snapshot is not None and not snapshot.is_over
    refreshing(_panel, REFRESH_SECONDS if live else None)(record, klass, live)


def _panel(record: DatasetRecord, klass: ClassRecord, live: bool) -> None:
    snapshot = job_managers.fillings().find(("fill", record.id, klass.id))
    if live and (snapshot is None or snapshot.is_over):
        st.rerun()
    if snapshot is not None and live:
        report = snapshot.view.progress
        share = report.done / report.total if report and report.total else 0.0
        words = f"Adding pictures: {report.done} of {report.total}" if report else "Getting the pictures ready"
        show_progress(f"fill_{klass.id}", share, words)
        return
    _show_choice(record, klass)
    if snapshot is not None and snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
    elif snapshot is not None and snapshot.view.result:
        st.caption(_outcome(snapshot.view.result))


def _show_choice(record: DatasetRecord, klass: ClassRecord) -> None:
    ready = {each.key: each for each in ready_classes()}
    suffix = f"{record.id}_{klass.id}"
    likely = likely_for(klass.name, tuple(ready.values())).key
    which = st.selectbox(
        "Which",
        list(ready),
        list(ready).index(likely),
        key=f"ready_{suffix}_{likely}",  # under another name the class is offered what that one says
        format_func=lambda key: f"{ready[key].title} ({ready[key].count})",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.selectbox("How many", COUNTS, COUNTS.index(USUAL), key=f"ready_count_{suffix}", width=110)
        if st.button("Add them", key=f"fill_{suffix}", icon=":material/add:"):
            request = FillRequest(record.id, klass.id, which, count)
            fill = ("fill", record.id, klass.id)
            job_managers.fillings().restart(fill, lambda: fill_job(request, session.owner))
            st.rerun()
    if ready[which].is_drawn:
        st.caption("Drawn by this app: they are not photographs.")
    if find_photos() is None:
        st.caption("Photos of ants and bees are offered here too, once they were fetched: choose them under Pictures.")


def _outcome(filled: Filled) -> str:
    added = "1 picture was added." if filled.added == 1 else f"{filled.added} pictures were added."
    return as_plain_text(f"{added} {filled.reason}".strip())
