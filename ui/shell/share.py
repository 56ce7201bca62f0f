"""The Share button: a link to what is on screen, at an address that works in the room, and what a lesson hides.

What is ticked here changes nothing on this page: it is for those who open the link.
"""

from __future__ import annotations

import os
from dataclasses import replace
from urllib.parse import urlsplit

import streamlit as st

from qtl_core.settings.groups import PRIVATE
from ui.base.assets import asset, script
from ui.base.errors import guarded
from ui.base.trust import is_closed_to_paths
from ui.session import keys, session
from ui.session.lesson import FOR_TEACHERS, GROUPED, HIDEABLE, LONGEST_TASK, QUICK, clean_task, remaining
from ui.session.link import Link, text_of
from ui.session.selections import Selections
from ui.shell.qr_code import qr_code
from ui.shell.room_address import RoomAddress, is_in_container, page_address
from ui.shell.serve import INSTALLED

FROM_A_CONTAINER = (
    "the app runs in a container, and cannot know the address by which others come to it. Open it by that address, and "
    "it is given here."
)
BEHIND_A_PROXY = (
    "others come to the app through a proxy, such as nginx, and the app cannot know the proxy's address. Open the "
    "studio by the address that they use, and it is given here."
)
LONGEST_LINK = 2_000  # characters: what every messenger and every server on the way lets through
_show_link = st.components.v2.component("share", html=asset("share.html"), css=asset("share.css"), js=script("share"))


def show_share() -> None:
    """Shows the button; what is behind it is made once it is opened. A lesson has a way out there, and no editor."""
    is_lesson = session.screen.is_lesson
    label = "Lesson" if is_lesson else "Share"
    box = st.popover(label, icon=":material/link:", key=keys.SHARE_OPEN, on_change="rerun", type="tertiary")
    if box.open:
        with box:
            (_show_lesson if is_lesson else _show_inside)()


# A fragment: what is ticked concerns nothing else on the page.
@st.fragment
@guarded()
def _show_inside() -> None:
    st.markdown("**A link to this page as it is now.** Whoever opens it sees the same settings and seed.")
    link_at = st.container()  # what is chosen below is in it
    hidden, task = _ask_for_lesson()
    with link_at:
        with_run = _ask_for_run(is_lesson=bool(hidden or task))
        study = _ask_for_study()
        follows = session.training.playground
        whole = session.screen.link() if with_run else Link(session.screen.settings, playground=follows)
        whole = replace(whole, hidden=hidden, task=task, selected=replace(whole.selected, study=study))
        where = _show_address(text_of(session.screen.link_query(whole)))
        if follows:
            st.caption("**Retrain at every change** is on, and is on for whoever opens the link.")
        if any(session.screen.settings.value(name) for name in PRIVATE):
            st.caption("Paths of folders and files on this computer are not in the link.")
    _show_who_reaches_it(where, st.get_option("server.port"))


def show_address_of(query: str) -> None:
    """Shows the address of this page with another query, to be copied or scanned, and who reaches it."""
    _show_who_reaches_it(_show_address(query), st.get_option("server.port"))


def _show_lesson() -> None:
    """Shows what a pupil needs: the link, at the address that this browser reached, and the way out."""
    names = [HIDEABLE[name].removeprefix("Page: ") for name in HIDEABLE if name in session.screen.hidden]
    if names:
        st.markdown(f"**This is a lesson:** its link leaves out {', '.join(names)}.")
    else:
        st.markdown("**This is a lesson:** its link brings a task.")
    query = text_of(session.screen.link_query(session.screen.link()))
    _show_link(data={"query": query, "origin": "", "qr": ""}, key="share_link")
    st.button("Show everything", icon=":material/visibility:", on_click=_leave_lesson)


def _leave_lesson() -> None:
    """Ends the lesson; its task and what it hides stay in Share, where a teacher goes on with them."""
    st.session_state[keys.SHARE_TASK] = session.screen.task
    _tick(session.screen.hidden, with_pages=True)
    session.screen.show_everything()


def _show_address(query: str) -> RoomAddress:
    browser, where = st.context.url or "", page_address()
    origin = choose_origin(where)
    link = f"{origin}{urlsplit(browser).path}?{query}".removesuffix("?")
    code = qr_code(link) if origin else ""
    _show_link(data={"query": query, "origin": origin, "qr": code}, key="share_link")
    if origin and not code:
        st.caption("The link is too long for a QR code that cameras read across a room: send it, or shorten the task.")
    if len(link) > LONGEST_LINK:
        st.caption(f"The link has {len(link):,} characters, and some messengers cut it off: shorten the task.")
    return where


def choose_origin(where: RoomAddress, key: str = keys.SHARE_ORIGIN) -> str:
    """Returns the address of this server that others reach; lets choose where there are several, "" where none is."""
    if len(where.origins) < 2:
        return "".join(where.origins)
    return st.selectbox(
        "This computer's address",
        where.origins,
        key=key,
        persist_state="session",
        help="It is on several networks, or has several addresses in one: choose that of the room.",
    )


