"""The way from a single result to a study of many."""

from __future__ import annotations

import streamlit as st

from ui.session import session


def show_study_link() -> None:
    """Leads to the Studies page, unless the lesson leaves that out."""
    if not session.screen.hides("study"):
        st.page_link(
            "pages/study.py",
            label="How sure is that? Study it",
            icon=":material/query_stats:",
            width="content",
            help="One run is one throw of the dice. A study trains many, and says what luck alone would give.",
        )
