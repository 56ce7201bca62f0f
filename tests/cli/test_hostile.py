"""Everything that strangers bring, through the shell: an object, a row or a line for every file, and no traceback."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.test_cli import qtl
from tests.conftest import PROJECT
from tests.helpers.odd_files import bad_files, corpus, good_files, hostile_names, stored
from tests.helpers.odd_files import picture as upright

UPRIGHT = "JPEG"
TURNED = [f"EXIF orientation {number}" for number in (1, *range(2, 10), 0)]
WRONG_WAYS = {"upside down": Image.Transpose.ROTATE_180, "on its side": Image.Transpose.ROTATE_90}
SAME = 0.01  # of probability: the JPEGs of a turned and of an upright picture differ a little in every pixel


def named(folder: Path, name: str, content: bytes) -> None:
    """Writes a file, of a hostile name as much as a file system takes: there a slash leads into a folder."""
    parts = [part[:200] for part in name.replace("..", "up").split("/")]
    file = folder.joinpath(*parts)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def fill(folder: Path) -> int:
    """Writes the corpus; returns how many files it has."""
    for name, content in corpus().items():
        named(folder / "corpus", name, content)
    for name in hostile_names():
        named(folder / "names", name, good_files()[UPRIGHT])
    named(folder / "sizes", "one pixel.png", stored(upright((1, 1)), "PNG"))
    for name, turn in WRONG_WAYS.items():
        named(folder / "wrong", f"{name}.jpg", stored(upright().transpose(turn), "JPEG", quality=95))
    (folder / "names" / os.fsdecode(b"not utf-8 \xff\xfe.jpg")).write_bytes(good_files()[UPRIGHT])
    return len(corpus()) + len(hostile_names()) + len(WRONG_WAYS) + 2


def test_every_odd_file_gets_an_object_and_is_seen_the_right_way_up(tmp_path):
    count = fill(tmp_path)
    done = qtl("predict", "--run", "bundled", tmp_path, "--json")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == count
    by_kind = {Path(each["file"]).name: each for each in told}
    bad = set(list(corpus())[-len(bad_files()) :])
    assert {name for name, each in by_kind.items() if "error" in each} == bad
    assert all(each["error"].endswith(".") and "Error" not in each["error"] for each in told if "error" in each)
    wanted, *turned = (next(each for name, each in by_kind.items() if name.startswith(kind)) for kind in TURNED)
    for each in turned:
        assert each["probabilities"] == pytest.approx(wanted["probabilities"], abs=SAME), each["file"]
    for wrong in WRONG_WAYS:
        assert by_kind[f"{wrong}.jpg"]["probabilities"] != pytest.approx(wanted["probabilities"], abs=SAME), wrong


def test_a_file_is_one_row_and_one_line_whatever_it_is_called(tmp_path):
    for name in hostile_names():
        named(tmp_path, name, good_files()[UPRIGHT])
    (tmp_path / os.fsdecode(b"not utf-8 \xff\xfe.jpg")).write_bytes(b"")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}  # a terminal that cannot show most of them
    for form, lines in {"--csv": csv.reader, "--run=bundled": list}.items():
        command = [sys.executable, "-m", "qtl_core", "predict", "--run", "bundled", str(tmp_path), form]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, env=environment, timeout=300)
        assert "Traceback" not in done.stderr
        assert done.returncode == 1
        rows = list(lines(done.stdout.splitlines(keepends=True)))
        assert len(rows) == len(hostile_names()) + 1 + (form == "--csv")
        assert form == "--csv" or not re.search("[\x1b\x07]", done.stdout), "a name rules the terminal"


def test_an_empty_folder_and_a_file_that_is_not_there_are_errors_of_their_own(tmp_path):
    (tmp_path / "empty").mkdir()
    done = qtl("predict", "--run", "bundled", tmp_path / "empty", tmp_path / "none.jpg", "--json")
    assert done.returncode == 1
    empty, none = (json.loads(line) for line in done.stdout.splitlines())
    assert (Path(empty["file"]), empty["error"]) == (tmp_path / "empty", "There are no files in this folder.")
    assert none["error"] == "The file cannot be read. It is not there."
