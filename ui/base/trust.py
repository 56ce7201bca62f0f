"""Trust: strangers who can reach this server, and the paths that visitors may have read (see SECURITY.md)."""

from __future__ import annotations

import os

import streamlit as st

OPEN_VARIABLE = "QTL_OPEN"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def note_who_can_reach_us() -> None:
    """Closes the rest of this machine's files to visitors where the server answers on a network.

    Workers are told as well, because they read the environment of the server. Behind a proxy the server answers to
    this machine alone and cannot know: there whoever runs it says `QTL_OPEN=1`.
    """
    if OPEN_VARIABLE not in os.environ and st.get_option("server.address") not in LOOPBACK:
        os.environ[OPEN_VARIABLE] = "1"


def is_closed_to_paths() -> bool:
    """Returns whether visitors can have the data folders read alone."""
    return os.environ.get(OPEN_VARIABLE, "") not in ("", "0")
