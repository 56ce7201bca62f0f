"""What there is to say of pictures that are there more than once, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qtl_core.datasets.records import Copy
from qtl_core.paths import in_text

CHANGED = "size, format or quality"
NAMED = 3  # pairs in a sentence; the Data page shows all of them


def copy_notes(copies: Sequence[Copy], root: Path, val_size: int, *, divided: bool) -> tuple[str, ...]:
    """Returns one sentence or two for each kind of copy, the gravest first.

    Args:
        copies: The copies.
        root: Below which their names are told.
        val_size: Validation pictures in all.
        divided: Whether the app made the two parts, and so could keep copies together.
    """
    across = [copy for copy in copies if copy.is_across]
    labels = [copy for copy in copies if copy.has_two_labels]
    rest = [copy for copy in copies if not copy.is_across and not copy.has_two_labels]
    said = (
        _across(across, root, val_size, divided=divided),
        _labels(labels, root),
        _kept_together(rest) if divided else "",
    )
    return tuple(filter(None, said))


def _across(copies: Sequence[Copy], root: Path, val_size: int, *, divided: bool) -> str:
    if not copies:
        return ""
    count = len({copy.other.path for copy in copies})
    equal = len({copy.other.path for copy in copies if copy.same_bytes})
    near = f"{count - equal} nearly equal, as after a change of {CHANGED}"
    how = ", ".join(filter(None, (f"{equal} byte for byte" if equal else "", near if equal < count else "")))
    do = (
        "kept together, they would leave a class without pictures on one side, so add others of it."
        if divided
        else "take them out of one of the two parts."
    )
    are = "is a copy of one that is" if count == 1 else "are copies of some that are"
    return (
        f"{count} of {val_size} validation pictures {are} trained on ({how}): {_pairs(copies, root)}. "
        f"What was learnt by heart counts as right there; {do}"
    )


def _labels(copies: Sequence[Copy], root: Path) -> str:
    if not copies:
        return ""
    pictures = "1 picture is" if len(copies) == 1 else f"{len(copies)} pictures are"
    return (
        f"{pictures} there under two classes, which cannot both be right: {_pairs(copies, root)}. "
        "Leave each in the right one alone."
    )


def _kept_together(copies: Sequence[Copy]) -> str:
    if not copies:
        return ""
    count = len({copy.other.path for copy in copies})
    if count == 1:
        return "1 picture is a copy of another of the same class, and is on the same side of the split."
    return f"{count} pictures are copies of others of the same class, and are on the same side of the split as those."


def _pairs(copies: Sequence[Copy], root: Path) -> str:
    named = ", ".join(f"{name_of(copy.other.path, root)} = {name_of(copy.one.path, root)}" for copy in copies[:NAMED])
    return named + (f" and {len(copies) - NAMED} more" if len(copies) > NAMED else "")


def name_of(path: Path, root: Path) -> str:
    """Returns a picture's name below the folder of the set."""
    return in_text(path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name)
