"""What a run's file may hold, to the last one: the largest that is still taken, and the first that is refused."""

from __future__ import annotations

import io
import json
import math
import stat
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.exchange.run_files.consistency import _check_predictions, _check_prepared, _is_share, check_tested
from qtl_core.exchange.run_files.container import (
    END,
    FOR_PEOPLE,
    MANIFEST,
    PREDICTIONS,
    READ,
    RUN,
    WEIGHTS,
    Refused,
    _check_end,
    _check_entries,
    _check_entry,
    _listed,
    _shown,
    packed,
    plain_json,
)
from qtl_core.exchange.run_files.importing import same_run
from qtl_core.exchange.run_files.manifest import (
    RunDescription,
    _created,
    _finite,
    _provenance,
    _real,
    _text,
    _whole,
    described,
    epochs_from,
    read_described,
)
from qtl_core.exchange.run_files.reading import MAX_TEXT_SHOWN, _refusal, _why, holds_pictures
from qtl_core.exchange.run_files.writing import run_file_name
from qtl_core.runs import events
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.view import RunView
from qtl_core.settings.parameters import parameter_count
from tests.exchange.test_run_files import whole

MEGABYTE = 1_048_576


def entry(name: str = "README.txt", size: int = 10, packed_size: int = 10, mode: int = stat.S_IFREG) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.file_size, info.compress_size, info.external_attr = size, packed_size, mode << 16
    return info


def required(**changes: int) -> list[zipfile.ZipInfo]:
    return [entry(MANIFEST, **changes), *(entry(name) for name in READ)]


