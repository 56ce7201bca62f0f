"""The lineage of a run: its ancestors as plain records, which stay when an ancestor is deleted."""

from __future__ import annotations

from dataclasses import dataclass

MOST_ANCESTORS = 50  # of a lineage: a longer one loses its oldest
LONGEST_WORDS = 120  # characters of a name, and of what was trained on: a line of a table


@dataclass(frozen=True)
class Ancestor:
    """A run that another one started from, as it was then.

    Attributes:
        run: Its identifier.
        name: What it was called.
        head: Its kind of head, as the setting names it.
        pictures: What it was trained on, in words.
        classes: Its class names.
        accuracy: Its best validation accuracy; NaN where it was never measured.
        carried: The parts that travelled from it to the next.
        frozen: The parts that stood still there.
    """

    run: str
    name: str
    head: str
    pictures: str
    classes: tuple[str, ...]
    accuracy: float
    carried: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
