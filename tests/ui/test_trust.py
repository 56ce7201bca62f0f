"""Whether strangers can reach the server, told by where it answers, and said by whoever runs it."""

from __future__ import annotations

import os

import pytest
import streamlit as st

from ui.base.trust import (
    BY_ADDRESS,
    is_at_the_computer,
    is_behind_proxy,
    is_closed_to_paths,
    note_who_can_reach_us,
)


@pytest.mark.parametrize(
    ("address", "said", "then"),
    [
        ("127.0.0.1", None, None),
        ("localhost", None, None),
        ("::1", None, None),
        ("0.0.0.0", None, BY_ADDRESS),
        ("192.0.2.7", None, BY_ADDRESS),
        (None, None, BY_ADDRESS),  # every interface
        ("unix:///run/app.sock", None, "1"),  # only a proxy gets there
        ("0.0.0.0", "0", "0"),
        ("127.0.0.1", "1", "1"),
    ],
)
def test_a_server_on_a_network_is_open_unless_it_is_said_otherwise(monkeypatch, address, said, then):
    monkeypatch.setenv("QTL_OPEN", "to be put back after the test")
    if said is None:
        monkeypatch.delenv("QTL_OPEN")
    else:
        monkeypatch.setenv("QTL_OPEN", said)
    monkeypatch.setattr(st, "get_option", {"server.address": address}.get)
    note_who_can_reach_us()
    assert os.environ.get("QTL_OPEN") == then
    assert is_closed_to_paths() == (then in ("1", BY_ADDRESS))


HERE = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}


@pytest.mark.parametrize(
    ("said", "client", "headers", "is_here"),
    [
        (BY_ADDRESS, "127.0.0.1", HERE, True),
        (BY_ADDRESS, "::1", {"host": "[::1]:8501"}, True),
        (BY_ADDRESS, "::ffff:127.0.0.1", {"host": "localhost:8501"}, True),
        (BY_ADDRESS, "192.168.1.30", HERE, False),
        (BY_ADDRESS, "", HERE, False),
        (BY_ADDRESS, "127.0.0.1", {}, False),  # no browser
        (BY_ADDRESS, "127.0.0.1", HERE | {"X-Forwarded-For": "192.168.1.30"}, False),
        (BY_ADDRESS, "127.0.0.1", HERE | {"x-forwarded-host": "school.example"}, False),
        (BY_ADDRESS, "127.0.0.1", HERE | {"Forwarded": "for=192.168.1.30"}, False),
        (BY_ADDRESS, "127.0.0.1", HERE | {"Via": "1.1 proxy"}, False),
        (BY_ADDRESS, "127.0.0.1", HERE | {"Host": "school.example"}, False),  # a tunnel that adds nothing
        (BY_ADDRESS, "127.0.0.1", HERE | {"Origin": "https://school.example"}, False),  # a proxy that adds nothing
        (BY_ADDRESS, "127.0.0.1", HERE | {"Origin": "null"}, False),
        ("1", "127.0.0.1", HERE, False),  # whoever runs it says that there is a proxy
        ("0", "127.0.0.1", HERE, False),
    ],
)
def test_who_is_at_the_computer_is_told_by_the_connection(monkeypatch, said, client, headers, is_here):
    monkeypatch.setenv("QTL_OPEN", said)
    assert is_at_the_computer(client, headers) == is_here


FORWARDED = HERE | {"X-Forwarded-For": "192.168.1.30"}


@pytest.mark.parametrize(
    ("said", "address", "path", "headers", "is_behind"),
    [
        ("", "127.0.0.1", "", HERE, False),
        ("", "127.0.0.1", "", FORWARDED, True),
        (BY_ADDRESS, "0.0.0.0", "", FORWARDED, True),
        (BY_ADDRESS, "0.0.0.0", "studio", HERE, False),  # by its own address
        ("1", "127.0.0.1", "", HERE, True),  # whoever runs it says that others come, and it answers this computer alone
        ("", "localhost", "studio", HERE, True),  # something else is at the root
        ("1", "unix:///run/app.sock", "", {}, True),
        ("1", "0.0.0.0", "", HERE, False),
    ],
)
def test_that_a_proxy_is_before_it_is_seen_or_said(monkeypatch, said, address, path, headers, is_behind):
    monkeypatch.setenv("QTL_OPEN", said)
    monkeypatch.setattr(st, "get_option", {"server.address": address, "server.baseUrlPath": path}.get)
    assert is_behind_proxy(headers) == is_behind