def _show_who_reaches_it(where: RoomAddress, port: int) -> None:
    if where.only_here:
        st.info(
            "**Only this computer can open the link**: the app answers to 127.0.0.1 alone. To open it to the room, "
            f"{opening_words(port)}, and see, rename and delete its runs; other files of this computer stay closed. "
            "SECURITY.md says more."
        )
    elif not where.origins:
        why = why_no_address(where, "it is on no network. Connect it, then open Share again.")
        st.info(f"**Only this computer can open the link**: {why}")
    if where.is_proxied and not is_closed_to_paths():
        st.warning(
            "Others reach the app through a proxy on this computer, and the app cannot know: they may have it read "
            "folders of this computer. Start it with `QTL_OPEN=1` in its environment, as SECURITY.md says."
        )


def why_no_address(where: RoomAddress, otherwise: str) -> str:
    """Says why no address is known by which others come, where the app does not answer to this computer alone."""
    if where.is_proxied:
        return BEHIND_A_PROXY
    return FROM_A_CONTAINER if is_in_container() else otherwise


def opening_words(port: int) -> str:
    """Says how the app is opened to the room, and that everybody there can use it then; the sentence goes on.

    Where somebody named a data folder it has to be named again: another start would find none of the runs.
    """
    named = os.environ.get("QTL_HOME")
    folder = "Give it the same `QTL_HOME` as now, or it begins with another data folder. " if named else ""
    command = f"\n\n```\n{open_command(port)}\n```\n\n"
    return f"stop it and start it with{command}{folder}From then on everybody in this network can use it"


def open_command(port: int) -> str:
    """Returns what starts the app so that a whole network reaches it."""
    if INSTALLED.is_dir():
        return f"qtl app --address 0.0.0.0 --port {port}"
    if os.name == "nt":
        return f".venv\\Scripts\\python -m streamlit run app.py --server.address 0.0.0.0 --server.port {port}"
    return f"make run ADDRESS=0.0.0.0 PORT={port}"


def _ask_for_run(*, is_lesson: bool) -> bool:
    """Asks whether a run goes along, where there is one; says who can open it.

    A lesson begins without, or its pupils would see the answer before they try; a teacher's wish is remembered apart.
    """
    link = session.screen.link()
    selected = replace(link.selected, study="")  # which is asked about apart
    if not (link.job or link.run or link.seeds_job or selected != Selections()):
        return False
    why = "Off in a lesson, so that nobody sees your result under the task. " if is_lesson else ""
    return st.toggle(
        "With the run on screen",
        not is_lesson,
        key=keys.SHARE_RUN_IN_LESSON if is_lesson else keys.SHARE_RUN,
        persist_state="session",
        help=f"{why}Its curves and results can be seen by whoever opens the link on this server; elsewhere the link "
        "brings the settings alone.",
    )


def _ask_for_study() -> str:
    """Asks whether the study that is open goes along, and returns it or ""; a lesson on it is about what it shows."""
    study = session.screen.selected.study
    if not study:
        return ""
    wanted = st.toggle(
        "With the study that is open",
        value=True,
        key=keys.SHARE_STUDY,
        persist_state="session",
        help="The link opens it on the Studies page of this server, with its answer; off, it opens the questions.",
    )
    return study if wanted else ""


def _ask_for_lesson() -> tuple[frozenset[str], str]:
    """Returns what a lesson hides, and its task."""
    with st.expander("For a lesson: a task, and what to hide", icon=":material/school:"):
        task = st.text_area(
            "The task",
            key=keys.SHARE_TASK,
            persist_state="session",
            max_chars=LONGEST_TASK,
            height=110,
            placeholder="For example: Train with one qubit and with four. Does luck explain the difference?",
            help="It stands on top of every page of the lesson, as plain text.",
        )
        hidden = _ask_what_to_hide()
        _show_what_remains(hidden)
    return hidden, clean_task(task or "")


def _ask_what_to_hide() -> frozenset[str]:
    st.markdown("**What to hide.** A value that you have set holds although its control is hidden.")
    with st.container(horizontal=True, key="share_quick"):
        for title, names in QUICK.items():
            st.button(title, key=f"share_quick_{title}", on_click=_tick, args=(names,))
    wanted: set[str] = set()
    for group, titles in GROUPED.items():
        wanted |= set(_ticked(group, titles))
    return frozenset(wanted)


def _tick(names: frozenset[str], *, with_pages: bool = False) -> None:
    """Ticks these, and no others but pages, which a teacher chooses apart."""
    for group, titles in GROUPED.items():
        if group != "Pages" or with_pages or not names:
            st.session_state[keys.share_hide_key(group)] = [name for name in titles if name in names]


def _ticked(group: str, titles: dict[str, str]) -> list[str]:
    return st.pills(
        group,
        list(titles),
        selection_mode="multi",
        key=keys.share_hide_key(group),
        format_func=lambda name: titles.get(name, name),
        persist_state="session",
    )


def _show_what_remains(hidden: frozenset[str]) -> None:
    st.markdown("**What a pupil still sees**")
    st.markdown("\n".join(f"- {where}: {', '.join(names)}" for where, names in remaining(hidden).items()))
    st.caption(
        f"Left out of every lesson: {', '.join(FOR_TEACHERS.values())}. Hiding keeps hands off by mistake; it protects "
        "nothing: whoever presses **Lesson**, then **Show everything**, or changes the address, sees all of it."
    )
