"""The glossary: the word that was asked for, then all words by part."""

from __future__ import annotations

import streamlit as st

from qtl_core.learn.glossary.entries import PARTS, find
from qtl_core.learn.glossary.term import Term
from qtl_core.learn.topics import TOPICS
from ui.base.errors import as_plain_text
from ui.base.pages import PAGES
from ui.session import keys, session
from ui.session.link import TERM_PARAMETER, TOPIC_PARAMETER


def show_glossary(asked: str) -> None:
    """Shows all of it.

    Args:
        asked: The word that the link names; anything that anybody may have typed.
    """
    term = find(asked)
    _choose(term)
    if term:
        with st.container(border=True, key="learn_entry"):
            _show_entry(term)
    elif asked:
        st.info(f"“{as_plain_text(asked[:60])}” is not in the glossary; here is all that is.")
    for column, parts in zip(st.columns(2, gap="large"), (list(PARTS)[::2], list(PARTS)[1::2]), strict=True):
        with column:
            for part in parts:
                _show_part(part)


def _show_part(part: str) -> None:
    st.subheader(part, anchor=False)
    st.markdown("\n".join(f"- **{term.name}**: {term.sentence}" for term in PARTS[part]))


def _choose(now: Term | None) -> None:
    """Asks for a word; typing finds it."""
    names = sorted((term.name for terms in PARTS.values() for term in terms), key=str.casefold)
    st.session_state[keys.LEARN_TERM] = now.name if now else None

    def take() -> None:
        if st.session_state[keys.LEARN_TERM]:
            session.learn.show(TERM_PARAMETER, st.session_state[keys.LEARN_TERM])

    st.selectbox(
        "Look up a word",
        names,
        index=None,
        key=keys.LEARN_TERM,
        on_change=take,
        placeholder="Type or choose",
        help="Its entry, with a formula and where to see it.",
    )


def _show_entry(term: Term) -> None:
    st.subheader(term.name, anchor=False)
    st.markdown(term.sentence)
    if term.more:
        st.markdown(term.more)
    if term.formula:
        st.latex(term.formula)
    if term.also:
        st.caption(f"Also: {', '.join(term.also)}.")
    with st.container(horizontal=True):
        if term.topic:
            st.button(
                f"Play with it: {TOPICS[term.topic].title}",
                on_click=_open_topic,
                args=(term.topic,),
                icon=":material/school:",
            )
        for entry in PAGES:
            if term.page and entry.path == f"pages/{term.page}.py":
                st.page_link(entry.path, label=f"See it on the {entry.title} page", icon=entry.icon)


def _open_topic(topic: str) -> None:
    session.learn.show(TOPIC_PARAMETER, topic)
