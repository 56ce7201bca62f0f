"""Visitors: on an open server whoever has the browser's cookie, on a closed one nobody in particular."""

from __future__ import annotations

import streamlit as st

from ui.base.trust import is_closed_to_paths
from ui.base.visitor_cookie import NAME, is_secret, owner_of
from ui.session import session


def owner() -> str:
    """Returns the name under which the store keeps what this visitor makes; "" on a server that is closed to others.

    A browser that keeps no cookies is known as long as its session lasts.
    """
    if not is_closed_to_paths():
        return ""
    secret = str(st.context.cookies.get(NAME, ""))
    return owner_of(secret if is_secret(secret) else session.owner)


def is_known_again() -> bool:
    """Returns whether the visitor still owns what they make after a reload, and may send files by the app's routes."""
    return not is_closed_to_paths() or is_secret(str(st.context.cookies.get(NAME, "")))
