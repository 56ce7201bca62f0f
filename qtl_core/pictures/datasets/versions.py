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
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath

from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import locked
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import find_by_id, mark_used, record_in
from qtl_core.pictures.datasets.opening import reading, writing
from qtl_core.pictures.datasets.reading import Contents, contents_in
from qtl_core.pictures.datasets.records import PARTS, DatasetRecord, Part, PictureRecord
from qtl_core.pictures.sources.dataset import Copy, Dataset, Picture
from qtl_core.pictures.sources.duplicates import copy_notes, find_copies, groups_of
from qtl_core.pictures.sources.perceptual_hash import perceptual_hashes


@dataclass(frozen=True)
class Entry:
    """A picture of a version.

    Attributes:
        part: Where it was.
        class_name: What its class was called.
        file: Its name in the folder of the version.
        sha256, name: Of its bytes, and the name of its file in the set.
    """

    part: Part
    class_name: str
    file: str
    sha256: str
    name: str


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
    draft = _draft(set_id)
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
    _draft(set_id)


def current_version(set_id: str) -> int:
    """Returns the number of the version that is the set as it is now, 0 where it was never frozen so.

    Raises:
        UserError: There is no such set, or it cannot be trained on.
    """
    digest = _draft(set_id).digest
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


@dataclass(frozen=True)
class _Draft:
    """The version that a set would be as it is now."""

    record: DatasetRecord
    entries: tuple[Entry, ...]
    notes: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        return sha256(json.dumps([*map(_row, self.entries), *self.notes]).encode()).hexdigest()


def _draft(set_id: str) -> _Draft:
    """Returns it; kept until the set changes, as pages ask at every click."""

    def both(connection: sqlite3.Connection) -> tuple[DatasetRecord, Contents]:
        return record_in(set_id, connection), contents_in(set_id, connection)

    record, contents = reading(set_id, both)
    file = layout.set_file(set_id)
    kept = _drafts.get(file)
    if kept is None or kept.record.revision != record.revision:
        kept = _Draft(record, *_entries(record, contents.pictures, contents.cut))
        if len(_drafts) >= MOST_DRAFTS:
            _drafts.clear()
        _drafts[file] = kept
    return kept


MOST_DRAFTS = 8
_drafts: dict[Path, _Draft] = {}


def _entries(
    record: DatasetRecord, pictures: Sequence[PictureRecord], cut: frozenset[int]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Returns what a version of the set would hold, and what there is to say of it."""
    of_class = {each.id: [picture for picture in pictures if picture.class_id == each.id] for each in record.classes}
    why_not = {each.name: _why_not(of_class[each.id]) for each in record.classes}
    classes = [each for each in record.classes if not why_not[each.name]]
    if len(classes) < 2:
        raise _too_few(record, {name: why for name, why in why_not.items() if why})
    entries = [entry for each in classes for entry in _named_entries(each.name, of_class[each.id])]
    entries.sort(key=lambda each: (PARTS.index(each.part), each.class_name, each.file))
    notes = [f"The class {name} is left out: {why}" for name, why in why_not.items() if why]
    notes += [_cut_note(each.name) for each in classes if each.id in cut]
    if aside := sum(each.part == "test" for each in entries):
        are = "picture is" if aside == 1 else "pictures are"
        notes.append(f"{aside:,} {are} set aside for testing: looked at once, when training is over.")
    return tuple(entries), tuple(notes)


def _named_entries(class_name: str, pictures: Sequence[PictureRecord]) -> list[Entry]:
    """Returns the pictures of a class, each with a file name that no other one of it has on any system."""
    taken: set[str] = set()
    found = []
    for picture in pictures:
        file = picture.name
        if file.casefold() in taken:
            path = PurePosixPath(file)
            file = f"{path.stem}-{picture.sha256[:12]}{path.suffix}"
        taken.add(file.casefold())
        found.append(Entry(picture.part, class_name, file, picture.sha256, picture.name))
    return found


def _why_not(pictures: Sequence[PictureRecord]) -> str:
    """Returns why a class cannot be trained on, or ""."""
    have = {each.part for each in pictures}
    if {"train", "val"} <= have:
        return ""
    if len(pictures) < 2:
        return "it takes two pictures, one to train on and another for validation."
    return f"none of its pictures is {'for validation' if 'train' in have else 'to train on'}."


def _too_few(record: DatasetRecord, why_not: dict[str, str]) -> UserError:
    why = " ".join(f"{name}: {why}" for name, why in list(why_not.items())[:3])
    return UserError(
        f"The data set {record.name} cannot be trained on yet.",
        why or "It has fewer than two classes.",
        "Add pictures, so that two classes have some.",
    )


def _cut_note(class_name: str) -> str:
    return (
        f"All pictures of the class {class_name} are of one group, such as a burst, so its last ones are for "
        "validation, and the network has as good as seen them: its figure flatters. Take another burst, from elsewhere."
    )


def _make(draft: _Draft) -> DatasetVersion:
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


def _fill(set_id: str, number: int, draft: _Draft) -> None:
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


def _row(entry: Entry) -> tuple[str, ...]:
    return entry.part, entry.class_name, entry.file, entry.sha256, entry.name


def _packed(draft: _Draft) -> bytes:
    return zlib.compress(json.dumps({"pictures": [*map(_row, draft.entries)], "notes": draft.notes}).encode())


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
