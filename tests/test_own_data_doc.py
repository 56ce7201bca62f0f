"""The teacher's path in docs/own-data.md names what is on the page, and its pictures are there and small."""

from __future__ import annotations

import re

import pytest

from tests.conftest import PROJECT

DOC = PROJECT / "docs/own-data.md"
LARGEST = 200_000  # bytes of one picture
PAGES = "\n".join(file.read_text(encoding="utf-8") for file in sorted((PROJECT / "ui").rglob("*.py")))


def path_of_doc() -> str:
    return DOC.read_text(encoding="utf-8").split("The rest of this page")[0]


def test_its_pictures_are_there_and_small():
    named = re.findall(r"!\[[^]]+\]\(([^)]+)\)", path_of_doc())
    assert len(named) == 6
    for name in named:
        assert 10_000 < (DOC.parent / name).stat().st_size < LARGEST, name


@pytest.mark.parametrize(
    "words",
    ["New data set", "Train by itself", "Look through", "Start", "Undo", "Make a copy", "Add “nothing of the kind”"],
)
def test_what_it_tells_to_press_is_called_so_on_the_page(words):
    assert f"**{words}**" in path_of_doc() and f'"{words}"' in PAGES
