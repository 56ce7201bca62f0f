"""The sixth stop: train it, really, with the settings of the Train page."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ui.base.errors import show_user_error
from ui.base.wording import noun_of
from ui.session import session
from ui.session.run_actions import shown_run
from ui.train.actions import show_actions
from ui.train.readout import readout_problem
from ui.train.run_panel import show_run
from ui.widgets.materials import run_inputs_of

TITLE = "Train it"
TASK = "Press Start, and watch the curve of the pictures it never learns from."
TEXT = (
    "At first all numbers of the layers and of the circuit are random, and so are the answers. **Training** shows "
    "the network a few pictures at a time, and changes every number a little in the direction that would have been "
    "better. Once through all pictures is an **epoch**; the curve begins after the first one, so it may begin high.\n\n"
    "The first time, the pictures are looked at once, which may take a while; training itself takes a moment. The "
    "curve of the pictures it never learns from is the one that counts (*validation*).\n\n"
    "This is the run of the Train page: it goes on while you go on."
)
PAGE = ("pages/train.py", "All the settings")


def show() -> None:
    """Shows the buttons and the run."""
    run_inputs = run_inputs_of(session.screen.settings.data)
    snapshot = shown_run()
    really = replace(session.screen.settings, data=run_inputs.data)
    against = run_inputs.problem or readout_problem(really)
    if against:
        show_user_error(against)
    show_actions(snapshot, really, against)
    show_run(snapshot, really, can_start=against is None)
    if snapshot is None or not snapshot.is_over:
        return
    best, prepared = snapshot.view.best, snapshot.view.prepared
    if best and prepared:
        right = prepared.pictures_right(best.val_accuracy)
        st.markdown(
            f"Your network gets **{right} of {prepared.val_size}** {noun_of(snapshot.view)} right that it never learnt "
            "from. It answers at the next stop."
        )