class TestContainer:
    @pytest.mark.parametrize(
        ("name", "largest"), [(WEIGHTS, 256), (PREDICTIONS, 256), (RUN, 64), (MANIFEST, 32), ("README.txt", 32)]
    )
    def test_an_entry_may_be_so_large_and_no_byte_larger(self, name, largest):
        _check_entry(entry(name, largest * MEGABYTE))
        with pytest.raises(Refused, match="more than any run needs"):
            _check_entry(entry(name, largest * MEGABYTE + 1))

    def test_a_file_and_what_says_nothing_of_its_kind_are_taken_and_nothing_else(self):
        for mode in (stat.S_IFREG | 0o644, 0):
            _check_entry(entry(mode=mode))
        for mode in (stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO):
            with pytest.raises(Refused, match="a link or a device"):
                _check_entry(entry(mode=mode))

    @pytest.mark.parametrize("packed_size", [10, 3 * MEGABYTE // 2])
    def test_it_may_grow_a_hundred_times_what_is_packed_or_a_hundred_megabytes(self, packed_size):
        rest = 30  # of the other entries that are read, and of the manifest
        whole_entries, last = divmod(100 * max(packed_size + rest, MEGABYTE) - rest, 32 * MEGABYTE)
        swollen = [entry(name, 32 * MEGABYTE, 0) for name in FOR_PEOPLE[:whole_entries]]
        swollen.append(entry(FOR_PEOPLE[whole_entries], last, 0))
        entries = [*swollen, entry(WEIGHTS, 0, packed_size), *map(entry, (MANIFEST, RUN, PREDICTIONS))]
        _check_entries(entries)
        swollen[-1].file_size += 1
        with pytest.raises(Refused, match="would grow"):
            _check_entries(entries)

    @pytest.mark.parametrize("missing", [MANIFEST, *READ])
    def test_everything_that_is_read_must_be_there(self, missing):
        _check_entries(required())
        with pytest.raises(Refused, match=f"'{missing}' is missing"):
            _check_entries([each for each in required() if each.filename != missing])

    @pytest.mark.parametrize(("entries", "size", "taken"), [(50, 65_536, True), (51, 9, False), (9, 65_537, False)])
    def test_its_directory_may_be_so_long_and_no_longer(self, entries, size, taken):
        end = END + bytes(6) + entries.to_bytes(2, "little") + size.to_bytes(4, "little") + bytes(6)
        content = b"PK" + bytes(60) + end
        if taken:
            _check_end(content)
            return
        with pytest.raises(Refused, match="more entries"):
            _check_end(content)

    def test_a_directory_of_the_large_kind_is_not_read(self):
        end = END + bytes(18)
        _check_end(b"PK" + bytes(60) + end)
        with pytest.raises(Refused, match="more entries"):
            _check_end(b"PK" + bytes(60) + b"PK\x06\x07" + bytes(16) + end)

    def test_half_a_gigabyte_is_read_and_no_byte_more(self):
        class Long(bytes):
            length = 512 * MEGABYTE

            def __len__(self) -> int:
                return self.length

        content = Long(b"PK" + bytes(60) + END + bytes(18))
        _check_end(content)
        content.length += 1
        with pytest.raises(Refused, match="536,870,913 bytes"):
            _check_end(content)

    def test_a_million_values_are_read_and_no_more(self):
        assert len(plain_json(b"[" + b"0," * 999_998 + b"0]")) == 999_999
        with pytest.raises(Refused, match="more values"):
            plain_json(b"[" + b"0," * 1_000_000 + b"0]")

    def test_three_names_are_shown_each_cut_at_sixty(self):
        assert _shown(["b", "a", "c"]) == "'a', 'b', 'c'"
        assert _shown({"b", "a", "c", "d", "e"}) == "'a', 'b', 'c' and 2 more"
        assert _shown(["x" * 60]) == f"'{'x' * 60}'" == _shown(["x" * 61])

    def test_what_is_packed_is_the_same_wherever_and_whenever_it_is(self):
        with zipfile.ZipFile(io.BytesIO(packed("r", {"README.txt": b"words " * 50}))) as archive:
            infos = archive.infolist()
            assert [info.filename for info in infos] == [MANIFEST, "README.txt"]
            for info in infos:
                assert (info.date_time, info.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
                assert (info.external_attr >> 16, info.compress_type) == (0o100644, zipfile.ZIP_DEFLATED)
            assert infos[1].compress_size < 50
            told = archive.read(MANIFEST)
            assert told.startswith(b'{\n "format": "qtl-run",\n "version": 1,')
            assert _listed(json.loads(told))["README.txt"]["bytes"] == 300


@pytest.fixture(scope="module")
def told() -> RunDescription:
    view = whole(folder=Path("pictures"))
    data = DataFingerprint(("ants", "bees"), (("train/ants/a.jpg", "0" * 64),), (("val/ants/a.jpg", "1" * 64),))
    about = {"name": "n", "note": "", "tags": (), "created": 5.0}
    return read_described(plain_json(described(view, Provenance({"torch": "2"}, data, "Linux"), **about)))


class TestDescribed:
    def test_it_comes_back_as_it_was_written(self, told):
        assert (told.name, told.note, told.tags, told.created) == ("n", "", (), 5.0)
        assert told.prepared == whole(folder=Path("pictures")).prepared
        assert told.provenance.data.train == (("train/ants/a.jpg", "0" * 64),)
        assert told.provenance.data.val == (("val/ants/a.jpg", "1" * 64),)
        assert (told.provenance.versions, told.provenance.platform) == ({"torch": "2"}, "Linux")

    def test_text_may_be_as_long_as_a_path(self):
        assert _text("x" * 4096, "files") == "x" * 4096
        for other in ("x" * 4097, 7, None):
            with pytest.raises(Refused, match="files is no text"):
                _text(other, "files")

    @pytest.mark.parametrize("taken", [0, 1, 2**31 - 1])
    def test_whole_numbers_that_could_be(self, taken):
        assert _whole(taken, "epochs") == taken

    @pytest.mark.parametrize("refused", [-1, 2**31, 1.0, True, "1", None])
    def test_whole_numbers_that_could_not(self, refused):
        with pytest.raises(Refused, match="epochs is no whole number"):
            _whole(refused, "epochs")

    @pytest.mark.parametrize("refused", [math.inf, math.nan, True, "1", None])
    def test_figures_that_are_none(self, refused):
        assert (_finite(2, "loss"), _finite(-0.5, "loss")) == (2.0, -0.5)
        with pytest.raises(Refused, match="loss is no number"):
            _finite(refused, "loss")

    def test_what_plain_json_has_no_numbers_for_is_said_in_words(self):
        assert math.isnan(_real("NaN", "loss"))
        assert (_real("Infinity", "loss"), _real("-Infinity", "loss"), _real(1, "loss")) == (math.inf, -math.inf, 1.0)
        first, *others = whole().epochs
        view = replace(whole(), epochs=(replace(first, train_loss=math.inf, val_loss=-math.inf), *others))
        written = described(view, Provenance({}, None, ""), name="", note="", tags=(), created=0.0)
        assert written.startswith(b'{\n "name": "",\n'), "people can read it, too"
        about = json.loads(written)
        assert (about["epochs"][0]["train_loss"], about["epochs"][0]["val_loss"]) == ("Infinity", "-Infinity")

    def test_a_beginning_is_believed_from_1970_until_this_time_tomorrow(self):
        now = time.time()
        for began in (0, 1.5, now + 23.9 * 3600):
            assert _created(began) == began
        for began in (-0.001, now + 24.1 * 3600):
            assert abs(_created(began) - now) < 600

    def test_a_hundred_versions_are_taken(self):
        def about(count: int) -> dict[str, object]:
            return {"versions": {str(number): "1" for number in range(count)}, "data": None, "platform": "Linux"}

        assert len(_provenance(about(100)).versions) == 100
        assert _provenance(about(1)).data is None
        with pytest.raises(Refused, match="versions"):
            _provenance(about(101))

    def test_only_the_last_epoch_has_the_checkpoint(self, told):
        epochs = epochs_from(told.figures, np.zeros((3, 6, 2)), "last", "none")
        assert [epoch.checkpoint for epoch in epochs] == ["none", "none", "last"]


class TestChecks:
    def test_classes_are_two_to_a_thousand_all_different_and_named(self, told):
        def with_classes(*classes: str) -> None:
            prepared = told.prepared
            count = parameter_count(prepared.feature_size, len(classes), prepared.settings.circuit)
            labels = tuple(min(label, len(classes) - 1) for label in prepared.val_labels)
            _check_prepared(replace(prepared, classes=classes, parameters=count, val_labels=labels, train_counts=()))

        with_classes("a", "b")
        with_classes(*(f"{number:020}" for number in range(1_000)))  # 20,000 characters
        for classes in (("a",), tuple(map(str, range(1_001))), ("a", "a"), ("a", "")):
            with pytest.raises(Refused, match="too few, too many, or not different"):
                with_classes(*classes)
        with pytest.raises(Refused, match="too long"):
            with_classes(*(f"{number:020}" for number in range(999)), "x" * 21)

    def test_two_million_pictures_times_classes_are_shown(self, told):
        def with_pictures(count: int) -> None:
            _check_prepared(replace(told.prepared, val_size=count, val_labels=(1,) * count, val_files=("f",) * count))

        with_pictures(1_000_000)
        with pytest.raises(Refused, match="more validation pictures"):
            with_pictures(1_000_001)

    @pytest.mark.parametrize(("off", "taken"), [(0.0009, True), (-0.0009, True), (0.0011, False), (-0.0011, False)])
    def test_probabilities_add_up_to_one_within_a_thousandth(self, told, off, taken):
        found = np.stack([epoch.val_probabilities for epoch in whole().epochs])
        found[1, 2] -= np.where(found[1, 2] > 0.5, -off, 0).astype(np.float32)
        if taken:
            _check_predictions(told, found)
            return
        with pytest.raises(Refused, match="do not add up"):
            _check_predictions(told, found)

    @pytest.mark.parametrize("odd", [(1.0005, 0.0), (1.0002, -0.0002), (math.nan, 1.0)])
    def test_what_adds_up_may_still_be_no_probabilities(self, told, odd):
        found = np.stack([epoch.val_probabilities for epoch in whole().epochs])
        found[1, 2] = odd
        with pytest.raises(Refused, match="no probabilities"):
            _check_predictions(told, found)

    def test_certain_answers_are_probabilities(self, told):
        labels = np.array(told.prepared.val_labels)
        sure = np.eye(2, dtype=np.float32)[labels]
        figures = tuple(each | {"val_accuracy": 1.0} for each in told.figures)
        _check_predictions(replace(told, figures=figures), np.stack([sure] * 3))

    def test_a_share_is_a_count_of_pictures_and_a_tie_may_count_either_way(self):
        found = np.float32([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0.7, 0.3]])
        labels = np.array([0, 1, 1, 1])  # right, tied, right, wrong
        assert [count for count in range(5) if _is_share(count / 4, found, labels)] == [2, 3]
        assert _is_share((2 - 0.0009) / 4, found, labels)
        assert _is_share((3 + 0.0009) / 4, found, labels)
        assert not _is_share((2 - 0.0011) / 4, found, labels)
        assert not _is_share((3 + 0.0011) / 4, found, labels)


def listed_behind(name: bytes, behind: int) -> bytes:
    """What a zip file lists of one picture, so many bytes before its end."""
    return b"PK\x01\x02" + bytes(24) + len(name).to_bytes(2, "little") + bytes(16) + name + bytes(behind)


def test_pictures_are_looked_for_in_the_last_megabyte():
    behind = MEGABYTE - len(listed_behind(b"a.jpg", 0))
    assert holds_pictures(b"PK" + listed_behind(b"a.jpg", behind))
    assert not holds_pictures(b"PK" + listed_behind(b"a.jpg", behind + 1))


def test_a_picture_s_name_is_read_to_its_4096th_byte():
    name = b"x" * 4092 + b".jpg"
    assert holds_pictures(b"PK" + listed_behind(name, 9))
    assert not holds_pictures(b"PK" + listed_behind(b"x" + name, 9))


def test_a_reader_s_message_reaches_nobody():
    assert _why(ValueError("no such dtype\nin line 7")) == "It is damaged."
    assert _why(KeyError()) == "It is damaged."
    assert _why(MemoryError()) == "It asks for more memory than there is."


def test_names_and_words_of_a_refusal_are_cut():
    assert MAX_TEXT_SHOWN == 80
    assert f"The file {'x' * 80} cannot" in str(_refusal("x" * 90, "Why."))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ants at noon", "Ants-at-noon"),
        ("  Übung: 1/2 ", "Ubung-1-2"),
        ("..", "run-7"),
        ("", "run-7"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60),
        ("x" * 59 + "-y", "x" * 59),
    ],
)
def test_a_file_is_named_after_its_run_as_every_disk_takes_it(name, file):
    assert run_file_name(name, "run-7") == f"{file}.qtl.zip"


