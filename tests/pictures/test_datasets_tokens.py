"""Tokens for phones: one class of one set, for an hour, taken back at once, and never on disk as they are."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import tokens
from qtl_core.pictures.datasets.tokens import alive_tokens, find_token, make_token, may_add, revoke_tokens

SET, OTHER = "a1b2c3d4e5f6", "0123456789ab"


@pytest.fixture(autouse=True)
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    for each in (SET, OTHER):
        (tmp_path / "own_data" / each).mkdir(parents=True)
    return tmp_path / "own_data"


def test_a_token_adds_to_its_class_of_its_set_and_to_nothing_else():
    token = make_token(SET, 3)
    assert may_add(token, SET, 3)
    assert not may_add(token, SET, 4)
    assert not may_add(token, OTHER, 3)
    found = find_token(token)
    assert (found.dataset, found.class_id, found.state()) == (SET, 3, "alive")
    assert found.expires - found.created == pytest.approx(3600)


def test_two_tokens_are_never_the_same_and_a_changed_one_is_none():
    first, second = make_token(SET, 1), make_token(SET, 1)
    assert first != second
    assert len(first.removeprefix(f"{SET}-")) == 24
    swapped = first[:-1] + ("A" if first[-1] != "A" else "B")
    assert find_token(swapped) is None
    assert not may_add(swapped, SET, 1)
    assert find_token(first.replace(SET, OTHER)) is None


@pytest.mark.parametrize(
    "word", ["", SET, f"{SET}-", "../../etc/passwd", f"../{SET}-{'a' * 24}", "x" * 10_000, f"{SET}-{'é' * 24}"]
)
def test_what_is_no_token_is_none(word: str):
    assert find_token(word) is None


def test_after_an_hour_it_has_run_out(monkeypatch: pytest.MonkeyPatch):
    token = make_token(SET, 1)
    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)
    assert not may_add(token, SET, 1)
    assert find_token(token).state() == "expired"
    assert alive_tokens(SET, 1) == ()


def test_taken_back_it_ends_at_once_and_those_of_other_classes_stay():
    token, other = make_token(SET, 1), make_token(SET, 2)
    assert revoke_tokens(SET, 1) == 1
    assert not may_add(token, SET, 1)
    assert find_token(token).state() == "revoked"
    assert may_add(other, SET, 2)
    assert revoke_tokens(SET, 1) == 0
    assert revoke_tokens(OTHER, 1) == 0


def test_the_newest_stands_first_and_a_class_without_any_has_none():
    make_token(SET, 1, seconds=60)
    make_token(SET, 1, seconds=600)
    assert [round(each.expires - each.created) for each in alive_tokens(SET, 1)] == [600, 60]
    assert alive_tokens(SET, 2) == alive_tokens(OTHER, 1) == ()


def test_the_disk_holds_no_secret(sets: Path):
    token = make_token(SET, 1)
    secret = token.removeprefix(f"{SET}-").encode()
    kept = b"".join(file.read_bytes() for file in (sets / SET).iterdir())
    assert kept
    assert secret not in kept


def test_a_class_has_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tokens, "MOST_ALIVE", 2)
    make_token(SET, 1), make_token(SET, 1)
    with pytest.raises(UserError, match="2 codes"):
        make_token(SET, 1)
    revoke_tokens(SET, 1)
    assert may_add(make_token(SET, 1), SET, 1)


def test_those_that_ended_long_ago_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    old = make_token(SET, 1)
    later = time.time() + 3600 + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    make_token(SET, 1)
    assert find_token(old) is None


@pytest.mark.parametrize("name", ["ffffffffffff", "../own_data", "", f"{SET}/../{SET}"])
def test_a_set_that_is_not_there_gets_none(name: str):
    with pytest.raises(UserError, match="no such data set"):
        make_token(name, 1)


def test_a_damaged_file_is_said_in_words(sets: Path):
    (sets / SET / "tokens.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(UserError, match="cannot be read"):
        may_add(f"{SET}-{'a' * 24}", SET, 1)
