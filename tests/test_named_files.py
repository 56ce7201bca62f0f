"""Files that documents and docstrings name in backticks are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT

NAMED = re.compile(r"`([\w][\w./-]*/[\w.-]+\.(?:py|md|js|css|json))`")  # with a folder: a name alone may be anybody's
OF_THE_PAST = {"CHANGELOG.md"}


def files() -> list[Path]:
    tops = (top for top in PROJECT.iterdir() if not top.name.startswith("."))
    found = (file for top in tops for file in (top.rglob("*") if top.is_dir() else (top,)) if file.is_file())
    return sorted(file.relative_to(PROJECT) for file in found)


FILES = files()
TEXTS = [file for file in FILES if file.suffix in {".py", ".md"} and file.name not in OF_THE_PAST]


@pytest.mark.parametrize("text", [text for text in TEXTS if NAMED.search((PROJECT / text).read_text("utf-8"))], ids=str)
def test_every_file_that_is_named_is_there(text: Path):
    named = set(NAMED.findall((PROJECT / text).read_text("utf-8")))
    ends = {"/" + file.as_posix() for file in FILES}
    assert {name for name in named if not any(end.endswith("/" + name) for end in ends)} <= {"ui/entry/app.py"}
