"""The body of the Circuit page: the very circuit that is being trained or was trained, gate by gate."""

from __future__ import annotations

import streamlit as st

from ui.circuit_panel import show_circuit
from ui.circuit_source import choose_source
from ui.run_actions import is_open, shown_run
from ui.scripts import stylesheet
from ui.session import session


def show_circuit_page() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet("circuit_page"))
    read, live = choose_source()
    show_circuit(read, live, lambda: is_open(shown_run()))
    session.screen.write_link()
