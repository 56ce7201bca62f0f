"""Fetches one file over http(s): resumed where it can be, checked, and put in place whole or not at all.

The rest of a download may only be added to the same file. `<target>.part` holds the bytes, `<target>.part.from` the
address and the mark (ETag or date) that the server gave that version.

Used for the photos and for backbone weights.
"""

from __future__ import annotations

import hashlib
import shutil
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import locked
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.fetching.http import Transfer, TransferError


@dataclass(frozen=True)
class PartialDownload:
    """The part of `target` that has been fetched from `url` so far."""

    url: str
    target: Path

    @property
    def path(self) -> Path:
        """The file of the bytes."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _origin(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.from")

    def version(self) -> str:
        """Returns the server's mark of the version begun, or "" where the part cannot be continued."""
        if not (self.path.is_file() and self._origin.is_file()):
            return ""
        url, _, mark = self._origin.read_text(encoding="utf-8", errors="replace").partition("\n")
        return mark if url == self.url else ""

    def begin(self, headers: Message) -> None:
        """Notes which version is being fetched; only a strong mark allows resuming (RFC 9110, If-Range)."""
        etag = headers.get("ETag", "")
        mark = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
        self._origin.write_text(f"{self.url}\n{mark}", encoding="utf-8")

    def discard(self) -> None:
        """Removes the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self._origin.unlink(missing_ok=True)

    def finish(self) -> None:
        """Makes the part the target, in one step."""
        self.path.replace(self.target)
        self._origin.unlink(missing_ok=True)


ATTEMPTS = 5  # a connection that breaks five times in one download will not carry the rest either
CONNECT_TIMEOUT = 4.0  # seconds; with no network the app says so after this, and never stalls longer
STALL_TIMEOUT = 20.0  # seconds; a mobile connection that changes cells is back within this
PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416


@dataclass(frozen=True)
class _Job:
    """One call of `download`: what is fetched, how it is checked, who hears of it."""

    part: PartialDownload
    sha256: str | None
    size: int | None
    progress: ProgressCallback
    should_stop: ShouldStop
    connect_timeout: float
    stall_timeout: float

    def fault(self, file: Path) -> str:
        """Returns why `file` is not the file asked for, or ""."""
        size = file.stat().st_size
        if self.size is not None and size != self.size:
            return f"It has {size} bytes where {self.size} were expected."
        if self.sha256 is None:
            return ""
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        return "" if found.startswith(self.sha256.lower()) else f"Its SHA-256 is {found}, not {self.sha256}."


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    size: int | None = None,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    connect_timeout: float = CONNECT_TIMEOUT,
    stall_timeout: float = STALL_TIMEOUT,
    by_hand: str | None = None,
) -> Path:
    """Fetches `url` to `target`; returns at once where a file that fits is already there.

    Args:
        url: An http or https address.
        target: The file to make. Its folder is made where it is missing.
        sha256: The file's SHA-256 in hexadecimal, or the first digits of it (torchvision names weights by eight).
        size: The file's size in bytes, where it is known.
        progress: Called with bytes so far and bytes in all (0 where the server does not say).
        should_stop: Looked at ten times a second; what has arrived is kept for the next attempt.
        connect_timeout: Seconds until the server must have answered.
        stall_timeout: Seconds over which at least 1 KiB a second must arrive.
        by_hand: The sentence that says how to do without this download; by default, where to put the file.

    Raises:
        UserError: No network, no such file, too slow, cut off too often, not the file expected, disk full.
        StoppedByUser: `should_stop` said so.
    """
    job = _Job(PartialDownload(url, target), sha256, size, progress, should_stop, connect_timeout, stall_timeout)
    failed = f"{target.name} could not be downloaded."
    do = f"Fetch {url} by other means and put it at {target}." if by_hand is None else by_hand
    if not url.lower().startswith(("http://", "https://")):
        raise UserError(failed, f"{url!r} is not an http or https address.", do)
    with locked(target, should_stop):
        try:
            if not target.is_file() or job.fault(target):
                _fetch(job)
        except TransferError as error:
            raise UserError(failed, str(error), do) from error
        except OSError as error:
            with suppress(OSError):
                job.part.discard()  # above all on a full disk: half a file only takes room there
            raise UserError(failed, reason_of(error), do) from error
    return target


def _fetch(job: _Job) -> None:
    """Tries until the part is whole and right, then puts it in place."""
    for attempt in range(1, ATTEMPTS + 1):
        resumed = bool(job.part.version())
        try:
            _receive(job)
        except TransferError as error:
            if not error.resumable or attempt == ATTEMPTS:
                raise
            time.sleep(0.1)  # a server that has just hung up gets a moment
            continue
        fault = job.fault(job.part.path)
        if not fault:
            return job.part.finish()
        job.part.discard()
        if not resumed or attempt == ATTEMPTS:  # a resumed part may have been spoilt before: that is worth a fresh try
            raise TransferError(f"What arrived is not the file expected. {fault}")
    return None


def _receive(job: _Job) -> None:
    """Asks for the file, or for the rest of it, and writes what arrives; returns only where nothing is missing."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "qtl-studio"}
    offset = 0
    if version := job.part.version():
        offset = job.part.path.stat().st_size
        headers |= {"Range": f"bytes={offset}-", "If-Range": version}
    request = urllib.request.Request(job.part.url, headers=headers)
    try:
        with Transfer(request, job.should_stop, job.connect_timeout, job.stall_timeout) as transfer:
            _write(job, transfer, offset if _continues(transfer, offset) else 0)
    except TransferError as error:
        if error.status == RANGE_NOT_SATISFIABLE:  # nothing from `offset` on: the part is not of this file
            job.part.discard()
        raise


def _continues(transfer: Transfer, offset: int) -> bool:
    """Returns whether the server sends the rest; one that knows no ranges, or has a newer version, sends it all."""
    if transfer.response.status != PARTIAL_CONTENT:
        return False
    sent = transfer.response.headers.get("Content-Range", "")
    if not sent.startswith(f"bytes {offset}-"):
        raise TransferError(f"The server was asked for the bytes from {offset} on and sent {sent!r}.")
    return True


def _write(job: _Job, transfer: Transfer, offset: int) -> None:
    length = int(transfer.response.headers.get("Content-Length") or 0)
    total = offset + length if length else 0
    _check_space(job.part.path.parent, length)
    if not offset:
        job.part.begin(transfer.response.headers)
    with job.part.path.open("ab" if offset else "wb") as file:
        job.progress(offset, total)
        for chunk in transfer.chunks():
            file.write(chunk)
            job.progress(file.tell(), total)
        done = file.tell()
    if done < total:
        raise TransferError(f"The connection broke after {done} of {total} bytes.", resumable=True)


def _check_space(folder: Path, length: int) -> None:
    free = shutil.disk_usage(folder).free
    if length > free:
        raise TransferError(f"There is too little room on the disk: {length} bytes are needed and {free} are free.")
