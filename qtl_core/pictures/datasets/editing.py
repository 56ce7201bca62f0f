"""Edits of a set by people: its classes, where its pictures belong, how they are divided; all can be taken back."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.names import MOST_CLASSES, checked_class_name, checked_set_name, checked_set_note
from qtl_core.pictures.datasets.opening import writing
from qtl_core.pictures.datasets.records import PARTS, ClassRecord, Part, SplitSettings
from qtl_core.pictures.datasets.undoing import (
    NOW,
    Batch,
    Step,
    change_column,
    edit,
    note_steps,
    so_many,
    undo,
    undo_label,
)

__all__ = [
    "add_class",
    "move",
    "recolour_class",
    "remove",
    "remove_class",
    "rename",
    "rename_class",
    "set_note",
    "set_part",
    "set_split",
    "undo",
    "undo_label",
]
COLOURS = MOST_CLASSES  # a class's colour is an index below this; pages say which colour it is


def add_class(set_id: str, name: str, batch: Batch | None = None) -> ClassRecord:
    """Adds a class to a set, with the first colour that no other one has.

    Args:
        set_id: The set.
        name: What to call it.
        batch: What it is taken back with; None for by itself.

    Raises:
        UserError: The name cannot be used, there are too many classes, or nothing can be written.
    """

    def add(connection: sqlite3.Connection) -> ClassRecord:
        rows = _class_rows(connection)
        if len(rows) >= MOST_CLASSES:
            raise UserError(f"The data set has {MOST_CLASSES} classes.", "More are not kept in one.")
        kept = checked_class_name(name, [row["name"] for row in rows])
        colour = min(set(range(COLOURS)) - {row["colour"] for row in rows}, default=0)
        done = connection.execute("INSERT INTO classes (name, colour) VALUES (?, ?)", (kept, colour))
        made = ClassRecord(done.lastrowid or 0, kept, colour, 0)
        note_steps(connection, f"adding the class {kept}", [("classes", "removed", {str(made.id): NOW})], batch)
        return made

    return writing(set_id, add)


def rename_class(set_id: str, class_id: int, name: str, batch: Batch | None = None) -> None:
    """Calls a class something else.

    Raises:
        UserError: There is no such class, the name cannot be used, or nothing can be written.
    """

    def change(connection: sqlite3.Connection) -> list[Step]:
        _check_class(connection, class_id)
        kept = checked_class_name(name, [row["name"] for row in _class_rows(connection) if row["id"] != class_id])
        return [change_column(connection, "classes", "name", [class_id], kept)]

    edit(set_id, lambda connection: f"renaming {_class_name(connection, class_id)} to {name.strip()}", change, batch)


def recolour_class(set_id: str, class_id: int, colour: int, batch: Batch | None = None) -> None:
    """Gives a class another colour, an index below `COLOURS`.

    Raises:
        UserError: There is no such class or colour, or nothing can be written.
    """
    if not 0 <= colour < COLOURS:
        raise UserError(f"There is no colour {colour}.", f"They are numbered from 0 to {COLOURS - 1}.")

    def change(connection: sqlite3.Connection) -> list[Step]:
        _check_class(connection, class_id)
        return [change_column(connection, "classes", "colour", [class_id], colour)]

    edit(set_id, lambda connection: f"changing the colour of {_class_name(connection, class_id)}", change, batch)


def remove_class(set_id: str, class_id: int) -> None:
    """Removes a class with its pictures.

    Raises:
        UserError: There is no such class, or nothing can be written.
    """
    now = time.time()

    def change(connection: sqlite3.Connection) -> list[Step]:
        _check_class(connection, class_id)
        found = connection.execute("SELECT id FROM pictures WHERE class = ? AND removed IS NULL", (class_id,))
        pictures = [row["id"] for row in found.fetchall()]
        return [
            change_column(connection, "classes", "removed", [class_id], now),
            change_column(connection, "pictures", "removed", pictures, now),
        ]

    edit(set_id, lambda connection: f"removing {_class_name(connection, class_id)} with its pictures", change)


def rename(set_id: str, name: str) -> None:
    """Calls a set something else.

    Raises:
        UserError: The name cannot be used, or nothing can be written.
    """
    kept = checked_set_name(name)
    edit(set_id, f"renaming the data set to {kept}", _set_wide(name=kept))


def set_note(set_id: str, note: str, batch: Batch | None = None) -> None:
    """Puts a note on a set; "" takes it away.

    Raises:
        UserError: It is too long, or nothing can be written.
    """
    kept = checked_set_note(note)
    edit(set_id, "changing the note", _set_wide(note=kept), batch)


def set_split(set_id: str, split: SplitSettings, batch: Batch | None = None) -> None:
    """Divides the pictures in another way.

    Raises:
        UserError: Nothing can be written.
    """
    change = _set_wide(val_share=split.val_share, test_share=split.test_share, seed=split.seed, split_rule=split.rule)
    edit(set_id, "dividing the pictures in another way", change, batch)


def move(set_id: str, picture_ids: Iterable[int], class_id: int) -> None:
    """Puts pictures into another class.

    Raises:
        UserError: There is no such class, or nothing can be written.
    """
    ids = list(picture_ids)

    def change(connection: sqlite3.Connection) -> list[Step]:
        _check_class(connection, class_id)
        return [change_column(connection, "pictures", "class", ids, class_id)]

    edit(set_id, lambda connection: f"moving {so_many(len(ids))} to {_class_name(connection, class_id)}", change)


def remove(set_id: str, picture_ids: Iterable[int]) -> None:
    """Removes pictures.

    Raises:
        UserError: Nothing can be written.
    """
    ids, now = list(picture_ids), time.time()

    def change(connection: sqlite3.Connection) -> list[Step]:
        there = _still_there(connection, ids)
        return [change_column(connection, "pictures", "removed", there, now)]

    edit(set_id, f"removing {so_many(len(ids))}", change)


def set_part(set_id: str, picture_ids: Iterable[int], part: Part | None) -> None:
    """Puts pictures into a part by hand; None leaves it to the split again.

    Raises:
        UserError: There is no such part, or nothing can be written.
    """
    ids = list(picture_ids)
    if part is not None and part not in PARTS:
        raise UserError(f"There is no part {part!r}.", "", f"Choose one of {', '.join(PARTS)}.")
    label = f"choosing the part of {so_many(len(ids))}"
    edit(set_id, label, lambda connection: [change_column(connection, "pictures", "chosen_part", ids, part)])


def _set_wide(**values: Any) -> Callable[[sqlite3.Connection], list[Step]]:
    """Returns a change of columns that a set has once."""

    def change(connection: sqlite3.Connection) -> list[Step]:
        return [change_column(connection, "dataset", column, [1], value) for column, value in values.items()]

    return change


def _class_rows(connection: sqlite3.Connection) -> Sequence[sqlite3.Row]:
    return connection.execute("SELECT id, name, colour FROM classes WHERE removed IS NULL").fetchall()


def _class_name(connection: sqlite3.Connection, class_id: int) -> str:
    """Returns what a class is called; of one that is not there the change itself speaks."""
    row = connection.execute("SELECT name FROM classes WHERE id = ?", (class_id,)).fetchone()
    return str(row["name"]) if row else "a class"


def _check_class(connection: sqlite3.Connection, class_id: int) -> None:
    if class_id not in {row["id"] for row in _class_rows(connection)}:
        raise UserError("The class is not in this data set any more.", "", "Choose another class.")


def _still_there(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    found = connection.execute("SELECT id FROM pictures WHERE removed IS NULL").fetchall()
    there = {row["id"] for row in found}
    return [each for each in ids if each in there]