def test_runs_are_the_same_by_what_is_said_of_them_and_by_every_array():
    view = whole()
    assert same_run(view, whole())
    moved = tuple(f"/elsewhere/{file}" for file in view.prepared.val_files)
    assert same_run(view, replace(view, prepared=replace(view.prepared, val_files=moved)))
    renamed = replace(view, prepared=replace(view.prepared, classes=("bees", "wasps")))
    first, *others = view.epochs
    judged = replace(view, epochs=(replace(first, val_probabilities=first.val_probabilities[::-1]), *others))
    for other in (renamed, judged, whole(seed=1), replace(view, epochs=view.epochs[:2]), RunView()):
        assert not same_run(view, other)


# The test part


TESTED = {"epoch": 2, "loss": 0.5, "accuracy": 0.5}


def described_test(**changes: object) -> tuple[RunDescription, events.Tested]:
    """What a file says of two test pictures, of which one was told right."""
    view = whole()
    prepared = replace(
        view.prepared, test_size=2, test_files=("test/ants/a.jpg", "test/bees/b.jpg"), test_labels=(0, 1)
    )
    tested = events.Tested(**TESTED, probabilities=np.array([[0.9, 0.1], [0.8, 0.2]], np.float32))
    seen = replace(view, prepared=prepared, tested=tested, looks=1)
    about = described(seen, Provenance({}, None, ""), name="", note="", tags=(), created=0.0)
    parsed = json.loads(about)
    parsed["tested"] |= changes
    found = read_described(parsed)
    return found, replace(tested, **(found.tested or {}))


