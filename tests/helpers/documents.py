"""The project's documents for people, and what is found in them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import PROJECT

README = PROJECT / "README.md"
DOCUMENTS = (README, *sorted((PROJECT / "docs").glob("*.md")))


def text_of(document: Path) -> str:
    """Returns a document with every run of spaces and line ends as one space."""
    return " ".join(document.read_text("utf-8").split())


def examples(document: Path, language: str = "python") -> list[str]:
    """Returns the blocks of code of a language in a document."""
    return re.findall(rf"```{language}\n(.+?)```", document.read_text("utf-8"), re.DOTALL)
