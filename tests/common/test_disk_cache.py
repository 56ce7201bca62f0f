from pathlib import Path

import pytest

from qtl_core.common import paths
from qtl_core.common.disk_cache import DiskCache

PLACE = Path("kept/values.sqlite")
BEGIN = "CREATE TABLE IF NOT EXISTS kept (value INTEGER)"


def opened():
    return DiskCache(PLACE, BEGIN, damaged="damaged", not_kept="not kept")


def keep(*values):
    with opened() as cache, cache.survived(), cache.connection:
        cache.connection.executemany("INSERT INTO kept VALUES (?)", [(value,) for value in values])
    return cache.notes


def kept():
    with opened() as cache, cache.survived():
        return [value for (value,) in cache.connection.execute("SELECT value FROM kept")], cache.notes


def test_what_was_kept_is_there_the_next_time():
    assert keep(1, 2) == [] and kept() == ([1, 2], [])


def test_a_damaged_file_is_moved_aside_and_begun_anew():
    keep(1)
    file = paths.home() / PLACE
    file.write_bytes(b"no database " * 1000)
    assert kept() == ([], ["damaged"])
    assert file.with_suffix(".damaged").exists() and kept() == ([], [])


def test_what_cannot_be_kept_is_said_once_and_nothing_ends():
    with opened() as cache:
        cache.connection.execute("PRAGMA query_only = ON")  # as where its folder may only be read
        with cache.survived():
            cache.connection.execute("INSERT INTO kept VALUES (1)")
        with cache.survived():
            raise OSError("no such folder")
        assert cache.connection is None and cache.notes == ["not kept"]


def test_a_fault_of_the_program_is_no_fault_of_the_disk():
    with opened() as cache, pytest.raises(KeyError), cache.survived():
        raise KeyError("a mistake")
