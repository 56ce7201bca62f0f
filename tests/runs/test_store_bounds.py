"""What the store takes and for how long, to the last one: lengths of texts, days until a purge, sizes of files."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing

import pytest

from qtl_core.common.errors import UserError
from qtl_core.runs.store import delete, editing, find_run, keep_run, layout, purge, storage
from qtl_core.runs.store.files import RunFiles
from qtl_core.runs.store.opening import _only_read, connected, writing
from qtl_core.runs.store.records import checked_name, checked_note, checked_tags
from qtl_core.runs.store.recovery import _description
from qtl_core.runs.store.schema import NotAStore, is_damage
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import made_run

HOUR, DAY = 3600.0, 86_400.0
RUN = "20260101-000000-aaaaaa"


@pytest.fixture
def view(tmp_path) -> RunView:
    return made_run(tmp_path)


class TestTexts:
    @pytest.mark.parametrize(("checked", "most"), [(checked_name, 120), (checked_note, 10_000)])
    def test_a_text_may_be_so_long(self, checked, most):
        assert checked("x" * most) == checked(f"  {'x' * most}\n") == "x" * most
        with pytest.raises(UserError, match=rf"{most + 1:,} characters\. Up to {most:,} are kept"):
            checked("x" * (most + 1))

    def test_twenty_tags_of_forty_characters_each_once_and_none_empty(self):
        tags = [f"{number:040}" for number in range(20)]
        assert checked_tags([*tags, tags[0], " ", ""]) == tuple(tags)
        with pytest.raises(UserError, match=r"21 tags\. A run may have 20"):
            checked_tags([*tags, "one more"])
        with pytest.raises(UserError, match="tag has 41 characters"):
            checked_tags(["x" * 41])

    def test_a_note_keeps_its_lines_and_loses_what_nobody_can_see(self):
        assert checked_note("a\tb\nc\x00\x1f\x7fd") == "a\tb\nc   d"
        assert checked_name("a\tb\nc\x00d") == "a b c d"


class TestPurging:
    @pytest.mark.parametrize(("ago", "stays"), [(30 * DAY - HOUR, True), (30 * DAY + HOUR, False)])
    def test_what_was_deleted_can_be_had_back_for_thirty_days(self, view, ago, stays):
        keep_run(view, RUN)
        writing(lambda connection: connection.execute("UPDATE runs SET deleted = ?", (time.time() - ago,)))
        purge()
        assert (storage().deleted_bytes > 0) == layout.run_folder(RUN).exists() == stays

    def test_a_deleted_run_whose_folder_is_gone_is_purged_all_the_same(self, view):
        keep_run(view, RUN)
        delete([RUN])
        shutil.rmtree(layout.run_folder(RUN))
        purge([RUN])
        assert storage().deleted_bytes == 0

    def test_that_is_looked_after_once_an_hour_in_passing(self, monkeypatch):
        looked: list[float] = []
        now = [10_000.0]
        monkeypatch.setattr(editing.time, "monotonic", lambda: now[0])
        monkeypatch.setattr(editing, "purge", lambda: looked.append(now[0]))
        monkeypatch.setattr(editing, "_looked", 10_000.0 - HOUR)
        for now[0] in (10_000.0, 10_001.0, 13_601.0, 13_602.0, 17_202.0):
            editing.purge_in_passing()
        assert looked == [10_001.0, 13_602.0]

    def test_a_run_that_was_not_deleted_stays_whatever_is_asked(self, view):
        keep_run(view, RUN)
        purge([RUN])
        assert find_run(RUN).epochs == 3
        delete([RUN])
        purge(["20260101-000000-bbbbbb"])
        assert layout.run_folder(RUN).exists()
        purge([RUN])
        assert not layout.run_folder(RUN).exists()


class TestPlaces:
    def test_an_identifier_says_when_its_run_began(self):
        began = layout.time_of("20260102-030405-aaaaaa")
        assert time.localtime(began)[:6] == (2026, 1, 2, 3, 4, 5)
        assert layout.time_of("20269902-030405-aaaaaa") == 0.0
        made = layout.new_id()
        assert layout.ID.fullmatch(made)
        assert abs(layout.time_of(made) - time.time()) < 600

    @pytest.mark.parametrize(
        "name", ["weights-000003-0123abcd.safetensors", "weights-1000000-0123abcd.safetensors", ""]
    )
    def test_names_of_files_that_are_ours(self, name):
        assert RunFiles(weights=name).names == ((name,) if name else ())

    @pytest.mark.parametrize(
        "files",
        [
            {"weights": "../weights-000003-0123abcd.safetensors"},
            {"weights": "weights-3-0123abcd.safetensors"},
            {"predictions": "predictions-0123abcd.f32/x"},
            {"predictions": "x.f32"},
        ],
    )
    def test_names_of_files_that_lead_elsewhere_or_are_not(self, files):
        with pytest.raises(ValueError, match="no names of a run's files"):
            RunFiles(**files)


class TestTheFile:
    def test_it_says_whose_it_is_and_of_which_format(self, view):
        keep_run(view)
        with closing(connected(layout.store_file())) as connection:
            told = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "foreign_keys")]
        assert told == [int.from_bytes(b"QTLS"), 1]

    def test_a_description_of_64_mb_is_read_and_no_byte_more(self, tmp_path):
        file = tmp_path / "run.json"
        for size, words in ((64 * 2**20, "Expecting value"), (64 * 2**20 + 1, "too long")):
            with file.open("wb") as stream:
                stream.write(b"x")
                stream.truncate(size)
            with pytest.raises(ValueError, match=words):
                _description(file)

    def test_which_errors_mean_that_the_file_is_broken(self, tmp_path):
        file = tmp_path / "x.sqlite"
        file.write_bytes(b"no database at all " * 100)
        with pytest.raises(sqlite3.DatabaseError) as broken, closing(sqlite3.connect(file)) as connection:
            connection.execute("SELECT * FROM sqlite_master")
        assert is_damage(broken.value)
        assert is_damage(NotAStore("another program's"))
        with pytest.raises(sqlite3.OperationalError) as missing, closing(sqlite3.connect(":memory:")) as connection:
            connection.execute("SELECT * FROM runs")
        assert not is_damage(missing.value)


def test_a_store_beside_which_nothing_can_be_written_is_only_read(view):
    keep_run(view, RUN)
    file = layout.runs_folder() / "store.sqlite"
    assert _only_read(lambda connection: connection.execute("SELECT count(*) FROM runs").fetchone()[0], file) == 1
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        _only_read(lambda connection: connection.execute("DELETE FROM runs"), file)
    assert find_run(RUN).epochs == 3
