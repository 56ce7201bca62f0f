"""Which files `predict` asks about: those a person sees in a folder, and those that were named."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.shell import shell

SYSTEM = (".DS_Store", "._x.png", "Thumbs.db", "desktop.ini")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for name in ("x.png", "deeper/y.png"):
        Image.new("RGB", (9, 9), "red").save(folder / name)
    for name in (*SYSTEM, "deeper/.z.png", "deeper/Thumbs.db"):
        (folder / name).write_bytes(b"nothing to see")
    return folder


def asked(done) -> list[str]:
    return [Path(line.split(": ")[0]).name for line in done.stdout.splitlines()]


def test_hidden_and_system_files_are_no_pictures_and_no_errors(capsys, pictures):
    done = shell(capsys, "predict", "--run", "bundled", pictures)
    assert (done.returncode, asked(done)) == (0, ["y.png", "x.png"])
    assert "Passed over" not in done.stderr


def test_what_a_shell_names_along_with_the_pictures_is_left_out(capsys, pictures):
    done = shell(capsys, "predict", "--run", "bundled", *sorted(pictures.glob("*")))
    assert (done.returncode, asked(done)) == (0, ["y.png", "x.png"])
    alone = shell(capsys, "predict", "--run", "bundled", pictures / "Thumbs.db")
    assert alone.returncode == 1 and "Thumbs.db: It is not a picture" in alone.stdout
    hidden = shell(capsys, "predict", "--run", "bundled", (pictures / "x.png").rename(pictures / ".x.png"))
    assert (hidden.returncode, asked(hidden)) == (0, [".x.png"])


def test_links_that_lead_nowhere_good_are_said_on_the_side(capsys, pictures, tmp_path):
    (pictures / "loop").symlink_to("loop")
    (pictures / "up").symlink_to("..")
    (pictures / "out.png").symlink_to(tmp_path / "other.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "other.png")
    done = shell(capsys, "predict", "--run", "bundled", pictures)
    assert (done.returncode, asked(done)) == (0, ["y.png", "x.png"])
    assert [line.split("/")[-1] for line in done.stderr.splitlines() if "Passed over" in line] == [
        "loop: It is a link that leads in a circle.",
        "out.png: It is a link that leads out of the folder.",
        "up: It is a link to a folder that it lies in.",
    ]


def test_a_folder_of_hidden_files_alone_has_none(capsys, pictures):
    for picture in (pictures / "x.png", pictures / "deeper/y.png"):
        picture.unlink()
    done = shell(capsys, "predict", "--run", "bundled", pictures)
    assert done.returncode == 1 and "There are no files in this folder." in done.stdout
