"""Whose a set is, on the three kinds of server; the routes and the pages ask the same."""

from __future__ import annotations

import pytest

from qtl_core.pictures.datasets.creating import create, list_datasets
from ui.base.ownership import Visitor
from ui.base.trust import BY_ADDRESS

ROOM = {"host": "192.168.1.20:8501"}
HERE = {"host": "localhost:8501"}


@pytest.fixture
def sets():
    return {
        "of a shell": create("of a shell"),
        "made while closed": create("made while closed", maker="me"),
        "made while open": create("made while open", owner="me", maker="me"),
        "another's": create("another's", owner="another", maker="another"),
        "another's while closed": create("another's while closed", maker="another"),
    }


@pytest.mark.parametrize(
    ("is_open", "owner", "client", "headers", "others"),
    [
        ("0", "", "127.0.0.1", HERE, True),
        (BY_ADDRESS, "me", "127.0.0.1", HERE, True),
        (BY_ADDRESS, "", "127.0.0.1", HERE, True),  # the cookie is of another name of this computer
        (BY_ADDRESS, "me", "192.168.1.30", ROOM, False),
        ("1", "me", "127.0.0.1", HERE, False),
    ],
)
def test_the_makers_browser_owns_it_and_who_sits_at_the_computer_has_all(
    monkeypatch, sets, is_open, owner, client, headers, others
):
    monkeypatch.setenv("QTL_OPEN", is_open)
    visitor = Visitor.asking(owner, client, headers)
    mine = {"made while closed", "made while open"}
    assert visitor.has_all == others
    assert {name for name, record in sets.items() if visitor.may_change(record)} == (set(sets) if others else mine)


@pytest.mark.parametrize("owner", ["", "nobody"])
def test_a_stranger_owns_nothing_and_a_browser_without_a_secret_neither(monkeypatch, sets, owner):
    monkeypatch.setenv("QTL_OPEN", "1")
    visitor = Visitor.asking(owner, "192.168.1.30", ROOM)
    assert not any(visitor.may_change(record) for record in sets.values())


def test_a_list_of_ones_own_has_what_was_made_while_the_server_was_closed(sets):
    assert {each.name for each in list_datasets("me")} == {"made while closed", "made while open"}
    assert len(list_datasets()) == len(sets)
