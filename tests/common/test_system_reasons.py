"""Reasons of the system in plain words, and that nowhere else its own words are put into a sentence for people."""

from __future__ import annotations

import errno
import os
import re
import socket

import pytest

from qtl_core.common.system_reasons import reason_of
from tests.conftest import PROJECT


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_reason_is_the_system_s_own(number):
    said = reason_of(OSError(number, os.strerror(number), "/home/somebody/secret"))
    assert re.fullmatch(r"[A-Z][^/\[\]]+\.", said)
    assert os.strerror(number) not in said and "Errno" not in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "There is no room left on the disk."),
        (PermissionError(errno.EACCES, "Permission denied"), "This user has no permission."),
        (socket.gaierror(-2, "Name or service not known"), "The name of the server is not known here"),
        (TimeoutError("timed out"), "It did not answer in time."),
        (ValueError("embedded null byte"), "No system takes such a name."),
        (OSError("no number"), "The system refused it."),
    ],
)
def test_what_happens_often_has_a_reason_of_its_own(error, said):
    assert reason_of(error).startswith(said)


# A shell's messages may be the system's: whoever reads them is at that machine. Scripts that go out carry their own.
ELSEWHERE = ("qtl_core/cli/", "qtl_core/export/script_parts.py", "qtl_core/runs/store/writing.py", "ui/shell/serve.py")


def test_no_sentence_for_a_page_holds_words_of_the_system_or_of_a_library():
    found = []
    for folder in ("qtl_core", "ui", "pages"):
        for file in sorted((PROJECT / folder).rglob("*.py")):
            name = file.relative_to(PROJECT).as_posix()
            if name.startswith(ELSEWHERE):
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
                if re.search(r"strerror|type\(error\)\.__name__|\(\{error\.reason|traceback\.format_exc\(\)\}", line):
                    found.append(f"{name}:{number}: {line.strip()}")
    assert found == []
