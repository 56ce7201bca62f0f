"""Data sets as wholes: made, found, listed, deleted, and taken back.

Whoever knows the identifier of a set may look at it, and names can be guessed: so all that takes an address from
anywhere (links, settings, routes) finds by identifier, and a name is for a shell.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.limits import check_may_create
from qtl_core.pictures.datasets.names import MOST_CLASSES, checked_class_name, checked_set_name, checked_set_note
from qtl_core.pictures.datasets.opening import connected, reading, writing
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord, SplitSettings
from qtl_core.pictures.datasets.schema import UnknownDataset, in_words, migrate, unknown_dataset

Value = TypeVar("Value")
NAME_SECONDS = 5.0  # a list of thousands of runs asks for the names of their sets
_names: dict[Path, tuple[str, float]] = {}
LOOKED_AT = 1 << 20  # bytes of a damaged file: the row of the set lies near its beginning
USED_EVERY = 600.0  # seconds: how exactly it is known when a set was last used


def create(
    name: str, classes: Sequence[str] = (), *, owner: str = "", maker: str = "", note: str = ""
) -> DatasetRecord:
    """Makes a data set.

    Args:
        name: What to call it; others may be called the same.
        classes: Names of its classes, in order.
        owner: Hash of its maker's secret, or "" where everything is everybody's.
        maker: The same hash also there, so that it is still theirs where the server is open later; "" for a shell.
        note: What else there is to say of it.

    Raises:
        UserError: A name cannot be used, there are too many sets, or nothing can be written.
    """
    name, note, kept = checked_set_name(name), checked_set_note(note), _checked_classes(classes)
    check_may_create(owner)
    paths.writable(layout.FOLDER)
    set_id, making = layout.new_id(), layout.root() / f".making-{layout.new_id()}"
    try:
        (making / "pictures").mkdir(parents=True)
        _write_file(making / "set.sqlite", name, note, (owner, maker), kept)
        making.rename(layout.set_folder(set_id))
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(making, ignore_errors=True)
        raise _not_made(name, error) from error
    return find_by_id(set_id)


def find_by_id(set_id: str) -> DatasetRecord:
    """Returns a set by its identifier, whoever it belongs to.

    Raises:
        UserError: There is none, or its file is damaged.
    """
    return reading(set_id, partial(record_in, set_id))


def find(name_or_id: str, owner: str | None = None) -> DatasetRecord:
    """Returns a set by its identifier, or by its name where no other one is called the same: for a shell.

    Args:
        name_or_id: What it is called.
        owner: Whose sets are looked through for the name; None for everybody's. An identifier finds everybody's.

    Raises:
        UserError: There is none, there are several of that name, or its file is damaged.
    """
    if layout.ID.fullmatch(name_or_id):
        with contextlib.suppress(UnknownDataset):  # else it may be a name that looks like an identifier
            return find_by_id(name_or_id)
    named = [each for each in list_datasets(owner) if each.name == name_or_id]
    if len(named) > 1:
        ids = ", ".join(each.id for each in named)
        raise UserError(f"There are {len(named)} data sets called {name_or_id}.", "", f"Say which: {ids}.")
    if not named:
        raise unknown_dataset(name_or_id)
    return named[0]


@dataclass(frozen=True)
class Listing:
    """Sets, and those among them that cannot be shown.

    Attributes:
        records: Those used last first.
        unreadable: Identifiers of sets whose file is damaged, or of a newer version of the app.
    """

    records: tuple[DatasetRecord, ...]
    unreadable: tuple[str, ...] = ()


def list_datasets(owner: str | None = None, *, deleted: bool = False) -> tuple[DatasetRecord, ...]:
    """Returns the records of `listing`."""
    return listing(owner, deleted=deleted).records


def listing(owner: str | None = None, *, deleted: bool = False) -> Listing:
    """Returns sets; a set whose file cannot be read takes nothing away from the others.

    Args:
        owner: Whose; None for everybody's.
        deleted: Those that were deleted, and can be had back, in place of those that are there.
    """
    found: list[DatasetRecord] = []
    unreadable: list[str] = []
    for set_id in layout.all_ids():
        try:
            found.append(reading(set_id, partial(record_in, set_id), deleted=True))
        except UnknownDataset:  # it went this moment
            continue
        except UserError:
            unreadable.append(set_id)
    wanted = [each for each in found if (each.deleted is not None) == deleted]
    if owner is not None:
        wanted = [each for each in wanted if each.belongs_to(owner)]
    records = tuple(sorted(wanted, key=lambda each: (-each.used, each.name)))
    return Listing(records, tuple(each for each in unreadable if owner is None or _names_owner(each, owner)))


def _names_owner(set_id: str, owner: str) -> bool:
    """Returns whether the bytes of a set's file name an owner: a damaged file tells nothing else of whose it is."""
    with contextlib.suppress(OSError), layout.set_file(set_id).open("rb") as file:
        return bool(owner) and owner.encode() in file.read(LOOKED_AT)
    return False


