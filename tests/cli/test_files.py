"""Where a command's file goes: what is there already, and is no ordinary file, stays what it is."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from qtl_core.cli.files import put
from qtl_core.common.errors import UserError


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()), daemon=True)
    reader.start()
    put(b"content", pipe)
    reader.join(10)
    assert heard == [b"content"] and stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_full_device_is_said_by_name_and_stays(tmp_path):
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(UserError, match=r"full cannot be written\. The system says: No space left on device\."):
        put(b"content", link)
    assert link.is_symlink() and stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed(tmp_path, there):
    (tmp_path / "far").mkdir()
    file, link = tmp_path / "far/file", tmp_path / "link"
    link.symlink_to(file)
    if there:
        file.write_bytes(b"before")
    put(b"content", link)
    assert link.is_symlink() and file.read_bytes() == b"content"
    assert list((tmp_path / "far").iterdir()) == [file]
