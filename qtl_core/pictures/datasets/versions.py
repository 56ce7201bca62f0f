"""Versions of a set: what was trained on, unchanged by whatever is done to the set afterwards.

A version lies on disk as an ordinary folder of pictures, parts over classes, whose files are hard links to those of the
set (copies where the disk has no links), so that it takes no room, and everything that reads a folder reads it. The
same pictures in the same parts are the same version.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import locked
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import find_by_id, mark_used
from qtl_core.pictures.datasets.drafts import Draft, Entry, draft_of
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.datasets.records import PARTS, DatasetRecord, Part
from qtl_core.pictures.sources.dataset import Copy, Dataset, Picture
from qtl_core.pictures.sources.duplicates import copy_notes, find_copies, groups_of
from qtl_core.pictures.sources.perceptual_hash import perceptual_hashes


@dataclass(frozen=True)
class DatasetVersion:
    """A version of a set.

    Attributes:
        set_id: The set.
        number: From 1.
        digest: Equal for equal versions: parts, classes, names and contents.
        created: Seconds since the epoch.
        folder: Where it lies, laid out as every folder of pictures.
        entries: Its pictures, in the order of torchvision's ImageFolder within each part.
        notes: What there is to say of how it was made.
    """

    set_id: str
    number: int
    digest: str
    created: float
    folder: Path
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of its classes, in alphabetical order."""
        return tuple(sorted({each.class_name for each in self.entries}))

    @property
    def counts(self) -> dict[Part, int]:
        """Pictures in each part."""
        found = Counter(each.part for each in self.entries)
        return {part: found[part] for part in PARTS}


def freeze(set_id: str) -> DatasetVersion:
    """Returns the version that is the set as it is now; made where nothing was ever trained on just that.

    Raises:
        UserError: Fewer than two classes can be trained on, a picture's file is gone, or nothing can be written.
    """
    draft = draft_of(set_id)
    mark_used(set_id)
    known = reading(set_id, lambda connection: connection.execute(_BY_DIGEST, (draft.digest,)).fetchone())
    if known is not None:
        return _whole(_version(set_id, known), draft.record)
    with locked(layout.set_folder(set_id) / "versions", never_stop):
        return _make(draft)


def check_can_train(set_id: str) -> None:
    """Looks whether two classes or more of a set as it is now can be trained on.

    Raises:
        UserError: They cannot; it says what is lacking.
    """
    draft_of(set_id)


def current_version(set_id: str) -> int:
    """Returns the number of the version that is the set as it is now, 0 where it was never frozen so.

    Raises:
        UserError: There is no such set, or it cannot be trained on.
    """
    digest = draft_of(set_id).digest
    row = reading(set_id, lambda connection: connection.execute(_BY_DIGEST, (digest,)).fetchone())
    return 0 if row is None else int(row["number"])


def find_version(set_id: str, number: int) -> DatasetVersion:
    """Returns a version as it was, with its pictures in their places.

    Raises:
        UserError: The set, the version, or some of its pictures are gone.
    """
    record = find_by_id(set_id)
    row = reading(set_id, lambda connection: connection.execute(_BY_NUMBER, (number,)).fetchone())
    if row is None:
        raise UserError(
            f"The data set {record.name} has no version {number}.", "", "Train on the set as it is now (version 0)."
        )
    mark_used(set_id)
    return _whole(_version(set_id, row), record)


def load_version(
    set_id: str,
    number: int = 0,
    *,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    comparing: bool = True,
) -> Dataset:
    """Returns the pictures of a set to train on.

    Args:
        set_id: The set.
        number: Which version; 0 for the set as it is now, which is frozen.
        progress: Called with pictures compared and pictures in all.
        should_stop: Looked at before every picture.
        comparing: Whether pictures are compared with each other.

    Raises:
        UserError: See `freeze` and `find_version`.
        StoppedByUser: `should_stop` said so.
    """
    version = find_version(set_id, number) if number else freeze(set_id)
    return dataset_of(version, progress=progress, should_stop=should_stop, comparing=comparing)


