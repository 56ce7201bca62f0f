"""Next steps after training, right under the result: ask it, look inside, see what training changed, keep it.

What training changed is on this page, too, far down; asked for here, it stands open right below the steps.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.runs.store import find_run, rename, star
from qtl_core.runs.store.records import NAME_LENGTH
from qtl_core.runs.view import RunView
from ui.base.errors import as_name, guarded
from ui.base.wording import cut_name, noun_of
from ui.results.training_changes import TITLE, TITLE_WITHOUT_CIRCUIT
from ui.session import keys, session
from ui.session.run_actions import begin_from


def show_next_steps(view: RunView, *, on_train: bool = True) -> bool:
    """Shows them for the run on screen, once it is over; pages that a lesson hides are not offered.

    Args:
        view: The run.
        on_train: Whether this is the Train page, where settings are.

    Returns:
        True if what training changed in this run is asked for, and follows right here.
    """
    if not view.is_over or not view.epochs:
        return False
    asked = _is_asked(view)
    begun_with = "" if on_train or view.ended is None else view.ended.run
    _say_if_deleted(view)
    with st.container(horizontal=True, key="next_steps", gap="small"):
        if view.prepared is not None and view.prepared.settings.data.is_numbers:
            _step("predict", "Try numbers of your own", ":material/scatter_plot:", "Predict with this run.", begun_with)
        else:
            _step("predict", *try_your_own(view), "Predict with this run.", begun_with)
        has_circuit = view.prepared is None or view.prepared.settings.model.spec.has_circuit
        if has_circuit:
            about = "This run's circuit, gate by gate."
            _step("circuit", "Look inside the circuit", ":material/schema:", about, begun_with)
        if not (view.prepared and view.prepared.from_elsewhere):
            st.button(
                TITLE if has_circuit else TITLE_WITHOUT_CIRCUIT,
                icon=":material/help:",
                key="next_changes",
                help="What training changed in this run, part by part; it opens right below.",
                on_click=_ask,
                args=(view,),
                disabled=asked,
            )
        if view.ended and view.ended.run:
            _show_starting_from(view, view.ended.run, on_train=on_train)
            _show_keeping(view.ended.run)
    return asked


def try_your_own(view: RunView) -> tuple[str, str]:
    """Returns what the way to Predict says, and its icon."""
    if view.prepared and view.prepared.settings.data.is_numbers:
        return f"Try your own {noun_of(view)}", ":material/edit_note:"
    return "Try your own photo", ":material/add_a_photo:"


def _show_starting_from(view: RunView, run_id: str, *, on_train: bool) -> None:
    if session.screen.hides("start_from"):
        return
    noun = noun_of(view)
    about = f"Starts a new training from what this run learnt: choose other {noun}, and what of it travels."
    label, icon = f"Use it for other {noun}", ":material/conversion_path:"
    # Not in the page's own run: to switch to the page one is on draws its widgets anew, and a browser then sends what
    # they said at first.
    if st.button(label, icon=icon, help=about, key="next_start_from", on_click=guarded()(begin_from), args=(run_id,)):
        st.toast(f"Training starts from this run now: choose other {noun} on the Train page.")
        if not on_train:
            st.switch_page("pages/train.py")


def _ask(view: RunView) -> None:
    st.session_state[keys.CHANGES_ASKED] = _name_of(view)


def _is_asked(view: RunView) -> bool:
    return st.session_state.get(keys.CHANGES_ASKED) == _name_of(view)


def _name_of(view: RunView) -> str:
    """Tells this run's results from those of another; a run that is not kept goes by its settings."""
    if view.ended is not None and view.ended.run:
        return view.ended.run
    return repr(view.prepared.settings if view.prepared else None)


def _step(page: str, label: str, icon: str, about: str, run_id: str) -> None:
    if not session.screen.hides(page) and st.button(label, icon=icon, help=about, key=f"next_{label}"):
        session.screen.begin_with_run(run_id)
        st.switch_page(f"pages/{page}.py")


def _say_if_deleted(view: RunView) -> None:
    """Says that somebody deleted the run while it was open here, as in another tab: going on with it keeps it again."""
    with suppress(UserError):  # a run that cannot be looked up is not known to be deleted
        if view.ended and view.ended.run and find_run(view.ended.run).deleted is not None:
            st.warning(
                "This run was deleted on the Runs page; what is shown is still in memory. "
                "**Continue** trains it further and keeps it again."
            )


def _show_keeping(run_id: str) -> None:
    if session.screen.hides("runs") or session.screen.hides("labels"):
        return
    try:
        record = find_run(run_id)
    except UserError:
        return  # it was removed for good meanwhile
    if record.deleted is not None:
        return
    name, starred = (f"kept_{keys.run_label_key(kind, run_id)}" for kind in ("name", "star"))
    label = f"★ {as_name(record.name)}" if record.name and record.starred else "Keep it, name it"
    with st.popover(label, icon=":material/bookmark_add:"):
        st.text_input(
            "Name of this run",
            record.name,
            help=f"Up to {NAME_LENGTH} characters; what is longer is cut.",
            key=name,
            placeholder="What was tried",
            on_change=guarded()(_name_it),
            args=(run_id, name),
        )
        st.toggle("Star", record.starred, key=starred, on_change=guarded()(_star_it), args=(run_id, starred))
        st.caption("It is kept anyway; by its name and star it is found again on the Runs page.")


def _name_it(run_id: str, key: str) -> None:
    st.session_state[key] = cut_name(st.session_state[key])
    rename(run_id, st.session_state[key])
    if st.session_state[key].strip():
        star(run_id, True)
        st.session_state.pop(key.replace("name", "star"), None)


def _star_it(run_id: str, key: str) -> None:
    star(run_id, st.session_state[key])