def delete(set_id: str) -> None:
    """Hides a set; `undelete` brings it back until it is purged.

    Raises:
        UserError: There is no such set, or nothing can be written.
    """
    writing(set_id, lambda connection: connection.execute("UPDATE dataset SET deleted = ?", (time.time(),)))


def undelete(set_id: str) -> DatasetRecord:
    """Brings a deleted set back, and returns it.

    Raises:
        UserError: It is not there any more, or nothing can be written.
    """
    change = "UPDATE dataset SET deleted = NULL, used = ?"
    writing(set_id, lambda connection: connection.execute(change, (time.time(),)), deleted=True)
    return find_by_id(set_id)


def mark_used(set_id: str) -> None:
    """Takes note that somebody does something with a set; trouble with that troubles nobody."""

    def mark(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE dataset SET used = ?", (time.time(),))

    with contextlib.suppress(UserError):
        used = reading(set_id, lambda connection: connection.execute("SELECT used FROM dataset").fetchone()["used"])
        if abs(time.time() - used) > USED_EVERY:
            writing(set_id, mark, counts=False)


def name_of(set_id: str) -> str:
    """Returns what a set is called, a few seconds old at most; "" where it is not here, or cannot be read."""
    key, now = layout.set_file(set_id), time.monotonic()
    known, until = _names.get(key, ("", 0.0))
    if now >= until:
        known = ""
        with contextlib.suppress(UserError):
            known = reading(
                set_id, lambda connection: str(connection.execute("SELECT name FROM dataset").fetchone()[0])
            )
        _names[key] = known, now + NAME_SECONDS
    return known


def revision_of(set_id: str) -> int:
    """Returns what grows with every change of a set.

    Raises:
        UserError: There is no such set.
    """
    return reading(set_id, lambda connection: connection.execute("SELECT revision FROM dataset").fetchone()[0])


def _checked_classes(classes: Sequence[str]) -> list[str]:
    if len(classes) > MOST_CLASSES:
        raise UserError(f"The set would have {len(classes)} classes.", f"Up to {MOST_CLASSES} are kept in one.")
    kept: list[str] = []
    for each in classes:
        kept.append(checked_class_name(each, kept))
    return kept


def _write_file(file: Path, name: str, note: str, whose: tuple[str, str], classes: Sequence[str]) -> None:
    now, split = time.time(), SplitSettings()
    with closing(connected(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        migrate(connection)
        connection.execute(
            """INSERT INTO dataset
            (id, name, note, owner, maker, created, used, revision, val_share, test_share, seed, split_rule, deleted)
            VALUES (1, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, NULL)""",
            (name, note, *whose, now, now, split.val_share, split.test_share, split.seed, split.rule),
        )
        rows = [(each, number) for number, each in enumerate(classes)]
        connection.executemany("INSERT INTO classes (name, colour) VALUES (?, ?)", rows)
        connection.execute("COMMIT")


_COUNTED = """SELECT id, name, colour,
    (SELECT count(*) FROM pictures WHERE class = classes.id AND removed IS NULL) AS count
    FROM classes WHERE removed IS NULL ORDER BY id"""


def record_in(set_id: str, connection: sqlite3.Connection) -> DatasetRecord:
    """Returns a set whose file is open.

    Raises:
        TypeError: A value in it is of another kind than the app writes.
    """
    row = connection.execute("SELECT * FROM dataset").fetchone()
    return DatasetRecord(
        id=set_id,
        name=_kept_as(str, row["name"]),
        note=_kept_as(str, row["note"]),
        owner=_kept_as(str, row["owner"]),
        maker=_kept_as(str, row["maker"]),
        created=_kept_as(float, row["created"]),
        used=_kept_as(float, row["used"]),
        revision=_kept_as(int, row["revision"]),
        classes=tuple(_classes(connection)),
        split=SplitSettings(row["val_share"], row["test_share"], row["seed"], row["split_rule"]),
        deleted=None if row["deleted"] is None else _kept_as(float, row["deleted"]),
    )


def _kept_as(kind: type[Value], value: object) -> Value:
    """Returns a value of a row: SQLite keeps any kind in any column, as in a damaged file."""
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _classes(connection: sqlite3.Connection) -> Iterator[ClassRecord]:
    for row in connection.execute(_COUNTED):
        yield ClassRecord(row["id"], _kept_as(str, row["name"]), _kept_as(int, row["colour"]), row["count"])


def _not_made(name: str, error: Exception) -> UserError:
    if isinstance(error, sqlite3.Error):
        return in_words(error, name)
    return UserError(f"The data set {name} cannot be made.", reason_of(error), "Make room, or use another folder.")
