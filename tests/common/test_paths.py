"""Where things are written and looked for."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.cache import digests_of
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.pictures.sources.folder import read_folder
from tests.helpers.made_runs import made_pictures


def test_home_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "there"))
    assert paths.home() == tmp_path / "there"


def test_home_may_be_written_with_a_tilde(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("QTL_HOME", "~/studio")
    assert paths.home() == tmp_path / "studio"


def test_a_tilde_of_nobody_is_a_plain_name(monkeypatch):
    monkeypatch.setenv("QTL_HOME", "~nobody_of_this_name/studio")
    assert paths.home() == Path("~nobody_of_this_name/studio")


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_name_home_is_the_platform_s_cache(monkeypatch, tmp_path, value):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("QTL_HOME") if value is None else monkeypatch.setenv("QTL_HOME", value)
    assert paths.home().name == "qtl-studio"
    assert paths.home().is_absolute()


def test_home_is_searched_before_what_is_shared(monkeypatch, own_home, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    monkeypatch.setenv("QTL_SHARED", os.pathsep.join([str(one), "", str(two)]))
    assert paths.search_roots() == (own_home, one, two)
    for root in (two, own_home):
        (root / "weights").mkdir(parents=True)
    assert list(paths.existing("weights")) == [own_home / "weights", two / "weights"]


def test_nothing_is_shared_by_default(own_home):
    assert paths.search_roots() == (own_home,)


def test_a_folder_is_made_when_it_is_first_written_to(own_home):
    assert paths.writable("a/b") == own_home / "a/b"
    assert (own_home / "a/b").is_dir()
    assert paths.writable("a/b") == own_home / "a/b"


def test_a_file_in_the_way_is_named(own_home):
    (own_home / "runs").write_text("in the way")
    with pytest.raises(UserError) as caught:
        paths.writable("runs/more")
    assert str(own_home / "runs/more") in caught.value.what
    assert "QTL_HOME" in caught.value.do


def test_a_home_that_cannot_be_written_is_named(own_home, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # tests may run as root, who may write anywhere
    with pytest.raises(UserError, match="no permission"):
        paths.writable("runs")


def test_why_nothing_can_be_written_is_told_without_making_a_folder(own_home, monkeypatch):
    assert paths.why_not_writable("runs") is None
    assert not (own_home / "runs").exists()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    refused = paths.why_not_writable("runs")
    assert (refused.what, refused.why) == (
        f"Nothing can be kept in {own_home / 'runs'}.",
        "This user has no permission to write there.",
    )


def test_a_disk_that_may_only_be_read_is_said(own_home, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_flag=os.ST_RDONLY))
    assert paths.why_not_writable("runs").why == "It may only be read."
    with pytest.raises(UserError, match="may only be read"):
        paths.writable("runs")


def test_a_file_where_home_should_be_is_no_place_to_write(own_home, monkeypatch):
    (own_home / "file").touch()
    monkeypatch.setenv("QTL_HOME", str(own_home / "file/home"))
    assert "a file where a folder" in paths.why_not_writable("runs").why


def test_a_disk_without_room_is_said(monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(UserError, match="no room left on the disk"):
        paths.writable("runs")


# An open server


@pytest.fixture
def open_server(monkeypatch, own_home, tmp_path) -> Path:
    """A server that strangers reach; returns a folder outside its own."""
    monkeypatch.setenv("QTL_OPEN", "1")
    monkeypatch.setenv("QTL_SHARED", str(tmp_path / "shared"))
    (tmp_path / "outside").mkdir()
    return made_pictures(tmp_path / "outside/pictures")


def test_an_open_server_reads_its_own_folders_and_no_others(open_server, own_home, tmp_path):
    picture = open_server / "train/ants/ants_0.jpg"
    with pytest.raises(UserError, match="is not read"):
        read_folder(open_server)
    with pytest.raises(UserError, match="cannot be used as a picture"):
        open_picture(picture)
    with pytest.raises(UserError, match="is not read"):
        resolve_backbone("resnet18", str(picture))
    assert digests_of([Picture(picture, 0, "train")], lambda: False) == [""]
    for home in (own_home, tmp_path / "shared"):
        mine = made_pictures(home / "datasets/mine")
        assert len(read_folder(mine).train) == 6
        assert open_picture(mine / "train/ants/ants_0.jpg").size == (48, 36)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "~/x.png", "~nobody_here/x.png", "../../x.png", "\0", "", "/proc/self/environ"]
)
def test_no_trick_with_a_path_leads_out(open_server, path):
    assert not paths.may_read(Path(path))


def test_a_link_out_of_the_folder_and_dots_are_seen_through(open_server, own_home):
    own_home.mkdir(exist_ok=True)
    (own_home / "link").symlink_to(open_server)
    assert not paths.may_read(own_home / "link/train/ants/ants_0.jpg")
    assert not paths.may_read(own_home / "datasets/../../../outside")
    assert paths.may_read(own_home / "datasets/../weights/mine.pth")


def test_at_home_every_path_is_read(tmp_path, monkeypatch):
    for said in ("", "0"):
        monkeypatch.setenv("QTL_OPEN", said)
        assert paths.may_read(tmp_path)
        assert len(read_folder(made_pictures(tmp_path / f"mine{said}")).train) == 6


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch):
    """So it is in a container whose user is a number: neither HOME nor the system knows a folder."""
    for name in ("QTL_HOME", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(UserError, match="Set the environment variable QTL_HOME"):
        paths.home()
