"""The readout of training: the tab of More settings, and what keeps a head from being trained under one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.training.readout_check import check_readout
from ui.base.errors import as_plain_text
from ui.session import session
from ui.widgets.glossary import word
from ui.widgets.settings_controls import show_field

WORDS = (
    "Training takes the circuit's exact averages. A real machine gives {shots}, with errors: turn them on here and the "
    "head learns from what such a machine would say. It takes much longer; the time is forecast above the curves."
)
ENGINE = (
    "The torch engine trains this, as no other knows shots or noise. Validation and test are read in the same way; "
    "what is asked of the run later is answered exactly, and says so."
)


def readout_problem(settings: RunSettings) -> UserError | None:
    """Returns why a head cannot be trained under the readout of these settings, or None."""
    try:
        check_readout(settings)
    except UserError as error:
        return error
    return None


def show_readout_tab(names: Sequence[str]) -> None:
    """Shows the settings of these names, with what they are for."""
    settings = session.screen.settings
    st.markdown(WORDS.format(shots=word("shots")))
    if problem := readout_problem(settings):
        st.caption(f":material/pan_tool: {as_plain_text(problem.what)} {as_plain_text(problem.do)}")
    elif not settings.reads_exactly:
        st.caption(ENGINE)
    for name in names:
        show_field(name)
