"""The Share button: a link to what is on screen, to be copied, and for a lesson what it is to hide.

What is ticked here changes nothing on this page: it is for those who open the link.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from qtl_core.settings.groups import PRIVATE
from ui.base.assets import asset, script
from ui.base.errors import guarded
from ui.session import keys, session
from ui.session.lesson import GROUPED
from ui.session.link import Link, text_of

_show_link = st.components.v2.component("share", html=asset("share.html"), css=asset("share.css"), js=script("share"))


def show_share() -> None:
    """Shows the button; what is behind it is made once it is opened."""
    label = "Lesson" if session.screen.hidden else "Share"
    box = st.popover(label, icon=":material/link:", key=keys.SHARE_OPEN, on_change="rerun", type="tertiary")
    if box.open:
        with box:
            if session.screen.hidden:
                _show_lesson()
            _show_inside()


# A fragment: what is ticked concerns nothing else on the page.
@st.fragment
@guarded()
def _show_inside() -> None:
    st.markdown("**A link to this page as it is now.** Whoever opens it sees the same settings and seed.")
    with_run = _ask_for_run()
    link_at = st.container()  # what is ticked below is in it
    hidden = _ask_what_to_hide()
    wanted = replace(session.screen.link(), hidden=hidden) if with_run else Link(session.screen.settings, hidden=hidden)
    with link_at:
        _show_link(data={"query": text_of(session.screen.link_query(wanted))}, key="share_link")
        if any(session.screen.settings.value(name) for name in PRIVATE):
            st.caption("Paths of folders and files on this computer are not in the link.")


def _show_lesson() -> None:
    names = [title for group in GROUPED.values() for name, title in group.items() if session.screen.hides(name)]
    st.markdown(f"**This is a lesson:** its link leaves out {len(names)} controls: {', '.join(names)}.")
    st.button("Show everything", icon=":material/visibility:", on_click=session.screen.show_everything)


def _ask_for_run() -> bool:
    """Asks whether a run goes along, where there is one; says who can open it."""
    if not (session.screen.job or session.screen.kept_run or session.screen.seeds_job):
        return False
    return st.toggle(
        "With the run on screen",
        True,
        key=keys.SHARE_RUN,
        persist_state="session",
        help="Its curves and results can be seen by whoever opens the link on this server; elsewhere the link "
        "brings the settings alone.",
    )


def _ask_what_to_hide() -> frozenset[str]:
    wanted: set[str] = set()
    with st.expander("For a lesson: what to hide", icon=":material/school:"):
        st.caption("A value that you have set holds although its control is hidden. Start and Stop always stay.")
        for group, titles in GROUPED.items():
            wanted |= set(_ticked(group, titles))
    return frozenset(wanted)


def _ticked(group: str, titles: dict[str, str]) -> list[str]:
    return st.pills(
        group,
        list(titles),
        selection_mode="multi",
        key=keys.share_hide_key(group),
        format_func=lambda name: titles.get(name, name),
        default=[name for name in titles if session.screen.hides(name)],
        persist_state="session",
    )
