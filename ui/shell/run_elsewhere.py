"""The run that a link names, while another server over the same data folder trains it: said on every page."""

from __future__ import annotations

import streamlit as st

from ui.base import job_managers
from ui.session import session
from ui.session.refresh import refreshing

LOOK_SECONDS = 3.0
WORDS = (
    "**Another server trains this run** just now, in the same data folder. Runs shows how far it is; here it can be "
    "looked at once it has ended. To stop it, open this link where it was started."
)


def show_run_elsewhere() -> None:
    """Says so until the run has ended; the page then shows it."""
    job_id = session.screen.job
    if job_id and job_managers.is_trained_elsewhere(job_id):
        refreshing(_wait_for, LOOK_SECONDS)(job_id)


def _wait_for(job_id: str) -> None:
    if not job_managers.is_trained_elsewhere(job_id):
        st.rerun()
    st.info(WORDS)
