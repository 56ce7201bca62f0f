"""A copy of a set, to be changed by somebody else: the same pictures, as hard links where the disk can make them."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import create, delete, find_by_id
from qtl_core.pictures.datasets.limits import count_bytes, why_full
from qtl_core.pictures.datasets.names import LONGEST_SET
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.datasets.records import DatasetRecord

_COLUMNS = "sha256, name, class, burst, chosen_part, origin, added, width, height, size"
COPY = " (copy)"


def copy_set(set_id: str, *, owner: str = "", maker: str = "") -> DatasetRecord:
    """Copies a set with its classes, pictures, groups, chosen parts, split and note; not its versions and its history.

    Args:
        set_id: The set.
        owner, maker: Whose the copy is; see `creating.create`.

    Raises:
        UserError: There is no such set, there is no room for a copy, or it cannot be written.
    """
    record = find_by_id(set_id)
    query = f"SELECT {_COLUMNS} FROM pictures WHERE removed IS NULL ORDER BY id"
    rows = [tuple(row) for row in reading(set_id, lambda connection: connection.execute(query).fetchall())]
    name = record.name[: LONGEST_SET - len(COPY)].rstrip() + COPY
    made = create(name, [klass.name for klass in record.classes], owner=owner, maker=maker, note=record.note)
    size = sum(row[-1] for row in rows)
    try:
        if why := why_full(made.id, size):
            raise UserError(f"{record.name} cannot be copied.", why, "Delete a set that you do not need.")
        for row in rows:
            _link(layout.picture_file(set_id, row[0], row[1]), layout.picture_file(made.id, row[0], row[1]))
        _write_rows(record, made, rows)
    except OSError as error:
        delete(made.id)
        raise UserError(f"{record.name} cannot be copied.", reason_of(error), "Make room, then try again.") from error
    except UserError:
        delete(made.id)
        raise
    count_bytes(made.id, size)
    return find_by_id(made.id)


def _link(file: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, copy)
    except OSError:  # a disk without links, or one file too often linked
        shutil.copyfile(file, copy)


def _write_rows(record: DatasetRecord, made: DatasetRecord, rows: Sequence[tuple[object, ...]]) -> None:
    """Writes the pictures' rows under the copy's own classes, and its split and colours, all at once."""
    ids = {old.id: new.id for old, new in zip(record.classes, made.classes, strict=True)}

    def change(connection: sqlite3.Connection) -> None:
        for old, new in zip(record.classes, made.classes, strict=True):
            connection.execute("UPDATE classes SET colour = ? WHERE id = ?", (old.colour, new.id))
        split = record.split
        shares = (split.val_share, split.test_share, split.seed, split.rule)
        connection.execute("UPDATE dataset SET val_share = ?, test_share = ?, seed = ?, split_rule = ?", shares)
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        moved = [(*row[:2], ids[int(str(row[2]))], *row[3:]) for row in rows if int(str(row[2])) in ids]
        connection.executemany(f"INSERT INTO pictures ({_COLUMNS}) VALUES ({marks})", moved)

    writing(made.id, change)
