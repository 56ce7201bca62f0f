"""Zip archives that are damaged or made to do harm leave nothing behind and nothing outside their folder."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.fetching import unpack as unpacking
from qtl_core.pictures.fetching.unpack import unpack


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "pictures.zip"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "inside" / "pictures"


def make(archive: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(archive, "w", method) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return archive


def refused(archive: Path, target: Path) -> str:
    with pytest.raises(UserError) as caught:
        unpack(archive, target)
    assert {*archive.parent.rglob("*")} <= {archive, target.parent}
    return caught.value.why


def test_files_arrive_with_progress(archive: Path, target: Path) -> None:
    seen = []
    make(archive, {"a/1.jpg": b"one", "a/b/2.jpg": b"three", "./c/3.jpg": b""}, zipfile.ZIP_DEFLATED)
    assert unpack(archive, target, progress=lambda *at: seen.append(at)) == target
    found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*.jpg")}
    assert found == {"a/1.jpg": b"one", "a/b/2.jpg": b"three", "c/3.jpg": b""}
    assert seen == [(3, 8), (8, 8)]
    assert [path.name for path in target.parent.iterdir()] == ["pictures"]


def test_a_top_folder_becomes_the_target(archive: Path, target: Path) -> None:
    unpack(make(archive, {"top/a/1.jpg": b"one", "README": b""}), target, top="top")
    assert [path.relative_to(target).as_posix() for path in target.rglob("*")] == ["a", "a/1.jpg"]


def test_a_missing_top_folder_is_said(archive: Path, target: Path) -> None:
    with pytest.raises(UserError, match='no folder "top" in it'):
        unpack(make(archive, {"a/1.jpg": b"one"}), target, top="top")


@pytest.mark.parametrize(
    "name", ["../out.jpg", "a/../../out.jpg", "/out.jpg", "C:/out.jpg", "c:out.jpg", "..\\out.jpg", "a\\out.jpg"]
)
def test_no_path_leaves_the_folder(name: str, archive: Path, target: Path) -> None:
    make(archive, {"ok.jpg": b"ok", name: b"out"})
    assert "would lead out of its folder" in refused(archive, target)


def test_links_are_refused(archive: Path, target: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr(link, "/etc")
        made.writestr("link/out.jpg", b"out")
    assert refused(archive, target) == "The entry 'link' is a link, not a file."


def test_a_bomb_is_refused_before_it_grows(archive: Path, target: Path) -> None:
    make(archive, {"zeros.bmp": bytes(200 << 20)}, zipfile.ZIP_DEFLATED)
    assert "as no archive of pictures does" in refused(archive, target)


def test_a_size_that_lies_is_noticed(archive: Path, target: Path) -> None:
    make(archive, {"a.jpg": bytes(5000)}, zipfile.ZIP_DEFLATED)
    archive.write_bytes(archive.read_bytes().replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    assert refused(archive, target) == "It is no zip archive, or a damaged one."


def test_limits_on_number_and_size(archive: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(archive, {f"{number}.jpg": b"12345" for number in range(11)})
    monkeypatch.setattr(unpacking, "MAX_BYTES", 54)
    assert refused(archive, target) == "It would take 55 bytes unpacked, more than 54."
    monkeypatch.setattr(unpacking, "MAX_FILES", 10)
    assert refused(archive, target) == "It holds 11 files, more than 10."


@pytest.mark.parametrize("second", ["a.jpg", "A.JPG"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name(second: str, archive: Path, target: Path) -> None:
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.jpg", b"one")
        made.writestr(second, b"two")
    assert "two files called" in refused(archive, target)


def test_a_file_that_is_also_a_folder(archive: Path, target: Path) -> None:
    assert "file where a folder should be" in refused(make(archive, {"a": b"file", "a/b.jpg": b"below it"}), target)


def test_a_password(archive: Path, target: Path) -> None:
    make(archive, {"a.jpg": b"one"})
    data = bytearray(archive.read_bytes())
    data[6] |= 1  # the flag in the file's own header and in the directory at the end
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    assert refused(archive, target) == "It is locked with a password."


@pytest.mark.parametrize("share", [0, 0.3, 0.9])
def test_damage(share: float, archive: Path, target: Path) -> None:
    make(archive, {"a.jpg": bytes(range(256)) * 20}, zipfile.ZIP_DEFLATED)
    data = archive.read_bytes()
    archive.write_bytes(data[: int(share * len(data))])
    assert refused(archive, target) == "It is no zip archive, or a damaged one."


def test_a_flipped_bit_is_noticed(archive: Path, target: Path) -> None:
    make(archive, {"a.jpg": bytes(5000)})
    data = bytearray(archive.read_bytes())
    data[2000] ^= 1
    archive.write_bytes(data)
    assert refused(archive, target) == "It is no zip archive, or a damaged one."


def test_a_stop_leaves_nothing(archive: Path, target: Path) -> None:
    make(archive, {f"{number}.jpg": b"12345" for number in range(9)})
    seen = []
    with pytest.raises(StoppedByUser):
        unpack(archive, target, progress=lambda *at: seen.append(at), should_stop=lambda: len(seen) == 4)
    assert len(seen) == 4 and list(target.parent.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="the limit on file sizes that stands for a full disk is POSIX's")
def test_a_disk_that_takes_no_more(archive: Path, target: Path) -> None:
    import resource

    make(archive, {"a.jpg": bytes(5000)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        assert refused(archive, target) == "The file would be larger than is allowed here."
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_is_there_already_is_left_alone(archive: Path, target: Path) -> None:
    target.mkdir(parents=True)
    (target / "mine.jpg").write_text("mine")
    with pytest.raises(UserError, match="already there"):
        unpack(make(archive, {"mine.jpg": b"theirs"}), target)
    assert (target / "mine.jpg").read_text() == "mine"
