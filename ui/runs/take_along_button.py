"""The button of one way out: a quick file at once; else it is made by a worker, watched, and then offered."""

from __future__ import annotations

from functools import partial

import streamlit as st

from qtl_core.ways_out.making import content_of, making_job
from qtl_core.ways_out.way import Taken, WayOut
from ui.base.wording import file_size
from ui.session import session
from ui.widgets.waiting import show_once_over

WIDTH = 220  # pixels: the words of a bar in two lines


def show_button(way: WayOut, taken: Taken, *, disabled: bool) -> None:
    """Shows what to press: what makes the file, how far it is, or what downloads it.

    Args:
        way: The way out.
        taken: The run, and how it is taken.
        disabled: Whether it cannot go this way.
    """
    with st.container(key=f"way_button_{way.key}", width=WIDTH):
        if _is_at_hand(way, taken):
            _offer(way, taken, None, disabled=disabled)
        else:
            _show_making(way, taken, disabled=disabled)


def is_there(way: WayOut, taken: Taken) -> bool:
    """Returns whether there is something to download."""
    made = session.runs.taken_along.find(_key(way, taken))
    return _is_at_hand(way, taken) or (made is not None and made.view.result is not None)


def _is_at_hand(way: WayOut, taken: Taken) -> bool:
    return way.is_quick and not taken.pictures


def _show_making(way: WayOut, taken: Taken, *, disabled: bool) -> None:
    jobs, key = session.runs.taken_along, _key(way, taken)
    snapshot = jobs.find(key)
    if snapshot is not None and snapshot.view.error is None and snapshot.state != "stopped":
        _show_job(way, taken)
        return
    if st.button("Make it", icon=":material/build:", key=f"make_{way.key}", disabled=disabled, width="stretch"):
        jobs.drop(key)
        jobs.find_or_start(key, partial(making_job, way.key, taken, session.owner))
        st.rerun()
    if snapshot is not None and snapshot.view.error is not None:
        _show_job(way, taken)


def _show_job(way: WayOut, taken: Taken) -> None:
    jobs, key = session.runs.taken_along, _key(way, taken)
    show_once_over(
        partial(jobs.find_or_start, key, partial(making_job, way.key, taken, session.owner)),
        lambda content: _offer(way, taken, content),
        lambda _: "Making it …",
        f"way out {way.key}",
        partial(jobs.drop, key),
    )


def _offer(way: WayOut, taken: Taken, content: bytes | None, *, disabled: bool = False) -> None:
    """Shows the download button; without content it is made once the button is pressed."""
    make = content if content is not None else partial(content_of, way, taken)
    st.download_button(
        f"Download ({file_size(len(content))})" if content is not None else "Download",
        "" if disabled else make,
        file_name=way.download_name(taken),
        mime=way.mime,
        key=f"take_along_{way.key}",
        icon=":material/download:",
        on_click="ignore",
        disabled=disabled,
        width="stretch",
    )


def _key(way: WayOut, taken: Taken) -> tuple[object, ...]:
    """Returns the name by which a made file is found: another version of the run, or another choice, is another."""
    return way.key, taken.id, taken.kept.version, taken.layout, taken.pictures
