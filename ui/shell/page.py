"""The beginning of every page: the browser tab, the common look, and the navigation.

To add a page:
1. Write `ui/<name>/page.py`, its body, and `pages/<name>.py` as the others are: `set_up(...)`, then the body inside
   `with guarded():`, imported there, so that a server's first visitor reads the title while charts are still imported.
2. Add one line to `PAGES` in `ui/base/pages.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from ui.base.assets import script, stylesheet
from ui.base.errors import as_plain_text, guarded
from ui.base.pages import APP_NAME, PAGES, PageEntry
from ui.base.trust import note_who_can_reach_us
from ui.shell.housekeeping import keep_tidy
from ui.shell.preload import fetched_ahead
from ui.shell.warming import warm

if TYPE_CHECKING:
    from qtl_core.settings import DataSettings
    from ui.base.streamlit_internals import Container

RUN_IS_LOST = "The run that this link names is no longer on this server."
_COLOURS = {"paper": "backgroundColor", "ink": "textColor"}  # the theme's, under names for our styles


def set_up(title: str, icon: str, heading: str, lead: str) -> None:
    """Sets the page up and draws the navigation, the heading and a first sentence; the first call of every page.

    A page cannot leave this to app.py: a deep link such as `/train` on a server that nobody has used yet runs the
    page's file without it.

    Args:
        title: The page's title in `PAGES`.
        icon: An emoji for the browser tab (a Material symbol would be fetched from an outside host).
        heading: What the page is for, in a few words.
        lead: The same in a sentence or two, as Markdown.
    """
    note_who_can_reach_us()
    keep_tidy()
    warm()
    st.set_page_config(page_title=f"{title} · {APP_NAME}", page_icon=icon, layout="wide")
    colours = "".join(f"--studio-{name}: {_by_scheme(option)}; " for name, option in _COLOURS.items())
    st.html(f"{stylesheet(__file__)}<style>.stApp {{ {colours}}}</style>")
    navigation = st.container(key="navigation", horizontal=True)
    head = st.container(key="page_head", horizontal=True)
    head.title(heading, anchor=False)
    st.markdown(lead)
    with guarded():
        _take_up_link(title, navigation, head)


def _by_scheme(option: str) -> str:
    return f"light-dark({st.get_option(f'theme.light.{option}')}, {st.get_option(f'theme.dark.{option}')})"


def _take_up_link(title: str, navigation: Container, head: Container) -> None:
    """Reads and writes the address, and draws what depends on it; what is imported here may wait for the title."""
    from ui.session import session
    from ui.shell.run_elsewhere import show_run_elsewhere
    from ui.shell.share import show_share

    session.screen.follow_link()
    session.screen.forget_lost_job()
    session.screen.write_link()  # before the navigation, which takes the query along
    with navigation:
        st.html(f'<div class="studio-name"><b>{APP_NAME}</b></div>')
        for entry in PAGES:
            if entry.title == title or not session.screen.hides(Path(entry.path).stem):
                _link(entry, here=entry.title == title)
        st.html(
            f"<script>{script('sideways', 'refused_upload')}</script>{fetched_ahead()}<!-- {title} -->",
            unsafe_allow_javascript=True,
        )  # as new text, it is run on each page
    with head:
        show_share()
    if session.screen.task:
        with st.container(border=True, key="lesson_task", gap="xxsmall"):
            st.markdown(":material/school: **Your task**")
            st.markdown(as_plain_text(session.screen.task).replace("\n", "  \n"))
    show_run_elsewhere()
    if session.screen.job_is_lost:
        _show_run_is_lost(title, session.screen.settings.data)
    for complaint in session.screen.complaints:
        st.warning(as_plain_text(complaint))


def _show_run_is_lost(title: str, data: DataSettings) -> None:
    """Says that a run is gone and, where its pictures are of a set made in the app, leads to that."""
    st.info(RUN_IS_LOST + (" Press Start to train it again." if title == "Train" else ""))
    if data.source == "dataset" and title not in ("Train", "Data"):
        st.page_link("pages/data.py", label="Open its data set, and train on it again", icon=":material/photo_library:")


def _link(entry: PageEntry, here: bool) -> None:
    # The query goes along, so that a link to a running job still names it on the next page.
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    with st.container(key="here" if here else None, width="content"):
        st.page_link(entry.path, label=entry.title, icon=entry.icon, help=entry.description, query_params=query)
