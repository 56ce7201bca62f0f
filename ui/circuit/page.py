"""The body of the Circuit page: the very circuit that is being trained or was trained, gate by gate."""

from __future__ import annotations

import streamlit as st

from ui.base.assets import stylesheet
from ui.circuit.panel import show_circuit
from ui.circuit.source import choose_source
from ui.session import session
from ui.session.run_actions import is_open, shown_run


def show_circuit_page() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    read, live = choose_source()
    show_circuit(read, live, lambda: is_open(shown_run()))
    session.screen.write_link()
