"""The ways out of a run as a panel: what each is for and its button, in groups; the list is `qtl_core.ways_out`'s."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.exchange.run_files.pictures import why_no_pictures
from qtl_core.inference.requests import kept_model
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import TrainedRun
from qtl_core.ways_out.catalogue import ARCHIVE, HEAD, ways_in
from qtl_core.ways_out.way import Group, Taken, Way, WayOut
from ui.base.assets import stylesheet
from ui.base.errors import as_plain_text
from ui.runs.head_layout import choose_taken_along
from ui.runs.take_along_button import is_there, show_button
from ui.session import keys

PICTURES = "The one file names the pictures and where they lie on this machine; the pictures themselves stay here."
WITH_PICTURES = (
    "Puts the pictures it was trained on into the file, so that it can be trained again elsewhere. Whoever gets the "
    "file sees them: ask those who are in them first."
)


def show_take_along(run: RunRecord) -> None:
    """Shows a button for each way out, with a sentence on what it is for.

    Raises:
        UserError: The run's files are damaged.
    """
    if not run.epochs:
        st.caption("There is nothing to take along before the first epoch is done.")
        return
    taken = Taken(run, kept_model(run.id, run.version).run)
    st.html(stylesheet(__file__))
    for group in Group:
        with st.container(gap="small", key=f"ways_{group.name.lower()}"):
            with st.container(gap=None):
                st.markdown(f"**{group.value}**")
                st.caption(group.about)
            for way in ways_in(group):
                _show_way(way, taken)


def _show_way(way: Way, taken: Taken) -> None:
    with st.container(key=f"way_{way.key}", gap="small"):
        line = st.container(horizontal=True, vertical_alignment="center", key=f"way_line_{way.key}")
        taken = _asked(way, taken)
        why = way.why_not(taken.view)
        with line, st.container(gap=None, key=f"way_words_{way.key}"):
            st.markdown(f"**{way.title}**")
            st.caption(as_plain_text(why or way.what_for))
        if isinstance(way, WayOut):
            with line:
                show_button(way, taken, disabled=bool(why))
        if not why:
            _show_rest(way, taken)


def _show_rest(way: Way, taken: Taken) -> None:
    """Shows what has to be said to whoever takes it along, and what to do next once there is something to download."""
    if not isinstance(way, WayOut):
        _show_next(way.then(taken).words, way.then(taken).command_for(taken.id))
        return
    for remark in way.remarks(taken):
        st.caption(as_plain_text(remark))
    if is_there(way, taken):
        _show_next(way.then(taken).words, way.commands(taken))


def _show_next(words: str, commands: str) -> None:
    with st.container(gap=None):
        st.caption(as_plain_text(words))
        st.code(commands, language=None, wrap_lines=True)


def _asked(way: Way, taken: Taken) -> Taken:
    """Returns how the run is taken, with what is asked of this way below its line."""
    if way is HEAD and taken.view.prepared.settings.model.spec.has_circuit:
        return replace(taken, layout=choose_taken_along(taken.view.prepared.settings.circuit.depth))
    if way is ARCHIVE:
        return replace(taken, pictures=_ask_for_pictures(taken.view))
    return taken


def _ask_for_pictures(view: TrainedRun) -> bool:
    """Returns whether the pictures of its data set come along; not unless somebody says so."""
    chosen = False
    if view.prepared.settings.data.source == "dataset":
        why = why_no_pictures(view)
        ticked = st.checkbox("With its pictures", key=keys.TAKE_PICTURES, help=WITH_PICTURES, disabled=bool(why))
        chosen = ticked and not why
        if why:
            st.caption(as_plain_text(why))
    if view.prepared.is_measured and not chosen and not view.prepared.settings.data.is_numbers:
        st.caption(PICTURES)
    return chosen
