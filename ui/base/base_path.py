"""The path that the app is served at: not the root where a proxy has other things there, too."""

from __future__ import annotations

import streamlit as st


def base_path() -> str:
    """Returns the path without slashes at its ends, "" at the root."""
    return str(st.get_option("server.baseUrlPath") or "").strip("/")


def address_below(path: str) -> str:
    """Returns where this server has a path of its own, as an address that holds on any page."""
    return "/".join(("", *filter(None, (base_path(), path))))
