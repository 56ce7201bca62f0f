"""Pictures come into a set: strangers' files, checked, without their metadata, and kept so that nothing is half there.

A file is written whole before the row that names it, so that a process that is ended at any moment, or a full disk,
leaves the set as it was with what was added before.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import NO_ROOM, reason_of
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.limits import MEGABYTE, count_bytes, limits_now, why_full
from qtl_core.pictures.datasets.names import kept_file_name, kept_group
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.datasets.reading import records_of
from qtl_core.pictures.datasets.records import Added, Part
from qtl_core.pictures.datasets.schema import NoRoom
from qtl_core.pictures.datasets.undoing import Batch, note_added
from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.metadata import CleanPicture, cleaned
from qtl_core.pictures.decoding.open_picture import check_picture

RESERVE = 2 * MEGABYTE  # of the disk that stay free, so that rows can be written and edits made on a full one
AT_ONCE = 25  # pictures whose rows are written together: what is lost at most of a longer addition that is killed


class NotKept(UserError):
    """The disk refused a picture; `added` is how many of the same addition are kept."""

    def __init__(self, why: str, added: int) -> None:
        kept = f"{added:,} were added before it, and they are kept." if added else "What is in the set stays."
        super().__init__("A picture could not be kept.", why, f"{kept} Make room, then add the others.")
        self.args = (why, added)  # what pickle calls __init__ with again
        self.added = added


@dataclass(frozen=True)
class Incoming:
    """A file that is to come into a set.

    Attributes:
        class_id: The class it shows.
        content: Its bytes, or where it lies.
        name: Its name, also with folders before it.
        group: Pictures of one group are in the same part; "" for a picture by itself.
        origin: How it comes; see `PictureRecord`.
        part: The part it is to be in, or None for where the split puts it.
    """

    class_id: int
    content: bytes | Path
    name: str
    group: str = ""
    origin: str = "file"
    part: Part | None = None


def add_picture(
    set_id: str,
    class_id: int,
    content: bytes | Path,
    name: str,
    *,
    group: str = "",
    origin: str = "file",
    part: Part | None = None,
) -> Added:
    """Adds one file to a class; the arguments are those of `Incoming`.

    Returns:
        The picture, or why it was not added.

    Raises:
        UserError: There is no such set or class, or nothing can be written.
    """
    return add_many(set_id, [Incoming(class_id, content, name, group, origin, part)])[0]


def add_many(
    set_id: str,
    incoming: Iterable[Incoming],
    *,
    total: int = 0,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    batch: Batch | None = None,
) -> tuple[Added, ...]:
    """Adds files one after another; `incoming` is asked for the next one only then, so that it need not hold them all.

    Args:
        set_id: The set.
        incoming: The files.
        total: How many there are, as far as it is known.
        progress: Told how many files were looked at.
        should_stop: Looked at before every file.
        batch: What they are taken back with; None for together with those that came the same way into the same class
            just before, each burst by itself.

    Returns:
        For each of the files, in order, the picture or why it was not added.

    Raises:
        NotKept: The disk refused one; those before it are kept.
        UserError: There is no such set or class.
        StoppedByUser: `should_stop` said so; those before are kept.
    """
    addition = _Addition(set_id, batch)
    try:
        for number, each in enumerate(incoming, start=1):
            if should_stop():
                raise StoppedByUser
            addition.take(each)
            progress(number, max(total, number))
    finally:
        addition.write_rows()
    return addition.outcomes()


@dataclass(frozen=True)
class _New:
    """A file that is on disk, and has no row yet."""

    at: int  # its place among the outcomes
    incoming: Incoming
    sha256: str
    name: str
    clean: CleanPicture


class _Addition:
    """Files on their way into a set."""

    def __init__(self, set_id: str, batch: Batch | None) -> None:
        self.set_id, self.batch = set_id, batch
        self.limits = limits_now()
        self.classes, self.count = reading(set_id, _classes_and_count)
        self.found: list[int | str] = []  # a picture's number, or why it was not added
        self.notes: dict[int, str] = {}  # by the picture's number
        self.waiting: dict[str, _New] = {}  # by their contents
        self.done = 0

    def take(self, incoming: Incoming) -> None:
        if incoming.class_id not in self.classes:
            raise UserError("The class is not in this data set any more.", "", "Choose another class.")
        self.found.append(self._why_not(incoming))
        if len(self.waiting) >= AT_ONCE:
            self.write_rows()

    def _why_not(self, incoming: Incoming) -> str:
        """Brings a file to its place on disk, where its row waits to be written; or returns why not."""
        try:
            content = _content(incoming.content, self.limits.picture_bytes)
            if reason := check_picture(content):
                return reason
            clean = cleaned(content, most_pixels=self.limits.kept_pixels, most_bytes=self.limits.kept_bytes)
        except UnreadablePicture as error:
            return str(error)
        sha256 = hashlib.sha256(clean.content).hexdigest()
        if why := self._why_full(sha256, len(clean.content)):
            return why
        name = kept_file_name(incoming.name, clean.kind)
        self._put(layout.picture_file(self.set_id, sha256, name), clean.content)
        self.waiting[sha256] = _New(len(self.found), incoming, sha256, name, clean)
        return ""

    def _why_full(self, sha256: str, size: int) -> str:
        if (class_id := self._class_that_has(sha256)) is not None:
            return self._copy_words(class_id)
        if self.count + len(self.waiting) >= self.limits.set_pictures:
            return f"The data set has {self.limits.set_pictures:,} pictures, and no more are kept in one."
        return why_full(self.set_id, size)

    def _class_that_has(self, sha256: str) -> int | None:
        if sha256 in self.waiting:
            return self.waiting[sha256].incoming.class_id
        return reading(self.set_id, lambda connection: _class_of(connection, sha256))

    def _copy_words(self, class_id: int) -> str:
        return f"It is there already, in the class {self.classes.get(class_id, '')}: the same picture, byte for byte."

    def _put(self, file: Path, content: bytes) -> None:
        try:
            if shutil.disk_usage(layout.set_folder(self.set_id)).free < len(content) + RESERVE:
                raise OSError(errno.ENOSPC, "")
            put_file(file, content)
        except OSError as error:
            self.write_rows()
            raise NotKept(reason_of(error), self.done) from error

    def write_rows(self) -> None:
        """Writes the rows of the files that wait for it; where the disk is too full for that, of as many as it can."""
        waiting, self.waiting = list(self.waiting.values()), {}
        error: NoRoom | None = None
        while waiting:
            try:
                self._note_rows(waiting, writing(self.set_id, partial(_insert_all, waiting, self.batch)))
                break
            except NoRoom as full:
                error, last = full, waiting.pop()
                shutil.rmtree(layout.pictures_folder(self.set_id) / last.sha256, ignore_errors=True)
        if error:
            raise NotKept(NO_ROOM, self.done) from error

    def _note_rows(self, waiting: Sequence[_New], numbers: Sequence[int | str]) -> None:
        for new, number in zip(waiting, numbers, strict=True):
            self.found[new.at] = number
            if isinstance(number, int):
                self.done, self.count = self.done + 1, self.count + 1
                count_bytes(self.set_id, len(new.clean.content))
                self.notes[number] = new.clean.note

    def outcomes(self) -> tuple[Added, ...]:
        pictures = records_of(self.set_id, [each for each in self.found if isinstance(each, int)])
        gone = "It was removed again at once."
        return tuple(
            Added(None, each)
            if isinstance(each, str)
            else Added(pictures.get(each), "" if each in pictures else gone, self.notes[each])
            for each in self.found
        )


def put_file(file: Path, content: bytes) -> None:
    """Writes a file whole or not at all, so that it would outlast a power cut.

    Raises:
        OSError: It cannot be written.
    """
    if file.exists():  # named after its contents
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _classes_and_count(connection: sqlite3.Connection) -> tuple[dict[int, str], int]:
    """Returns the names of classes by their numbers, and how many pictures there are."""
    classes = connection.execute("SELECT id, name FROM classes WHERE removed IS NULL").fetchall()
    count = connection.execute("SELECT count(*) FROM pictures WHERE removed IS NULL").fetchone()[0]
    return {row["id"]: row["name"] for row in classes}, count


def _class_of(connection: sqlite3.Connection, sha256: str) -> int | None:
    row = connection.execute("SELECT class FROM pictures WHERE sha256 = ? AND removed IS NULL", (sha256,)).fetchone()
    return None if row is None else int(row["class"])


def _content(content: bytes | Path, most: int) -> bytes:
    """Returns the bytes of a file.

    Raises:
        UnreadablePicture: It has too many, or cannot be read.
    """
    try:
        if isinstance(content, Path) and content.exists() and not content.is_file():
            raise UnreadablePicture("It is not a file.")  # a device, a pipe: reading might never end
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        if size > most:
            raise UnreadablePicture(
                f"The file has {size / MEGABYTE:,.1f} MB; up to {most // MEGABYTE} MB a picture are kept here."
            )
        return content if isinstance(content, bytes) else content.read_bytes()
    except OSError as error:
        raise UnreadablePicture(f"The file cannot be read. {reason_of(error)}") from error


def _insert_all(waiting: Sequence[_New], batch: Batch | None, connection: sqlite3.Connection) -> list[int | str]:
    found, together = [], dict[Batch, list[int]]()
    for each in waiting:
        found.append(number := _insert(connection, each))
        if isinstance(number, int):
            together.setdefault(batch or _batch_of(connection, each.incoming), []).append(number)
    for which, numbers in together.items():
        note_added(connection, numbers, which)
    return found


def _batch_of(connection: sqlite3.Connection, incoming: Incoming) -> Batch:
    row = connection.execute("SELECT name FROM classes WHERE id = ?", (incoming.class_id,)).fetchone()
    key = json.dumps(["added", incoming.class_id, incoming.origin, incoming.group])
    return Batch(key, f"added to {row['name']}")


def _insert(connection: sqlite3.Connection, new: _New) -> int | str:
    """Writes the row of a picture; returns its number, or why it is not in the set where that changed meanwhile."""
    incoming, (width, height) = new.incoming, new.clean.size
    if not connection.execute(_IS_THERE, (incoming.class_id,)).fetchone():
        return "Its class was removed meanwhile."
    done = connection.execute(
        """INSERT OR IGNORE INTO pictures
        (sha256, name, class, burst, chosen_part, origin, added, width, height, size)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(new.sha256, new.name, incoming.class_id, kept_group(incoming.group), incoming.part, incoming.origin),
            *(time.time(), width, height, len(new.clean.content)),
        ),
    )
    return done.lastrowid or 0 if done.rowcount else "It came twice at the same moment, and is there once."


_IS_THERE = "SELECT 1 FROM classes WHERE id = ? AND removed IS NULL"


def reasons_of(outcomes: Sequence[Added]) -> dict[str, int]:
    """Returns why files were not added, with how many of each, the most frequent first."""
    found: dict[str, int] = {}
    for each in outcomes:
        if each.reason:
            found[each.reason] = found.get(each.reason, 0) + 1
    return dict(sorted(found.items(), key=lambda item: -item[1]))
