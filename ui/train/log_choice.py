"""The choice of where runs are logged as they train, besides being kept here."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.paths import is_open
from qtl_core.tracking.programs import PROGRAMS
from ui.base.errors import as_plain_text
from ui.session import keys, session

NOWHERE = "Nowhere"


def show_log_choice() -> None:
    """Shows the choice; not to strangers, who cannot come by what is logged on the server."""
    if is_open():
        return
    why = {program.title: program.extra.why_missing() for program in PROGRAMS.values()}
    st.radio(
        "Log it as it trains",
        ["", *(key for key, program in PROGRAMS.items() if not why[program.title])],
        format_func=lambda key: PROGRAMS[key].title if key else NOWHERE,
        key=keys.LOGGED_FOR,
        persist_state="session",
        horizontal=True,
        help="For this session, not for its links. A kept run can be logged afterwards, too: Runs, Take it along.",
    )
    if program := PROGRAMS.get(session.training.logged_for):
        st.caption(f"What you start is logged in {program.folder} of this app's data folder. To see it, type there:")
        st.code(program.opened_by.format(place=program.folder), language=None, wrap_lines=True)
    for title, sentence in why.items():
        if sentence:
            st.caption(as_plain_text(f"{title}: {sentence}"))