def dataset_of(
    version: DatasetVersion,
    *,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    comparing: bool = True,
) -> Dataset:
    """Returns the pictures of a version to train on; the arguments are those of `load_version`.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    label_of = {name: label for label, name in enumerate(version.classes)}
    bursts = _bursts(version.set_id)
    pictures = [_picture(version, each, label_of[each.class_name], bursts) for each in version.entries]
    copies = _copies(version, pictures, progress, should_stop) if comparing else ()
    train, val, test = (tuple(each for each in pictures if each.split == part) for part in PARTS)
    notes = [*version.notes, *copy_notes(copies, version.folder, len(val), divided=False)]
    name = find_by_id(version.set_id).name
    return Dataset(name, "dataset", version.classes, train, val, (), tuple(notes), copies, test)


def _picture(version: DatasetVersion, entry: Entry, label: int, bursts: dict[str, str]) -> Picture:
    place = version.folder / entry.part / entry.class_name / entry.file
    return Picture(place, label, entry.part, bursts.get(entry.sha256, ""))


def _bursts(set_id: str) -> dict[str, str]:
    """Returns the group of every picture that is of one, by its contents; of removed pictures, too."""
    query = "SELECT sha256, burst FROM pictures WHERE burst != '' ORDER BY removed IS NULL, id"
    return reading(set_id, lambda connection: {each["sha256"]: each["burst"] for each in connection.execute(query)})


def _copies(
    version: DatasetVersion,
    pictures: Sequence[Picture],
    progress: ProgressCallback,
    should_stop: ShouldStop,
) -> tuple[Copy, ...]:
    """Compares the pictures, by the files of the set: what was found out of them serves every version."""
    files = [layout.picture_file(version.set_id, each.sha256, each.name) for each in version.entries]
    looks = []
    for number, look in enumerate(perceptual_hashes(files, should_stop), start=1):
        looks.append(look)
        progress(number, len(files))
    order = sorted(range(len(pictures)), key=lambda at: pictures[at].split != "train")  # training pictures first
    looks, pictures = [looks[at] for at in order], [pictures[at] for at in order]
    return find_copies(pictures, looks, groups_of(looks, should_stop=should_stop))


def _make(draft: Draft) -> DatasetVersion:
    """Makes a version while nobody else does: first its folder, and then the row that names it."""
    set_id = draft.record.id
    known = reading(set_id, lambda connection: connection.execute(_BY_DIGEST, (draft.digest,)).fetchone())
    if known is not None:  # somebody was quicker
        return _whole(_version(set_id, known), draft.record)
    last = reading(set_id, lambda connection: connection.execute("SELECT max(number) FROM versions").fetchone()[0])
    number = (last or 0) + 1
    _fill(set_id, number, draft)
    row = (number, draft.digest, time.time(), _packed(draft))

    def insert(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?)", row)

    writing(set_id, insert, counts=False)
    return _version(set_id, reading(set_id, lambda connection: connection.execute(_BY_NUMBER, (number,)).fetchone()))


def _fill(set_id: str, number: int, draft: Draft) -> None:
    """Makes the folder of a version, whole or not at all, in place of one that was cut off before it was named."""
    folder = layout.version_folder(set_id, number)
    making = folder.with_name(f".making-{secrets.token_hex(4)}")
    try:
        for place in {(each.part, each.class_name) for each in draft.entries}:
            (making / place[0] / place[1]).mkdir(parents=True)
        gone = [each for each in draft.entries if not _link(set_id, making, each)]
        if gone:
            raise _gone(draft.record, number, len(gone), len(draft.entries))
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    except OSError as error:
        raise UserError(
            f"The pictures of {draft.record.name} cannot be kept as they are now.",
            reason_of(error),
            "Make room, then try again.",
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _link(set_id: str, folder: Path, entry: Entry) -> bool:
    """Puts a picture into the folder of a version; returns whether its file was still there."""
    file = layout.picture_file(set_id, entry.sha256, entry.name)
    place = folder / entry.part / entry.class_name / entry.file
    try:
        os.link(file, place)
    except FileNotFoundError:
        return False
    except OSError:  # a disk without hard links, or with too many of one file
        if not file.is_file():
            return False
        shutil.copy2(file, place)
    return True


def _whole(version: DatasetVersion, record: DatasetRecord) -> DatasetVersion:
    """Returns a version whose files are all there, put back from those of the set where some are not.

    Raises:
        UserError: Some are gone.
    """
    missing = _missing(version)
    if not missing:
        return version
    try:
        for part, class_name in {(each.part, each.class_name) for each in missing}:
            (version.folder / part / class_name).mkdir(parents=True, exist_ok=True)
        gone = [each for each in missing if not _link(version.set_id, version.folder, each)]
    except OSError as error:
        raise UserError(f"The pictures of {record.name} cannot be put back.", reason_of(error)) from error
    if gone:
        raise _gone(record, version.number, len(gone), len(version.entries))
    return version


def _missing(version: DatasetVersion) -> list[Entry]:
    """Returns the pictures whose files are not in the folder, which is listed once for each class."""
    inside: dict[tuple[str, str], set[str]] = {}
    for each in version.entries:
        place = (each.part, each.class_name)
        if place not in inside:
            try:
                inside[place] = set(os.listdir(version.folder.joinpath(*place)))  # noqa: PTH208  names alone
            except OSError:
                inside[place] = set()
    return [each for each in version.entries if each.file not in inside[each.part, each.class_name]]


def _gone(record: DatasetRecord, number: int, count: int, total: int) -> UserError:
    return UserError(
        f"Version {number} of the data set {record.name} cannot be had back.",
        f"{count:,} of its {total:,} pictures are no longer on this computer.",
        "Train on the set as it is now instead.",
    )


_BY_DIGEST = "SELECT * FROM versions WHERE digest = ?"
_BY_NUMBER = "SELECT * FROM versions WHERE number = ?"


def _packed(draft: Draft) -> bytes:
    return zlib.compress(json.dumps({"pictures": [each.row for each in draft.entries], "notes": draft.notes}).encode())


def _version(set_id: str, row: sqlite3.Row) -> DatasetVersion:
    found = json.loads(zlib.decompress(row["content"]))
    return DatasetVersion(
        set_id=set_id,
        number=row["number"],
        digest=row["digest"],
        created=row["created"],
        folder=layout.version_folder(set_id, row["number"]),
        entries=tuple(Entry(*each) for each in found["pictures"]),
        notes=tuple(found["notes"]),
    )
