"""Kept runs in memory: read once, again when they have gone on, and no more of them than a number of bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.memory import bytes_of
from qtl_core.runs.store import cached_run, find_run, keep_run, layout, reading
from tests.helpers.made_runs import whole_run


@pytest.fixture(autouse=True)
def nothing_held(monkeypatch):
    monkeypatch.setattr(reading, "_cache", type(reading._cache)())


def kept(folder, name: str = "") -> tuple[str, int]:
    record = find_run(keep_run(whole_run(folder), name=name))
    return record.id, record.version


def test_a_run_is_read_once_until_it_goes_on(tmp_path):
    run_id, version = kept(tmp_path)
    first = cached_run(run_id, version)
    assert cached_run(run_id, version) is first
    assert cached_run(run_id, version + 1) is not first


def test_what_was_looked_at_longest_ago_makes_room(tmp_path, monkeypatch):
    runs = [kept(tmp_path, str(number)) for number in range(3)]
    views = [cached_run(*run) for run in runs[:2]]
    monkeypatch.setattr(reading, "MAX_BYTES", 2.5 * bytes_of(views[0]))
    assert cached_run(*runs[0]) is views[0]
    cached_run(*runs[2])
    assert cached_run(*runs[0]) is views[0]
    assert cached_run(*runs[1]) is not views[1]


def test_one_that_is_too_large_by_itself_is_held_while_it_is_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 1)
    one, other = kept(tmp_path), kept(tmp_path)
    first = cached_run(*one)
    assert cached_run(*one) is first
    cached_run(*other)
    assert cached_run(*one) is not first


def test_another_home_has_other_runs(tmp_path, monkeypatch):
    run = kept(tmp_path)
    cached_run(*run)
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(UserError):
        cached_run(*run)


def test_runs_are_held_up_to_the_last_byte(tmp_path, monkeypatch):
    runs = [kept(tmp_path, str(number)) for number in range(2)]
    views = [cached_run(*run) for run in runs]
    for bound, held in ((0, [True, True]), (-1, [False, True])):
        monkeypatch.setattr(reading, "MAX_BYTES", sum(map(bytes_of, views)) + bound)
        reading._hold((layout.run_folder(runs[1][0]), runs[1][1]), views[1])
        assert [(layout.run_folder(run_id), version) in reading._cache for run_id, version in runs] == held


def test_a_dozen_runs_of_the_usual_size_are_held_at_once(monkeypatch):
    monkeypatch.setattr(reading, "bytes_of", lambda view: 2**20)
    view = object()
    for number in range(12):
        reading._hold((Path(str(number)), 1), view)
    assert len(reading._cache) == 12
