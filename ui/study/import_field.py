"""The field for a study in a file: opened in a worker, and shown once it is there."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.studies.file_jobs import FileRequest, bring_in_job
from ui.base import job_managers
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.base.streamlit_internals import UploadedFile
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.session.visitor import owner
from ui.study.starting import stop_measuring
from ui.widgets.waiting import show_job_report

REFRESH_SECONDS = 0.4


def show_import() -> None:
    """Shows the field, and what became of the last file."""
    state = session.studies
    if state.refused:
        show_user_error(UserError(*state.refused))
    upload = st.file_uploader(
        "Drop a study (.qtl-study.zip) here",
        type=["zip"],
        key=f"{keys.STUDY_FILE}_{state.round}",
        disabled=bool(state.bringing_in),
        help="A study that was taken along from here or elsewhere. It opens with all its runs.",
    )
    if state.bringing_in:
        refreshing(_show_on_its_way, REFRESH_SECONDS)()
    elif upload is not None:
        st.button("Open this study", type="primary", key="bring_in_study", on_click=guarded()(_open), args=(upload,))


def show_brought_in() -> None:
    """Says what the file became that was brought in last."""
    if words := session.studies.brought_in:
        st.success(as_plain_text(words))
        session.studies.brought_in = ""


def _open(upload: UploadedFile) -> None:
    if session.studies.bringing_in:  # a second click that was on its way already
        return
    session.studies.refused = None
    stop_measuring()
    request = FileRequest(upload.getvalue(), upload.name, owner())
    session.studies.bringing_in = job_managers.express_jobs().submit(bring_in_job(request, session.owner))


def _show_on_its_way() -> None:
    jobs, state = job_managers.express_jobs(), session.studies
    snapshot = jobs.snapshot(state.bringing_in)
    if snapshot is not None and not snapshot.is_over:
        show_job_report("bring_in_study", snapshot, "Opening the file")
        return
    if snapshot is not None:
        jobs.drop(state.bringing_in)
        if found := snapshot.view.result:
            state.brought_in = found.words
            state.round += 1
            session.screen.select(study=found.study)
        else:
            state.refused = snapshot.view.error
    state.bringing_in = ""
    st.rerun()
