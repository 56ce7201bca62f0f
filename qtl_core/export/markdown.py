"""Text put into Markdown as it is: names of people's runs, files and classes must not become links or headings."""

from __future__ import annotations

SIGNS = frozenset("\\`*_[]<>#$|")


def plain(text: str) -> str:
    """Returns a text that Markdown shows as it is, on one line."""
    return "".join(f"\\{each}" if each in SIGNS else each for each in " ".join(text.split()))
