"""The plane above the curves of the Train page: the points on screen, and what a run makes of them."""

from __future__ import annotations

import streamlit as st

from qtl_core.explain.plane import is_plane
from qtl_core.jobs import JobSnapshot
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from ui.results.plane import has_plane, show_plane, show_plane_now, show_points
from ui.session import session
from ui.session.refresh import refreshing
from ui.session.run_actions import shown_run

REFRESH_SECONDS = 1.0

Run = JobSnapshot[RunView]


def show_plane_of(snapshot: Run | None, on_screen: RunSettings) -> None:
    """Shows the points that are learnt, and where a run on screen learns just these, its decision surface.

    While it trains, the surface is that of its last epoch; once it is over, all epochs can be watched again.

    Args:
        snapshot: The run on screen.
        on_screen: What a run started now would really use.
    """
    with st.container(key="plane"):
        if snapshot is not None and not snapshot.is_over:  # what it learns is known a moment after it has begun
            refreshing(_live, REFRESH_SECONDS)(on_screen)
        elif snapshot is None or not _learns(snapshot.view, on_screen):
            show_points(on_screen)
        elif has_plane(snapshot.view):
            is_new = session.training.to_replay == snapshot.id and not session.training.playground
            show_plane(snapshot.view, plays=is_new)
        else:
            show_points(on_screen)


def _learns(view: RunView, on_screen: RunSettings) -> bool:
    return view.prepared is not None and is_plane(view.prepared) and view.prepared.settings.data == on_screen.data


def _live(on_screen: RunSettings) -> None:
    snapshot = shown_run()
    drawn = (
        snapshot is not None
        and bool(snapshot.view.epochs)
        and _learns(snapshot.view, on_screen)
        and show_plane_now(TrainedRun.of(snapshot.view))
    )
    if not drawn:
        show_points(on_screen)
