"""The pictures of a version with the groups they are of: what a figure counts, and what has changed since."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.drafts import Entry
from qtl_core.pictures.datasets.opening import reading
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import Part


@dataclass(frozen=True)
class VersionPicture:
    """A picture of a version.

    Attributes:
        entry: Its part, class, file and content.
        group: The same for pictures of one group, such as a burst; its own where it is alone.
    """

    entry: Entry
    group: str


def groups_of_files(pictures: Sequence[VersionPicture], files: Sequence[str]) -> list[str]:
    """Returns the group of each validation file of a version; a file that is none of it is a group of its own."""
    known = {(each.entry.class_name, each.entry.file): each.group for each in pictures if each.entry.part == "val"}
    return [known.get((Path(file).parent.name, Path(file).name), file) for file in files]


@dataclass(frozen=True)
class Changes:
    """The pictures by which a set differs from a version of it.

    Attributes:
        came: In the set now and not in the version, but for those of classes that were left out of it.
        gone: In the version, and no longer in the set.
        aside: Set aside for testing in the version.
    """

    came: int
    gone: int
    aside: int


def version_pictures(set_id: str, number: int) -> tuple[VersionPicture, ...]:
    """Returns the pictures of a version, also those that were removed since; () where there is no such version.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    return _pictures(layout.set_file(set_id), set_id, number, find_by_id(set_id).revision)


@lru_cache(maxsize=8)
def _pictures(_file: Path, set_id: str, number: int, _revision: int) -> tuple[VersionPicture, ...]:
    """Returns them; kept until the set changes, as pages ask every second."""

    def both(connection: sqlite3.Connection) -> tuple[sqlite3.Row | None, dict[str, str]]:
        row = connection.execute("SELECT content FROM versions WHERE number = ?", (number,)).fetchone()
        groups = connection.execute("SELECT sha256, burst FROM pictures ORDER BY removed IS NULL, id")
        return row, {each["sha256"]: each["burst"] for each in groups}  # those in the set win over removed ones

    row, groups = reading(set_id, both)
    if row is None:
        return ()
    entries = [Entry(*each) for each in json.loads(zlib.decompress(row["content"]))["pictures"]]
    return tuple(VersionPicture(each, _group_of(each, groups)) for each in entries)


def _group_of(entry: Entry, groups: dict[str, str]) -> str:
    burst = groups.get(entry.sha256, "")
    return f"g{burst}" if burst else f"p{entry.sha256}"


def cut_classes(pictures: Sequence[VersionPicture]) -> tuple[str, ...]:
    """Returns the classes whose pictures are all of one group, which lies on both sides of the split."""
    groups: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, set[Part]] = defaultdict(set)
    for each in pictures:
        groups[each.entry.class_name].add(each.group)
        parts[each.entry.class_name].add(each.entry.part)
    return tuple(sorted(name for name in groups if len(groups[name]) == 1 and {"train", "val"} <= parts[name]))


def changes_since(set_id: str, number: int) -> Changes:
    """Returns by which pictures a set differs from one of its versions.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    before = [each.entry for each in version_pictures(set_id, number)]
    known, classes = {each.sha256 for each in before}, {each.class_name for each in before}
    trained = {each.id for each in find_by_id(set_id).classes if each.name in classes}
    now = pictures_of(set_id)
    return Changes(
        came=sum(each.class_id in trained and each.sha256 not in known for each in now),
        gone=len(known - {each.sha256 for each in now}),
        aside=sum(each.part == "test" for each in before),
    )
