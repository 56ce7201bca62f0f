"""Whether strangers can reach the server, told by where it answers, and said by whoever runs it."""

from __future__ import annotations

import os

import pytest
import streamlit as st

from ui.base.trust import note_who_can_reach_us


@pytest.mark.parametrize(
    ("address", "said", "then"),
    [
        ("127.0.0.1", None, None),
        ("localhost", None, None),
        ("::1", None, None),
        ("0.0.0.0", None, "1"),
        ("192.0.2.7", None, "1"),
        (None, None, "1"),  # every interface
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
