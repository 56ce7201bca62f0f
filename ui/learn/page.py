"""The body of the Learn page: a part, a topic of it, its text with something to play with; or the glossary."""

from __future__ import annotations

import re
from importlib import import_module

import streamlit as st

from qtl_core.learn.experiments.catalogue import of_topic
from qtl_core.learn.topic import Reference, Topic
from qtl_core.learn.topics import PARTS, TOPICS, topics_of
from ui.base.errors import as_plain_text, guarded
from ui.learn.experiment import ANCHOR, QUESTION, show_experiments
from ui.learn.glossary import show_glossary
from ui.session import keys, session
from ui.session.link import TERM_PARAMETER, TOPIC_PARAMETER
from ui.widgets.glossary import word

# Words that nearly every topic may say, in its text or beside what there is to play with.
BASIC = (
    "qubit",
    "gate",
    "CNOT",
    "shots",
    "superposition",
    "phase",
    "entropy",
    "loss",
    "accuracy",
    "validation",
    "ansatz",
)
GLOSSARY, FIRST_TERM = "glossary", "qubit"


def show_learn() -> None:
    """Shows all of the page below its title. Only the topic that is looked at is computed."""
    kind, name = session.learn.place
    if kind == TERM_PARAMETER:
        _choose_part(GLOSSARY)
        session.learn.show(kind, name)
        show_glossary(name)
    else:
        _show_topics(name)
    session.screen.write_link()


def _show_topics(name: str) -> None:
    if name not in TOPICS:
        if name:
            st.info(f"There is no topic “{as_plain_text(name[:60])}” here; this is the first one.")
        name = next(iter(TOPICS))
    _show_topic(TOPICS[_choose_topic(_choose_part(TOPICS[name].part), name)])


def _choose_part(now: str) -> str:
    """Asks for a part; whoever takes another one begins with its first topic."""
    st.session_state[keys.LEARN_PART] = now
    parts = PARTS | {GLOSSARY: "Glossary"}

    def take() -> None:
        part = st.session_state[keys.LEARN_PART]
        if part == GLOSSARY:
            session.learn.show(TERM_PARAMETER, FIRST_TERM)
        else:
            session.learn.show(TOPIC_PARAMETER, topics_of(part)[0])

    st.segmented_control(
        "Part",
        list(parts),
        format_func=lambda part: parts.get(part, part),
        key=keys.LEARN_PART,
        on_change=take,
        required=True,
        label_visibility="collapsed",
    )
    return now


def _choose_topic(part: str, now: str) -> str:
    st.session_state[keys.LEARN_TOPIC] = now

    def take() -> None:
        session.learn.show(TOPIC_PARAMETER, st.session_state[keys.LEARN_TOPIC])

    st.pills(
        "Topic",
        topics_of(part),
        format_func=lambda key: TOPICS[key].title,
        key=keys.LEARN_TOPIC,
        on_change=take,
        required=True,
        label_visibility="collapsed",
    )
    session.learn.show(TOPIC_PARAMETER, now)
    return now


def _show_topic(topic: Topic) -> None:
    st.subheader(topic.title, anchor=False)
    words, play = st.columns([2, 3], gap="large")
    with words:
        if of_topic(topic.key):
            st.markdown(f":material/arrow_downward: [{QUESTION} An experiment, further down]({ANCHOR}).")
        st.caption("Words: " + " · ".join(word(term) for term in words_of(topic)))
        st.markdown(topic.text)
        if topic.formula:
            with st.expander("The same as a formula", icon=":material/function:"):
                st.latex(topic.formula)
        st.markdown(f"**To be honest.** {topic.honest}")
        st.caption("Read on: " + " ".join(_cited(reference) for reference in topic.references))
    with play, st.container(border=True, key="learn_play"):
        st.markdown(f"**Try it.** {topic.play}")
        panel = import_module(f"ui.learn.{topic.key}").show
        st.fragment(guarded()(panel))()
    if of_topic(topic.key):
        show_experiments(topic.key)


def words_of(topic: Topic) -> list[str]:
    """Returns the topic's words of the glossary and the basic ones that it says, in a line before they are met."""
    said = f"{topic.text} {topic.play} {topic.honest}".casefold()
    return list(
        dict.fromkeys([*topic.terms, *(name for name in BASIC if re.search(rf"\b{name.casefold()}s?\b", said))])
    )


def _cited(reference: Reference) -> str:
    where = f"arXiv:{reference.arxiv}" if reference.arxiv else f"doi:{reference.doi}"
    link = f"[{where}]({reference.address})"
    return f"{reference.authors}, *{reference.title}*, {reference.venue} ({reference.year}), {link}."
