"""Undo: every edit of a set writes down the values there were before, and taking it back writes them again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from qtl_core.pictures.datasets.names import LONGEST_CLASS
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.sources.class_names import alike

MOST_KEPT = 100  # edits
AT_ONCE = 500  # rows asked for in one statement

Step = tuple[str, str, Mapping[str, Any]]  # table, column, and the value before by the row's number
Edit = Callable[[sqlite3.Connection], Sequence[Step]]


def edit(set_id: str, label: str, change: Edit) -> None:
    """Does an edit and writes down how it is taken back.

    Args:
        set_id: The set.
        label: What is done, to follow "Undo: ", such as "remove 3 pictures".
        change: Changes the open file by `change_column`, and returns what that gave.

    Raises:
        UserError: There is no such set, or it cannot be written.
    """

    def do(connection: sqlite3.Connection) -> None:
        steps = [step for step in change(connection) if step[2]]
        if steps:
            connection.execute("INSERT INTO history (label, steps) VALUES (?, ?)", (label, json.dumps(steps)))
            connection.execute("DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?", (MOST_KEPT,))

    writing(set_id, do)


def change_column(connection: sqlite3.Connection, table: str, column: str, ids: Sequence[int], value: Any) -> Step:
    """Sets one column of some rows, and returns the step that takes it back; rows that have the value are left out."""
    before: dict[str, Any] = {}
    for part in _portions(ids):
        marks = ",".join("?" * len(part))
        found = connection.execute(
            f"SELECT id, {column} AS value FROM {table} WHERE id IN ({marks}) AND {column} IS NOT ?", (*part, value)
        ).fetchall()
        before |= {str(row["id"]): row["value"] for row in found}
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE id IN ({marks})", (value, *part))
    return table, column, before


def undo(set_id: str) -> str:
    """Takes the last edit back; returns what it was, or "" if there is nothing to take back.

    Raises:
        UserError: There is no such set, or it cannot be written.
    """

    def take_back(connection: sqlite3.Connection) -> str:
        row = connection.execute(_LAST).fetchone()
        if row is None:
            return ""
        for table, column, before in reversed(json.loads(row["steps"])):
            # A removed picture that was added once more meanwhile stays removed: one is there.
            statement = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE id = ?"
            connection.executemany(statement, [(value, int(number)) for number, value in before.items()])
        _tell_apart(connection)
        connection.execute("DELETE FROM history WHERE id = ?", (row["id"],))
        return str(row["label"])

    return writing(set_id, take_back)


def undo_label(set_id: str) -> str:
    """Returns what `undo` would take back, or "".

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    row = reading(set_id, lambda connection: connection.execute(_LAST).fetchone())
    return "" if row is None else str(row["label"])


def _tell_apart(connection: sqlite3.Connection) -> None:
    """Gives a class that came back another name where one of its name was added meanwhile."""
    names: list[str] = []
    for row in connection.execute("SELECT id, name FROM classes WHERE removed IS NULL ORDER BY id DESC").fetchall():
        name, number = row["name"], 2
        while alike(name).casefold() in names:
            name, number = f"{row['name'][: LONGEST_CLASS - 3]} {number}", number + 1
        names.append(alike(name).casefold())
        if name != row["name"]:
            connection.execute("UPDATE classes SET name = ? WHERE id = ?", (name, row["id"]))


_LAST = "SELECT id, label, steps FROM history ORDER BY id DESC LIMIT 1"


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
