"""A folder is there whole or not at all: after an error, and after a signal in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qtl_core.cli.folders import add_to_folder, check_empty, put_folder
from qtl_core.common.errors import UserError
from tests.conftest import PROJECT


def half(folder: Path) -> None:
    (folder / "index.html").write_text("half")
    raise OSError(28, "No space left on device")


def test_a_folder_that_could_not_be_filled_is_not_there(tmp_path: Path):
    with pytest.raises(UserError, match="cannot be written"):
        put_folder(tmp_path / "new" / "page", half)
    with pytest.raises(UserError, match="cannot be written"):
        add_to_folder(tmp_path / "log", lambda folder: (folder / "none" / "file").write_text(""))
    assert list(tmp_path.iterdir()) == []


def test_what_else_is_in_it_stays_and_the_old_stays_until_the_new_is_whole(tmp_path: Path):
    (tmp_path / "index.html").write_text("old")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError):
        put_folder(tmp_path, half)
    assert (tmp_path / "index.html").read_text() == "old"
    put_folder(tmp_path, lambda folder: (folder / "index.html").write_text("new"))
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"index.html": "new", "notes.txt": "mine"}
    with pytest.raises(UserError, match="not empty"):
        check_empty(tmp_path)


PROGRAM = """
import sys, time
from pathlib import Path
from qtl_core.cli.folders import put_folder
from qtl_core.cli.process import run_as_process
def fill(folder):
    (folder / "index.html").write_text("half")
    print("ready", flush=True)
    while True: time.sleep(0.01)
run_as_process(lambda: put_folder(Path(sys.argv[1]), fill))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent differently on Windows")
def test_a_signal_in_the_middle_leaves_nothing(tmp_path: Path):
    place = str(tmp_path / "new" / "page")
    with subprocess.Popen([sys.executable, "-c", PROGRAM, place], cwd=PROJECT, stdout=subprocess.PIPE) as filling:
        assert filling.stdout is not None
        assert filling.stdout.readline() == b"ready\n"
        filling.send_signal(signal.SIGINT)
        assert filling.wait() == 130
    assert list(tmp_path.iterdir()) == []
