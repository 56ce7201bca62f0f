"""Files on their way into data sets: pieces of archives, and pictures that are not looked at yet.

    incoming/pictures/<process>-<random>         a picture while it comes in; gone with the request
    incoming/archives/<whose>/<upload>.part      what has come of an archive
    incoming/archives/<whose>/<upload>.zip       a whole one, until it is taken over or a day old
    incoming/archives/<whose>/<upload>.json      what it is called, and the set and class that it was dropped on

What a killed server left there goes when a server starts, and when the next file comes in.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

UPLOAD = re.compile(r"[\w-]{8,64}", re.ASCII)  # an identifier that a browser made
KEPT_SECONDS = 24 * 3600.0
ABANDONED_SECONDS = 3600.0  # longer than any request for a picture
SWEEP_SECONDS = 600.0
_swept: dict[Path, float] = {}
_coming: set[Path] = set()  # pictures that come in by this process


@dataclass(frozen=True)
class DropTarget:
    """Record of where an archive was dropped.

    Attributes:
        name: What the visitor calls it.
        dataset: The set that it was dropped on.
        class_id: The class of it.
    """

    name: str
    dataset: str
    class_id: int


@dataclass(frozen=True)
class WaitingArchive:
    """An archive that waits to be taken over.

    Attributes:
        upload: Its identifier on the way.
        path: The file.
        target: Where it was dropped.
    """

    upload: str
    path: Path
    target: DropTarget


@contextmanager
def incoming_picture() -> Iterator[tuple[Path, IO[bytes]]]:
    """Gives a new file, open for writing and unbuffered, which is gone afterwards.

    Raises:
        UserError: Nothing can be written.
    """
    folder = paths.writable("incoming/pictures")
    sweep()
    path = folder / f"{os.getpid()}-{secrets.token_hex(12)}"
    _coming.add(path)
    try:
        file = path.open("xb", buffering=0)
    except OSError as error:
        _coming.discard(path)
        raise _not_kept(error) from error
    try:
        with file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)
        _coming.discard(path)


def received_of(owner: str, upload: str) -> int:
    """Returns how many bytes of an archive have come, whole or not."""
    for path in (_archive(owner, upload, "zip"), _archive(owner, upload, "part")):
        with contextlib.suppress(OSError):
            return path.stat().st_size
    return 0


@contextmanager
def incoming_archive(owner: str, upload: str, offset: int) -> Iterator[IO[bytes]]:
    """Gives the file of what has come of an archive, open for writing at an offset and unbuffered.

    Raises:
        UserError: Less than that has come, or nothing can be written.
    """
    path = _archive(owner, upload, "part")
    sweep()
    try:
        paths.writable("incoming/archives")
        path.parent.mkdir(exist_ok=True)
        with path.open("r+b" if path.exists() else "xb", buffering=0) as file:
            if file.seek(0, 2) < offset:
                raise UserError("A piece of the archive is missing.", "", "Send it again.")
            file.truncate(offset)  # what came of a piece whose connection was lost
            file.seek(offset)
            yield file
    except OSError as error:
        raise _not_kept(error) from error


def finish_archive(owner: str, upload: str, target: DropTarget | None = None) -> Path:
    """Gives an archive of which all has come its name.

    Args:
        owner: Whose it is.
        upload: Its identifier.
        target: Where it was dropped: `waiting_archives` finds it by that.

    Raises:
        UserError: It is not there any more.
    """
    whole = _archive(owner, upload, "zip")
    try:
        if target:
            _archive(owner, upload, "json").write_text(json.dumps(asdict(target)), "utf-8")
        _archive(owner, upload, "part").rename(whole)
    except OSError as error:
        raise _not_kept(error) from error
    return whole


def waiting_archives(owner: str, dataset: str) -> tuple[WaitingArchive, ...]:
    """Returns the whole archives that were dropped on a set and wait to be taken over, the first one first."""
    found = []
    for note in (paths.home() / "incoming" / "archives" / _whose(owner)).glob("*.json"):
        path = note.with_suffix(".zip")
        with contextlib.suppress(OSError, ValueError, TypeError):
            target = DropTarget(**json.loads(note.read_text("utf-8")))
            if target.dataset == dataset:
                found.append((path.stat().st_mtime_ns, WaitingArchive(note.stem, path, target)))
    return tuple(archive for _, archive in sorted(found, key=lambda each: each[0]))


def arrived_archive(owner: str, upload: str) -> Path | None:
    """Returns the file of a whole archive, or None where it is not whole, taken over, or gone."""
    if not UPLOAD.fullmatch(upload):
        return None
    path = _archive(owner, upload, "zip")
    return path if path.is_file() else None


def drop_archive(owner: str, upload: str) -> None:
    """Removes what has come of an archive: it was taken over, or nobody wants it."""
    for path in (_archive(owner, upload, end) for end in ("json", "part", "zip")):
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def incoming_bytes(owner: str | None = None) -> int:
    """Returns how much disk somebody's archives take before they are taken over, or everybody's."""
    root = paths.home() / "incoming" / "archives"
    found = (root if owner is None else root / _whose(owner)).glob("*/*" if owner is None else "*")
    return sum(_size(path) for path in found)


def _whose(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16] if owner else "all"


def _archive(owner: str, upload: str, end: str) -> Path:
    if not UPLOAD.fullmatch(upload):
        raise UserError("There is no such archive on its way.")
    return paths.home() / "incoming" / "archives" / _whose(owner) / f"{upload}.{end}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def sweep() -> None:
    """Removes what was abandoned: pictures of processes that are over at once, the rest now and then."""
    root, now = paths.home() / "incoming", time.time()
    for path in (root / "pictures").glob("*"):
        if path not in _coming and (_is_orphan(path) or _is_older(path, now - ABANDONED_SECONDS)):
            _remove(path)
    if now - _swept.get(root, 0.0) < SWEEP_SECONDS:
        return
    _swept[root] = now
    for path in root.glob("archives/*/*"):
        if _is_older(path, now - KEPT_SECONDS):
            _remove(path)


def _is_orphan(path: Path) -> bool:
    """Returns whether the process that took a picture in is over: what is of this one and not coming is of another."""
    process = path.name.partition("-")[0]
    if not process.isdecimal() or len(process) > 9:
        return False
    if int(process) == os.getpid():
        return True
    if os.name != "posix":
        return False  # asking would end it
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except OSError:
        return False


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _not_kept(error: OSError) -> UserError:
    return UserError("The file cannot be kept.", reason_of(error), "What is there already stays.")
