"""The pictures of a set as they are now, each with the part it is in; counted by class and part.

What was read is kept until the set changes: thousands of rows take a twentieth of a second, and pages ask often.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.opening import reading
from qtl_core.pictures.datasets.parts import ToDivide, divided
from qtl_core.pictures.datasets.records import PARTS, Part, PictureRecord, SplitSettings

MOST_KEPT = 8  # sets; one of 5,000 pictures takes 5 MB
_kept: OrderedDict[Path, Contents] = OrderedDict()
_turn = threading.Lock()


@dataclass(frozen=True)
class Contents:
    """All pictures of a set at one moment.

    Attributes:
        revision: The set's at that moment.
        pictures: In the order of adding.
        cut: Classes of one group alone, which had to be cut in two (see `parts`).
    """

    revision: int
    pictures: tuple[PictureRecord, ...]
    cut: frozenset[int]


def pictures_of(set_id: str, class_id: int | None = None) -> tuple[PictureRecord, ...]:
    """Returns the pictures of a set, or of one class, in the order of adding.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    pictures = contents_of(set_id).pictures
    return pictures if class_id is None else tuple(each for each in pictures if each.class_id == class_id)


def counts(set_id: str) -> Mapping[int, Mapping[Part, int]]:
    """Returns how many pictures each class has in each part; a class without any is left out.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    found: dict[int, dict[Part, int]] = {}
    for picture in contents_of(set_id).pictures:
        found.setdefault(picture.class_id, dict.fromkeys(PARTS, 0))[picture.part] += 1
    return found


def records_of(set_id: str, picture_ids: Sequence[int]) -> dict[int, PictureRecord]:
    """Returns some pictures by their numbers, those that are there; quick where others of a large set need no look.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """

    def question(connection: sqlite3.Connection) -> dict[int, PictureRecord]:
        found = _contents(set_id, _rows_together_with(connection, picture_ids), _split_of(connection), -1)
        return {each.id: each for each in found.pictures if each.id in wanted}

    wanted = set(picture_ids)
    return reading(set_id, question) if wanted else {}


def contents_of(set_id: str) -> Contents:
    """Returns all pictures of a set as of now.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    return reading(set_id, lambda connection: contents_in(set_id, connection))


def contents_in(set_id: str, connection: sqlite3.Connection) -> Contents:
    """Returns all pictures of a set whose file is open."""
    revision = connection.execute("SELECT revision FROM dataset").fetchone()["revision"]
    file = layout.set_file(set_id)
    with _turn:
        kept = _kept.get(file)
        if kept is not None and kept.revision == revision:
            _kept.move_to_end(file)
            return kept
    rows = connection.execute("SELECT * FROM pictures WHERE removed IS NULL ORDER BY id").fetchall()
    found = _contents(set_id, rows, _split_of(connection), revision)
    with _turn:
        _kept[file] = found
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _contents(set_id: str, rows: Sequence[sqlite3.Row], split: SplitSettings, revision: int) -> Contents:
    division = divided(
        [ToDivide(row["id"], row["class"], row["sha256"], row["burst"], row["chosen_part"]) for row in rows], split
    )
    folder = layout.pictures_folder(set_id)
    pictures = tuple(record_of(row, division.parts[row["id"]], folder) for row in rows)
    return Contents(revision, pictures, division.cut)


def _split_of(connection: sqlite3.Connection) -> SplitSettings:
    return SplitSettings(*connection.execute("SELECT val_share, test_share, seed, split_rule FROM dataset").fetchone())


def _rows_together_with(connection: sqlite3.Connection, picture_ids: Sequence[int]) -> list[sqlite3.Row]:
    """Returns the rows of all classes on which the parts of some pictures depend: theirs, and those of their groups."""
    chosen = json.dumps(list(picture_ids))
    classes = {row["class"] for row in connection.execute(_CLASSES_OF, (chosen,))}
    while more := {row["class"] for row in connection.execute(_NEIGHBOURS, (json.dumps(list(classes)),))} - classes:
        classes |= more
    return connection.execute(_ROWS_OF, (json.dumps(list(classes)),)).fetchall()


_CLASSES_OF = "SELECT DISTINCT class FROM pictures WHERE id IN (SELECT value FROM json_each(?))"
_NEIGHBOURS = """SELECT DISTINCT other.class FROM pictures AS one JOIN pictures AS other ON other.burst = one.burst
    WHERE one.class IN (SELECT value FROM json_each(?)) AND one.removed IS NULL AND one.burst != ''
    AND other.removed IS NULL AND other.burst != ''"""
_ROWS_OF = """SELECT * FROM pictures WHERE class IN (SELECT value FROM json_each(?)) AND removed IS NULL ORDER BY id"""


def record_of(row: sqlite3.Row, part: Part, folder: Path) -> PictureRecord:
    """Returns a row of the table of pictures as a record; `folder` is that of the set's pictures."""
    return PictureRecord(
        id=row["id"],
        sha256=row["sha256"],
        name=row["name"],
        class_id=row["class"],
        group=row["burst"],
        chosen_part=row["chosen_part"],
        part=part,
        origin=row["origin"],
        added=row["added"],
        width=row["width"],
        height=row["height"],
        size=row["size"],
        path=folder.joinpath(row["sha256"], row["name"]),
    )
