"""The family of a run that started from another one: its ancestors from the first on, and what each handed down.

The facts are those that the run itself carries (`Prepared.lineage`), so they stay when an ancestor is deleted.
"""

from __future__ import annotations

import math

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.runs.events import Prepared
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.store import find_run
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from ui.base.assets import stylesheet
from ui.base.errors import as_name, as_plain_text
from ui.session import session

PARTS = {PRE_NET: "first layer", CIRCUIT: "circuit", POST_NET: "last layer"}
MOST_CLASSES = 4


def show_family(prepared: Prepared) -> None:
    """Shows the ancestors of a run, the first one on top, and the run itself below; nothing of one without any."""
    if not prepared.lineage:
        return
    st.html(stylesheet(__file__))
    with st.container(key="family", gap="xxsmall"):
        st.markdown("**Where it came from**")
        for number, ancestor in enumerate(reversed(prepared.lineage)):
            _show_ancestor(ancestor, number)
            st.html(f'<p class="handed-down">{handed_down(ancestor)}</p>')
        st.markdown(f":material/trip_origin: **This run** · {as_plain_text(own_words(prepared))}")


def handed_down(ancestor: Ancestor) -> str:
    """Says what travelled from a run to the next one, and what stood still in that."""
    travelled = ", ".join(PARTS.get(part, part) for part in ancestor.carried) or "nothing"
    stood = ", ".join(PARTS.get(part, part) for part in ancestor.frozen)
    return f"handed down: {travelled}{f'; stood still: {stood}' if stood else ''}"


def ancestor_words(ancestor: Ancestor) -> str:
    """Says what an ancestor is, what it learnt and how well."""
    right = "" if math.isnan(ancestor.accuracy) else f", {ancestor.accuracy:.1%} right at best"
    return f"{_title(ancestor.head)} · {ancestor.pictures} ({_named(ancestor.classes)}){right}"


def own_words(prepared: Prepared) -> str:
    """Says what the run itself is and learns."""
    return f"{_title(prepared.settings.model.head)} ({_named(prepared.classes)})"


def _show_ancestor(ancestor: Ancestor, number: int) -> None:
    is_there = _is_there(ancestor.run)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"ancestor_{number}"):
        if is_there and not session.screen.hides("runs"):
            label = as_name(ancestor.name) or ancestor.run
            if st.button(label, type="tertiary", icon=":material/account_tree:", key=f"open_ancestor_{number}"):
                session.runs.opened = ancestor.run
                st.switch_page("pages/runs.py")
        else:
            gone = "" if is_there else " (deleted since)"
            st.markdown(f":material/account_tree: {as_name(ancestor.name) or ancestor.run}{gone}", width="content")
        st.caption(as_plain_text(ancestor_words(ancestor)), width="content")


def _is_there(run_id: str) -> bool:
    try:
        return find_run(run_id).deleted is None
    except UserError:
        return False


def _title(head: str) -> str:
    return HEADS[head].title.split(" (")[0] if head in HEADS else head


def _named(classes: tuple[str, ...]) -> str:
    shown = ", ".join(classes[:MOST_CLASSES])
    return shown + (f" and {len(classes) - MOST_CLASSES} more" if len(classes) > MOST_CLASSES else "")
