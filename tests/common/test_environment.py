"""Settings by environment variables: read, bounded, and what is none said once."""

from __future__ import annotations

import logging
import secrets

import pytest

from qtl_core.common.environment import MOST, is_yes, number_in
from qtl_core.common.paths import BY_ADDRESS, is_open


@pytest.fixture
def name() -> str:
    """A variable that no other test has spoken of."""
    return f"QTL_{secrets.token_hex(4).upper()}"


@pytest.mark.parametrize(("said", "found"), [("", 7), (" 12 ", 12), ("1", 1), (str(MOST), MOST)])
def test_a_number_is_read_without_a_word(name, said, found, monkeypatch, caplog):
    monkeypatch.setenv(name, said)
    assert number_in(name, 7) == found
    assert not caplog.records


@pytest.mark.parametrize(
    "said", ["abc", "lots", "-3", "0", "1.5", "\N{ARABIC-INDIC DIGIT THREE}", str(MOST + 1), "9" * 5000]
)
def test_what_is_no_such_number_is_said_once_with_what_is_used_instead(name, said, monkeypatch, caplog):
    monkeypatch.setenv(name, said)
    with caplog.at_level(logging.WARNING):
        assert [number_in(name, 2_000), number_in(name, 2_000)] == [2_000, 2_000]
    (told,) = caplog.messages
    assert f"{name} is {said!r}, which is not a whole number from 1 to" in told and "2,000 is used instead" in told


@pytest.mark.parametrize("unclear", [True, False])
@pytest.mark.parametrize(
    ("said", "found"),
    [("1", True), ("True", True), (" on ", True), ("", False), ("0", False), ("false", False), ("NO", False)],
)
def test_yes_and_no_are_read_in_every_usual_way(name, said, found, unclear, monkeypatch, caplog):
    monkeypatch.setenv(name, said)
    assert is_yes(name, unclear=unclear) == found
    assert not caplog.records


def test_a_word_that_is_neither_counts_as_what_is_safer_and_is_said(name, monkeypatch, caplog):
    monkeypatch.setenv(name, "perhaps")
    assert is_yes(name, unclear=True) and not is_yes(name)
    (told,) = caplog.messages
    assert f"{name} is 'perhaps'" in told and told.endswith("yes is used instead.")


@pytest.mark.parametrize(
    ("said", "found"), [("false", False), ("off", False), ("yes", True), (BY_ADDRESS, True), ("?", True)]
)
def test_a_server_is_open_where_that_is_said(said, found, monkeypatch):
    monkeypatch.setenv("QTL_OPEN", said)
    assert is_open() == found
