"""One at a time: who waits for a file's lock goes on when it is free, or leaves when asked to."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from qtl_core.common import file_lock
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.file_lock import is_held, locked
from qtl_core.common.progress import never_stop


def test_who_waits_leaves_when_asked_to(tmp_path):
    target, left = tmp_path / "new" / "photos.zip", []

    def leave() -> None:
        with pytest.raises(StoppedByUser), locked(target, lambda: True):
            pytest.fail("both hold it")
        left.append(True)

    with locked(target, never_stop):
        other = threading.Thread(target=leave)  # a thread that holds it may not wait for itself
        other.start()
        other.join(30)
    assert left
    with locked(target, lambda: True):
        assert target.parent.is_dir(), "one that is free is had without waiting"


def test_who_waits_goes_on_when_the_other_lets_go(tmp_path):
    target, waits, order = tmp_path / "photos.zip", threading.Event(), []

    def ask() -> bool:
        waits.set()
        return False

    def follow() -> None:
        with locked(target, ask):
            order.append("second")

    with locked(target, never_stop):
        second = threading.Thread(target=follow)
        second.start()
        assert waits.wait(30)
        order.append("first")
    second.join(30)
    assert order == ["first", "second"]


def test_a_folder_that_is_none_is_said_as_a_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="Nothing can be kept"), locked(tmp_path / "file" / "photos.zip", never_stop):
        pytest.fail("it cannot be held")


def test_who_looks_whether_a_lock_is_held_neither_holds_it_nor_makes_it(tmp_path: Path):
    file = tmp_path / "lock"
    assert not is_held(file) and not file.exists()
    with FileLock(file):
        assert is_held(file) and is_held(file)
    assert not is_held(file)
    FileLock(file).acquire(timeout=0)


def test_a_lock_is_taken_while_somebody_holds_it_also_where_the_system_has_no_shared_ones(tmp_path: Path):
    assert not file_lock._is_taken(tmp_path / "lock")
    with FileLock(tmp_path / "lock"):
        assert file_lock._is_taken(tmp_path / "lock")
    assert not file_lock._is_taken(tmp_path / "lock")
