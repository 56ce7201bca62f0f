"""Limits of what people bring, per picture, per set, per visitor and for all, so that nobody fills the disk for others.

Each can be set by an environment variable (docs/own-data.md, "Limits"). Bytes are those of the pictures as they
are kept. Without owners, as on a person's own computer, the limits per visitor do not count.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from qtl_core.common.environment import number_in
from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.opening import reading

MEGABYTE = 1_000_000
LOOK_SECONDS = 5.0  # how old a sum over all sets may be


@dataclass(frozen=True)
class Limits:
    """All limits that hold now.

    Attributes:
        picture_bytes: Of one file as it comes.
        kept_pixels, kept_bytes: Of one picture as it is kept; a larger one is scaled down.
        set_pictures: In one set.
        visitor_sets, visitor_bytes: Of one visitor, where the server is open to others.
        all_bytes: Of all sets together.
    """

    picture_bytes: int
    kept_pixels: int
    kept_bytes: int
    set_pictures: int
    visitor_sets: int
    visitor_bytes: int
    all_bytes: int


def limits_now() -> Limits:
    """Returns the limits as the environment sets them."""
    return Limits(
        picture_bytes=number_in("QTL_OWN_PICTURE_MB", 60) * MEGABYTE,
        kept_pixels=number_in("QTL_OWN_KEPT_MEGAPIXELS", 24) * 1_000_000,
        kept_bytes=number_in("QTL_OWN_KEPT_MB", 16) * MEGABYTE,
        set_pictures=number_in("QTL_OWN_SET_PICTURES", 10_000),
        visitor_sets=number_in("QTL_OWN_VISITOR_SETS", 20),
        visitor_bytes=number_in("QTL_OWN_VISITOR_MB", 4_000) * MEGABYTE,
        all_bytes=number_in("QTL_OWN_ALL_MB", 40_000) * MEGABYTE,
    )


def check_may_create(owner: str) -> None:
    """Refuses one set more to a visitor who has as many as are allowed; deleted ones do not count.

    Raises:
        UserError: It is one too many.
    """
    most = limits_now().visitor_sets
    if owner and _usage.of(owner, anew=True).sets >= most:
        raise UserError(
            f"You have {most} data {'set' if most == 1 else 'sets'} already.",
            "More are not kept for one visitor of this server.",
            "Delete one that you do not need, or add to one that is there.",
        )


def why_full(set_id: str, more: int) -> str:
    """Returns why so many more bytes cannot be added to a set, as a sentence, or ""."""
    limits, owner = limits_now(), _usage.owner(set_id)
    if _usage.all().size + more > limits.all_bytes:
        most = _megabytes(limits.all_bytes)
        return f"All own pictures on this computer together may have {most}, and they do{_REMOVED}."
    if owner and _usage.of(owner).size + more > limits.visitor_bytes:
        most = _megabytes(limits.visitor_bytes)
        return f"Your pictures on this server may have {most} together, and they do{_REMOVED}."
    return ""


def count_bytes(set_id: str, more: int) -> None:
    """Takes note of bytes that were added, so that many quick additions do not pass a limit between two sums."""
    _usage.count(set_id, more)


@dataclass(frozen=True)
class Usage:
    """The disk that sets take.

    Attributes:
        sets: How many, without deleted ones.
        size: Bytes of their pictures, also of those that can still be had back.
    """

    sets: int = 0
    size: int = 0


def usage_of(owner: str | None = None) -> Usage:
    """Returns the disk that somebody's sets take, or all; a few seconds old at most."""
    return _usage.all() if owner is None else _usage.of(owner)


@dataclass(frozen=True)
class _OneSet:
    """The room that one set takes, and whose it is; one that is not known is nobody's, and empty."""

    owner: str = ""
    size: int = 0
    is_deleted: bool = False


def _total(sets: Collection[_OneSet]) -> Usage:
    return Usage(sum(not each.is_deleted for each in sets), sum(each.size for each in sets))


class _Sums:
    """Sums over all sets, made anew every few seconds."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._root: Path | None = None
        self._looked = 0.0
        self._sets: dict[str, _OneSet] = {}  # by identifier
        self._stamps: dict[str, tuple[tuple[int, int], ...]] = {}  # of the files as they were when that was asked

    def of(self, owner: str, *, anew: bool = False) -> Usage:
        return _total([each for each in self._now(anew=anew).values() if each.owner == owner])

    def all(self) -> Usage:
        return _total(self._now().values())

    def owner(self, set_id: str) -> str:
        return self._now().get(set_id, _OneSet()).owner

    def count(self, set_id: str, more: int) -> None:
        with self._turn:
            one = self._sets.get(set_id, _OneSet())
            self._sets[set_id] = replace(one, size=one.size + more)

    def _now(self, *, anew: bool = False) -> dict[str, _OneSet]:
        with self._turn:
            root, now = layout.root(), time.monotonic()
            ids = set(layout.all_ids())
            if anew or root != self._root or now - self._looked > LOOK_SECONDS or ids != set(self._sets):
                if root != self._root:
                    self._sets, self._stamps = {}, {}
                self._look(ids)
                self._root, self._looked = root, time.monotonic()
            return dict(self._sets)

    def _look(self, ids: Collection[str]) -> None:
        """Asks the sets whose files were written since; one that cannot be read counts as nobody's, and empty."""
        stamps = {set_id: _stamp(set_id) for set_id in ids}
        self._sets = {
            set_id: self._sets[set_id]
            if set_id in self._sets and self._stamps.get(set_id) == stamp
            else _sum_of(set_id)
            for set_id, stamp in stamps.items()
        }
        self._stamps = stamps


_usage = _Sums()
_SUM = """SELECT owner, deleted, (SELECT coalesce(sum(size), 0) FROM pictures) AS size FROM dataset"""
# Bytes count for as long as they are on the disk, or adding and removing in turn would fill it.
_REMOVED = ", with what was removed or deleted in the last 30 days"


def _sum_of(set_id: str) -> _OneSet:
    def question(connection: sqlite3.Connection) -> _OneSet:
        row = connection.execute(_SUM).fetchone()
        return _OneSet(str(row["owner"]), int(row["size"]), row["deleted"] is not None)

    with contextlib.suppress(UserError):
        return reading(set_id, question, deleted=True)
    return _OneSet()


def _stamp(set_id: str) -> tuple[tuple[int, int], ...]:
    """Returns what is another after every change of a set: time and length of its file and of what SQLite adds."""
    file, found = layout.set_file(set_id), []
    for path in (file, file.with_name(f"{file.name}-wal")):
        with contextlib.suppress(OSError):
            about = path.stat()
            found += [(about.st_mtime_ns, about.st_size)] if about.st_size else []
    return tuple(found)


def _megabytes(size: int) -> str:
    return f"{size // MEGABYTE:,} MB"
