"""A warning where runs cannot be kept, before anybody starts one: afterwards it is too late to choose another place."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.paths import why_not_writable
from ui.base.errors import as_plain_text

RUNS = "runs"  # the folder in home that the store writes to


def are_runs_kept() -> bool:
    """Returns whether what is trained now can be kept: two questions to the system, so each page asks anew."""
    return why_not_writable(RUNS) is None


def show_not_kept() -> None:
    """Warns where runs cannot be kept."""
    if error := why_not_writable(RUNS):
        reason = as_plain_text(f"{error.why} {error.do}")
        st.warning(
            f"**Runs cannot be kept in the data folder.** {reason} "
            "Training works all the same, but a run is gone with this server.",
            icon=":material/save:",
        )
