"""The plane above the curves of the Train page: the points on screen, and what a run made of them."""

from __future__ import annotations

import streamlit as st

from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from ui.results.plane import has_plane, show_plane, show_points
from ui.session import session


def show_plane_of(snapshot: JobSnapshot[RunView] | None, on_screen: RunSettings) -> None:
    """Shows the points that are learnt, and where a run on screen learnt just these, its decision surface by epoch.

    Args:
        snapshot: The run on screen.
        on_screen: What a run started now would really use.
    """
    with st.container(key="plane"):
        view = snapshot.view if snapshot is not None else None
        if view is not None and view.prepared and has_plane(view) and view.prepared.settings.data == on_screen.data:
            show_plane(view, plays=not session.training.playground)
        else:
            show_points(on_screen)
