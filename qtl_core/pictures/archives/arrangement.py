"""An arrangement: which pictures are in which class and part, before names are made fit for a set."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from qtl_core.common.errors import UserError
from qtl_core.pictures.archives.scan import ScannedFile
from qtl_core.pictures.datasets.names import LONGEST_CLASS, MOST_CLASSES
from qtl_core.pictures.datasets.records import Part
from qtl_core.pictures.sources.class_names import alike

LOOSE = "It lies beside the folders of the classes, not in one of them."
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Placed:
    """A picture with the name of its class as the source has it."""

    file: ScannedFile
    label: str
    part: Part | None = None


@dataclass(frozen=True)
class Arrangement:
    """All that one way of reading the source gives.

    Attributes:
        placed: The pictures.
        notes: What was taken for what.
        empty: Class folders without a picture.
        reasons: Why other pictures are left out, by path; `LOOSE` for those that are not named.
    """

    placed: tuple[Placed, ...]
    notes: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


def names_for(labels: Iterable[str], name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Returns what a set can call each of the classes, and sentences on those that had to be called otherwise.

    Args:
        labels: Names as the source has them, those that look the same as one.
        name: What the source is called, for the message.

    Raises:
        UserError: There are more classes than a set has.
    """
    wanted = sorted(set(labels))
    if len(wanted) > MOST_CLASSES:
        shown = ", ".join(wanted[:5])
        raise UserError(
            f"{name} holds {len(wanted):,} classes: {shown} and so on.",
            f"A data set has up to {MOST_CLASSES}.",
            "Leave those in it that are to be told apart.",
        )
    found: dict[str, str] = {}
    notes = []
    for label in wanted:
        kept = _free(_fit(label), [alike(each).casefold() for each in found.values()])
        found[label] = kept
        if kept != alike(label):
            notes.append(f"The class {_shown(label)} is called {kept} here.")
    return found, tuple(notes)


def _fit(label: str) -> str:
    """Returns a name that can be a folder's."""
    plain = re.sub(r"[/\\]", "-", _NOT_IN_NAMES.sub(" ", alike(label)))
    return plain.strip(". ")[:LONGEST_CLASS].strip(". ") or "class"


def _free(name: str, taken: list[str]) -> str:
    """Returns the name, with a number behind it where another class has it, in whatever case."""
    number, free = 2, name
    while alike(free).casefold() in taken:
        free = f"{name[: LONGEST_CLASS - 5]} ({number})"
        number += 1
    return free


def _shown(label: str) -> str:
    plain = _NOT_IN_NAMES.sub("?", label)
    return plain if len(plain) <= LONGEST_CLASS else plain[:LONGEST_CLASS] + "…"
