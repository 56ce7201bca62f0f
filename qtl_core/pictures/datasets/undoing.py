"""Undo: every edit of a set writes down the values there were before, and taking it back writes them again.

Pictures that came together are taken back together: they are removed, as by hand, and nothing of them is lost for good
before removed pictures are.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qtl_core.pictures.datasets.names import LONGEST_CLASS
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.sources.class_names import alike

MOST_KEPT = 100  # edits
TOGETHER_SECONDS = 60.0  # pictures that come into a class one after another, with less than this between them
LOOK_BACK = 20  # rows: how many batches may be on their way at a time, as from thirty phones into ten classes
NOW = "now"  # as a value before: the time at which it is taken back
AT_ONCE = 500  # rows asked for in one statement

Step = tuple[str, str, Mapping[str, Any]]  # table, column, and the value before by the row's number
Edit = Callable[[sqlite3.Connection], Sequence[Step]]


@dataclass(frozen=True)
class Batch:
    """A batch of changes that are taken back as one.

    Attributes:
        key: What its changes have in common, and no other ones.
        label: What follows the number of its pictures, such as "added to Cats".
        is_one: Whether it is one however long it takes, as an archive; others end with a pause.
    """

    key: str
    label: str
    is_one: bool = False


def edit(
    set_id: str, label: str | Callable[[sqlite3.Connection], str], change: Edit, batch: Batch | None = None
) -> None:
    """Does an edit and writes down how it is taken back.

    Args:
        set_id: The set.
        label: What is done, to follow "Undo: ", such as "removing 3 pictures"; or what finds that in the open file,
            before the change.
        change: Changes the open file by `change_column`, and returns what that gave.
        batch: What it belongs to, in place of being taken back by itself.

    Raises:
        UserError: There is no such set, or it cannot be written.
    """

    def do(connection: sqlite3.Connection) -> None:
        words = label if isinstance(label, str) else label(connection)
        if steps := [step for step in change(connection) if step[2]]:
            note_steps(connection, words, steps, batch)

    writing(set_id, do)


def note_steps(connection: sqlite3.Connection, label: str, steps: Sequence[Step], batch: Batch | None = None) -> None:
    """Writes down how a change is taken back that was just made in the open file; the arguments are those of `edit`."""
    if batch is None:
        _begin(connection, label, steps)
        return
    number = _row_of(connection, batch)
    before = json.loads(connection.execute("SELECT steps FROM history WHERE id = ?", (number,)).fetchone()["steps"])
    connection.execute("UPDATE history SET steps = ? WHERE id = ?", (json.dumps([*before, *steps]), number))


def note_added(connection: sqlite3.Connection, picture_ids: Sequence[int], batch: Batch) -> None:
    """Writes down that pictures came into the open file, so that they can be taken back together."""
    if not picture_ids:
        return
    number = _row_of(connection, batch)
    connection.executemany("UPDATE pictures SET step = ? WHERE id = ?", [(number, each) for each in picture_ids])
    connection.execute(
        "UPDATE history SET added = added + ?, changed = ? WHERE id = ?", (len(picture_ids), time.time(), number)
    )


def _row_of(connection: sqlite3.Connection, batch: Batch) -> int:
    """Returns the row of a batch's changes: the one there is, if nothing but other batches came since, or a new one."""
    now = time.time()
    for row in connection.execute("SELECT id, batch, changed FROM history ORDER BY id DESC LIMIT ?", (LOOK_BACK,)):
        if not row["batch"]:  # an edit, which may be of the pictures of the batch
            break
        if row["batch"] == batch.key and (batch.is_one or abs(now - row["changed"]) < TOGETHER_SECONDS):
            return int(row["id"])
    return _begin(connection, batch.label, (), batch.key)


def _begin(connection: sqlite3.Connection, label: str, steps: Sequence[Step], key: str = "") -> int:
    done = connection.execute(
        "INSERT INTO history (label, steps, batch, changed) VALUES (?, ?, ?, ?)",
        (label, json.dumps(steps), key, time.time()),
    )
    connection.execute("DELETE FROM history WHERE id <= (SELECT max(id) FROM history) - ?", (MOST_KEPT,))
    return done.lastrowid or 0


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
        now = time.time()
        connection.execute("UPDATE pictures SET removed = ? WHERE step = ? AND removed IS NULL", (now, row["id"]))
        for table, column, before in reversed(json.loads(row["steps"])):
            # A removed picture that was added once more meanwhile stays removed: one is there.
            statement = f"UPDATE OR IGNORE {table} SET {column} = ? WHERE id = ?"
            values = [(now if value == NOW else value, int(number)) for number, value in before.items()]
            connection.executemany(statement, values)
        _tell_apart(connection)
        connection.execute("DELETE FROM history WHERE id = ?", (row["id"],))
        return _words(row)

    return writing(set_id, take_back)


def undo_label(set_id: str) -> str:
    """Returns what `undo` would take back, such as "30 pictures added to Cats", or "".

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    row = reading(set_id, lambda connection: connection.execute(_LAST).fetchone())
    return "" if row is None else _words(row)


def so_many(count: int) -> str:
    """Returns a number of pictures in words: "1 picture", "1,200 pictures"."""
    return "1 picture" if count == 1 else f"{count:,} pictures"


def _words(row: sqlite3.Row) -> str:
    if not row["batch"]:
        return str(row["label"])
    return f"{so_many(row['added'])} {row['label']}" if row["added"] else f"what was {row['label']}"


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


_LAST = "SELECT id, label, steps, batch, added FROM history ORDER BY id DESC LIMIT 1"


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