def test_a_look_at_the_test_pictures_is_taken_along():
    description, tested = described_test()
    assert (description.tested, description.looks) == (TESTED, 1)
    assert description.prepared.test_labels == (0, 1)
    check_tested(description, tested)


@pytest.mark.parametrize("changes", [{"accuracy": 1.0}, {"epoch": 4}, {"epoch": 0}])
def test_a_look_that_contradicts_itself_is_refused(changes):
    with pytest.raises(Refused):
        check_tested(*described_test(**changes))


def test_a_look_before_there_was_one_or_with_other_predictions_is_refused():
    description, tested = described_test()
    with pytest.raises(Refused, match="cannot have been"):
        check_tested(replace(description, looks=0), tested)
    with pytest.raises(Refused, match="have the shape"):
        check_tested(description, replace(tested, probabilities=tested.probabilities[:1]))


def test_a_file_of_an_earlier_version_has_no_test_part():
    view = whole()
    parsed = json.loads(described(view, Provenance({}, None, ""), name="", note="", tags=(), created=0.0))
    for name in ("tested", "test_looks"):
        del parsed[name]
    for name in ("test_size", "test_files", "test_labels", "lineage", "trained_parameters", "feature_names"):
        del parsed["prepared"][name]
    description = read_described(parsed)
    assert (description.tested, description.prepared.lineage, description.prepared.test_files) == (None, (), ())
