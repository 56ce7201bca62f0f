"""What is seen in folders: nothing that systems put there, and no link that leads out, in a circle or to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.pictures.sources.folder import read_folder
from qtl_core.pictures.sources.folder_walk import (
    CIRCLE,
    LINK_OUTSIDE,
    LINK_TO_PARENT,
    LINK_TO_SIBLING,
    NOWHERE,
    files_below,
)
from qtl_core.pictures.sources.stamp import stamp_of
from qtl_core.pictures.sources.system_files import is_hidden, is_hidden_path, is_system
from qtl_core.settings import DataSettings
from tests.helpers.made_runs import made_pictures

SYSTEM = (
    "._x.png",
    ".DS_Store",
    "Thumbs.db",
    "thumbs.DB",
    "desktop.ini",
    "Desktop.ini",
    "ehthumbs.db",
    "Icon\r",
    "~$x.png",
)
FOLDERS = (
    "__MACOSX",
    ".ipynb_checkpoints",
    "@eaDir",
    "$RECYCLE.BIN",
    "System Volume Information",
    ".git",
    "lost+found",
)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return made_pictures(tmp_path / "set")


def test_hidden_and_system_files_are_seen_nowhere(pictures):
    before = set(files_below(pictures)), read_folder(pictures)
    picture = (pictures / "train/ants/ants_0.jpg").read_bytes()
    for folder in (pictures, pictures / "train", pictures / "train/ants"):
        for name in (*SYSTEM, ".hidden.jpg"):
            (folder / name).write_bytes(picture)
        for name in FOLDERS:
            (folder / name).mkdir()
            (folder / name / "x.jpg").write_bytes(picture)
    assert (set(files_below(pictures)), read_folder(pictures)) == before


def test_a_path_is_hidden_by_any_part_of_it():
    assert all(map(is_hidden_path, ("a/.b/c.jpg", r"a\__MACOSX\c.jpg", ".c.jpg", "a/Thumbs.db")))
    assert not any(map(is_hidden_path, ("../../a.jpg", "./a.jpg", "a/b.jpg", "", "..")))


def test_names_are_judged_whole():
    assert all(map(is_system, SYSTEM)) and all(map(is_hidden, FOLDERS))
    assert not any(
        map(
            is_hidden, ("x.png", "my thumbs.db.png", "desktop.ini.jpg", "MACOSX", "a.DS_Store", "", "@home", "recycled")
        )
    )


LINKS = {
    "self": ("self", CIRCLE),
    "there": ("back", CIRCLE),
    "back": ("there", CIRCLE),
    "dead.jpg": ("nothing.jpg", NOWHERE),
    "through.jpg": ("ants_0.jpg/x", NOWHERE),
    "here": (".", LINK_TO_PARENT),
    "up": ("..", LINK_TO_PARENT),
    "far up": ("../../../..", LINK_TO_PARENT),
    "root": ("/", LINK_TO_PARENT),
    "out": ("../../../elsewhere", LINK_OUTSIDE),
    "out.jpg": ("../../../elsewhere/a.jpg", LINK_OUTSIDE),
    "chain.jpg": ("out.jpg", LINK_OUTSIDE),
}


@pytest.mark.parametrize("place", ["", "train", "train/ants"])
def test_links_are_skipped_with_their_reason_at_any_depth(pictures, place):
    """Each is made where its target leads as it says, seen from train/ants."""
    (pictures.parent / "elsewhere").mkdir()
    (pictures.parent / "elsewhere/a.jpg").touch()
    before = read_folder(pictures)
    for name, (target, _) in LINKS.items():
        target = target.replace("../../../elsewhere", str(pictures.parent / "elsewhere"))
        if target.startswith("ants_0"):
            target = str(pictures / "train/ants" / target)
        (pictures / place / name).symlink_to(target)
    after = read_folder(pictures)
    assert (after.train, after.val) == (before.train, before.val)
    reasons = {each.path.name: each.reason for each in after.skipped}
    assert reasons == {name: reason for name, (_, reason) in LINKS.items()}
    assert {each.path.name: each.reason for each in files_below(pictures) if not isinstance(each, Path)} == reasons
    assert len(stamp_of(DataSettings(source="folder", folder=str(pictures)))) == 12


def test_a_link_within_the_folder_is_followed_to_a_class_and_read_once_below(pictures):
    (pictures / "all").mkdir()
    (pictures / "train/bees").rename(pictures / "all/bees")
    (pictures / "train/bees").symlink_to(pictures / "all/bees")
    assert len(read_folder(pictures).train) == 6
    below = list(files_below(pictures))
    assert len([each for each in below if isinstance(each, Path)]) == 12
    assert [(each.path.name, each.reason) for each in below if not isinstance(each, Path)] == [
        ("bees", LINK_TO_SIBLING)
    ]
