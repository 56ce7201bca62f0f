"""A link of an earlier version means what it meant then, whatever day it is and whatever else was opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from qtl_core import RunSettings
from qtl_core.learn.glossary.entries import find
from qtl_core.learn.topics import TOPICS
from tests.earlier_versions.links import as_data, as_read
from tests.helpers.earlier import NEWEST, VERSIONS, Version
from ui.base.pages import PAGES
from ui.session.lesson import HIDEABLE
from ui.session.link import (
    SHOW_PARAMETER,
    STOP_PARAMETER,
    TERM_PARAMETER,
    TOPIC_PARAMETER,
    Link,
    query_of,
    read_link,
    text_of,
)
from ui.tour import STOPS

LINKS = NEWEST.said["links"]


def test_a_link_of_the_first_version_means_the_same_and_is_written_the_same():
    said = VERSIONS[0].said["link"]
    query, settings = said["query"], RunSettings.from_dict(said["settings"])
    found = read_link(parse_qs(query), lambda _: settings, ("depth", "seed"))
    assert found == Link(settings, job="abc", run=VERSIONS[0].runs["kept"], hidden=frozenset({"depth", "seed"}))
    now = text_of(query_of(found))
    assert now == query.replace("&views=3", "")  # as published there are no views: what plays no part is left out
    assert settings.to_dict() == said["settings"]


def with_parts_since(said: dict[str, Any]) -> dict[str, Any]:
    """Returns what a link said, with the usual value of each part and setting that there is since."""
    return _filled(as_data(Link()), said)


def _filled(usual: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    both = {name: (value, said[name]) for name, value in usual.items() if name in said}
    inner = {name: _filled(*each) for name, each in both.items() if isinstance(each[0], dict)}
    return usual | said | inner


@pytest.mark.parametrize("kind", LINKS["read"])
def test_a_link_of_every_kind_says_what_it_said_and_is_written_with_that_meaning(kind):
    said, of_the_run = LINKS["read"][kind], LINKS["of_the_run"]
    meant, kept = with_parts_since(said["found"]), RunSettings().changed(**of_the_run)
    assert as_read(said["query"], of_the_run) == meant
    link = read_link(parse_qs(said["query"]), lambda _: kept, HIDEABLE)
    assert as_read(text_of(query_of(link, kept if link.run else None)), of_the_run) == meant


def test_usual_values_stay_for_ever_because_links_do_not_name_them():
    """A link names what differs from them: another usual value would make other runs of all links there are."""
    was, now = LINKS["usual"], RunSettings().to_dict()
    assert _filled(now, was) == now


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.folder.name)
def test_addresses_lead_where_they_led(version: Version):
    was = _read(version.folder / "addresses.json")
    assert set(was["pages"]) <= {Path(entry.path).stem for entry in PAGES}
    now = {"topic": TOPIC_PARAMETER, "term": TERM_PARAMETER, "stop": STOP_PARAMETER, "show": SHOW_PARAMETER}
    assert now == was["parameters"]
    assert set(was["topics"]) <= set(TOPICS)
    assert [term for term in was["terms"] if find(term) is None] == []
    assert set(was["hideable"]) <= set(HIDEABLE)
    assert was["stops"] <= len(STOPS)


def _read(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))
