"""The glossary: every entry is one plain sentence, is found by any of its names, and leads to what is there."""

from __future__ import annotations

import pytest

from qtl_core.learn.glossary.entries import PARTS, TERMS, find
from qtl_core.learn.topics import TOPICS
from tests.conftest import PROJECT


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_an_entry_is_one_plain_sentence_that_fits_a_tooltip(term):
    assert term.sentence.endswith(".")
    assert ". " not in term.sentence
    assert 20 < len(term.sentence) < 140
    assert not set(term.sentence) & set('*_`[]<>"$')


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_an_entry_leads_to_a_topic_and_a_page_that_exist(term):
    assert term.topic == "" or term.topic in TOPICS
    assert term.page == "" or (PROJECT / f"pages/{term.page}.py").is_file()
    assert all(find(name) is term for name in (term.name, term.name.upper(), *term.also))


def test_what_nothing_in_the_app_is_leads_to_no_page_that_would_show_it():
    assert find("LSTM").page == ""


def test_no_two_entries_share_a_name():
    names = [name.casefold() for term in TERMS.values() for name in (term.name, *term.also)]
    assert len(names) == len(set(names))
    assert len(TERMS) == sum(map(len, PARTS.values()))


def test_every_word_of_a_topic_is_in_the_glossary():
    assert [word for topic in TOPICS.values() for word in topic.terms if find(word) is None] == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Qubits", "qubit"),
        ("  wilson   interval ", "Wilson interval"),
        ("", None),
        ("<script>", None),
        ("ry", "rotation"),
        ("layers", "depth"),
    ],
)
def test_a_word_is_found_however_it_is_written(asked, found):
    term = find(asked)
    assert (term.name if term else None) == found
