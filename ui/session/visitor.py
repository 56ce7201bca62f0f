"""Visitors: on an open server whoever has the browser's cookie, on a closed one nobody in particular.

What somebody may see and change is the rule of `ui/base/ownership.py`.
"""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.datasets.creating import Listing, listing
from qtl_core.pictures.datasets.records import DatasetRecord
from ui.base.ownership import Visitor
from ui.base.trust import is_closed_to_paths
from ui.base.visitor_cookie import NAME, is_secret, owner_of, secret_in
from ui.session import session


def owner() -> str:
    """Returns the name under which the store keeps what this visitor makes; "" on a server that is closed to others.

    A browser that keeps no cookies is known as long as its session lasts.
    """
    if not is_closed_to_paths():
        return ""
    return maker() or owner_of(session.owner)


def maker() -> str:
    """Returns the hash of the browser's secret, also on a closed server; "" where the browser has none."""
    secret = _secret()
    return owner_of(secret) if secret else ""


def visitor() -> Visitor:
    """Returns who looks at the page."""
    # Streamlit says None for this very computer, and where no browser is there, which then sends no headers.
    return Visitor.asking(owner(), st.context.ip_address or "127.0.0.1", st.context.headers)


def may_stop(asked_by: str) -> bool:
    """Returns whether a job that is the same for everybody may be stopped: one's own, and all on one's own computer.

    Args:
        asked_by: The owner of the job. After a reload that is somebody else.
    """
    return asked_by == session.owner or visitor().has_all


def my_sets() -> tuple[DatasetRecord, ...]:
    """Returns the visitor's sets, those used last first: all there are where each is theirs to change."""
    return my_listing().records


def my_listing() -> Listing:
    """Returns the same with the visitor's sets that cannot be read."""
    now = visitor()
    return listing(None if now.has_all else now.owner)


def is_known_again() -> bool:
    """Returns whether the visitor still owns what they make after a reload, and may send files by the app's routes."""
    return not is_closed_to_paths() or bool(_secret())


def _secret() -> str:
    """Returns what the browser's cookie holds, read as the routes read it: a page and a route know the same visitor."""
    said = secret_in([st.context.headers.get("Cookie", "")])
    kept = str(st.context.cookies.get(NAME, ""))
    return said or (kept if is_secret(kept) else "")
