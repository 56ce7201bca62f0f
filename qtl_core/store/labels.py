"""What people may write on a run, and how long it may be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qtl_core.errors import UserError

NAME_LENGTH = 120  # a line of a table
NOTE_LENGTH = 10_000  # some pages
TAG_LENGTH, MOST_TAGS = 40, 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def checked_name(name: str) -> str:
    """Returns a run's name in one line.

    Raises:
        UserError: It is too long.
    """
    return _checked("name of a run", " ".join(_clean(name).split()), NAME_LENGTH)


def checked_note(note: str) -> str:
    """Returns a note.

    Raises:
        UserError: It is too long.
    """
    return _checked("note on a run", _clean(note).strip(), NOTE_LENGTH)


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Returns tags in one line each, each once.

    Raises:
        UserError: There are too many, or one is too long.
    """
    found = tuple(dict.fromkeys(filter(None, (" ".join(_clean(tag).split()) for tag in tags))))
    if len(found) > MOST_TAGS:
        raise UserError(f"These are {len(found)} tags.", f"A run may have {MOST_TAGS}.", "Leave some out.")
    return tuple(_checked("tag", tag, TAG_LENGTH) for tag in found)


def _clean(text: str) -> str:
    """Without characters that nobody can see or that no file can hold."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def _checked(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise UserError(f"The {what} has {len(text):,} characters.", f"Up to {most:,} are kept.", "Shorten it.")
    return text
