"""A data folder that was moved: what was written down of it is found again, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from qtl_core.common.moved_files import found_again


def made(root: Path, *names: str) -> tuple[str, ...]:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return tuple(str(root / name) for name in names)


NAMES = ("own_data/ab12/versions/1/val/ants/1.jpg", "own_data/ab12/versions/1/val/own_data/2.jpg")


@pytest.mark.parametrize(
    "before", ["/mnt/datasets/old home", "C:\\Users\\me\\qtl", "/mnt/own_data/x"], ids=["unix", "windows", "same word"]
)
def test_files_are_found_below_the_folder_of_today(own_home, before):
    here = made(own_home, *NAMES)
    separator = "\\" if "\\" in before else "/"
    written = tuple(separator.join([before, *name.split("/")]) for name in NAMES)
    assert found_again(written) == here
    assert found_again((*written, "/elsewhere/3.jpg")) == (*here, "/elsewhere/3.jpg")


def test_files_of_a_shared_folder_are_found_too(own_home, monkeypatch, tmp_path):
    monkeypatch.setenv("QTL_SHARED", str(tmp_path))
    here = made(tmp_path, "datasets/hymenoptera/val/ants/1.jpg")
    assert found_again(("/class/datasets/hymenoptera/val/ants/1.jpg",)) == here


def test_what_is_where_it_was_and_what_is_gone_stay_as_they_are(own_home, tmp_path):
    made(own_home, *NAMES)
    there = made(tmp_path, NAMES[0])
    for files in (there, ("/old/own_data/ab12/versions/2/val/ants/1.jpg",), ("ants/1.jpg",), ("a\0b",), ()):
        assert found_again(files) == files
