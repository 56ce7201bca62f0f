"""Fingerprints of what pictures look like, by which copies are found: in another size, format or quality too.

A look is the picture reduced to 16 x 16 points, the SHA-256 of its file, and what tells a poor photo (size, darkness,
blur). It is computed once and kept under the file's place, size and time of change, in a file that is safe to lose.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, JpegImagePlugin

from qtl_core.common import paths
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.sources.blur import blur_effect

SIDE = 16  # points; with more, pictures that were reduced far differ more from what they were made of
REDUCED = 256  # pixels of the shorter side that are left of a large JPEG at least
PLAIN_CONTRAST = 4.0  # of 255: a picture whose points differ by less (rms) has nothing to be recognised by
THREADS = 4  # at most: the largest pictures take a quarter of a gigabyte each
VERSION = 2  # raise it when looks change, so that those kept from before are not used
BUSY_SECONDS = 2.0  # how long to wait for another process that writes
AT_ONCE, WRITTEN_AT_ONCE = 500, 50  # files asked for in one statement, and written in one
_TABLE = """CREATE TABLE IF NOT EXISTS looks (file BLOB PRIMARY KEY, sha256 TEXT, points BLOB, pixels TEXT,
    width INTEGER, height INTEGER, brightest REAL, blur REAL)"""


@dataclass(frozen=True)
class PerceptualHash:
    """The fingerprint of a picture's look.

    Attributes:
        sha256: Of the file's bytes.
        points: The picture in 16 x 16 points, 8 bits of red, green and blue each.
        pixels: Of a plain picture, the SHA-256 of size and pixels, else "".
        width, height: As it is looked at, in pixels; 0 where that was not measured.
        brightest: The brightness, 0 (black) to 1, that 99 in 100 of its pixels are below.
        blur: `blur_effect` at the size that networks look at: 0 (sharp) to 1; 0 of a plain picture.
    """

    sha256: str
    points: bytes
    pixels: str = ""
    width: int = 0
    height: int = 0
    brightest: float = 1.0
    blur: float = 0.0


def perceptual_hashes(files: Sequence[Path], should_stop: ShouldStop) -> Iterator[PerceptualHash | None]:
    """Yields how each picture looks, in order; None for one that cannot be read.

    Raises:
        StoppedByUser: `should_stop` said so; what was computed by then stays kept.
    """
    keys = [_key(file) for file in files]
    with _Kept() as kept:
        known = kept.read(keys)
        missing = [file for file, key in zip(files, keys, strict=True) if key not in known]
        pool = ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1), thread_name_prefix="looks")
        try:
            computed = pool.map(_look, missing)
            for key in keys:
                if should_stop():
                    raise StoppedByUser
                look = known[key] if key in known else next(computed)
                if key not in known:
                    kept.write(key, look)
                yield look
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _look(file: Path) -> PerceptualHash | None:
    try:
        content = file.read_bytes()
        large = _large_jpeg(content)
        picture, size = large or _as_it_is(content)
    except (OSError, UserError):
        return None
    points = np.asarray(picture.resize((SIDE, SIDE)))
    is_plain = contrast_of(points.reshape(1, -1))[0] < PLAIN_CONTRAST
    pixels = _digest(picture.size, picture.tobytes()) if is_plain else ""
    grey = _grey(picture)
    brightest, blur = float(np.percentile(grey, 99)) / 255, 0.0 if is_plain else blur_effect(grey)
    return PerceptualHash(hashlib.sha256(content).hexdigest(), points.tobytes(), pixels, *size, brightest, blur)


Sized = tuple[Image.Image, tuple[int, int]]  # a picture, perhaps reduced, and the size it came in


def _as_it_is(content: bytes) -> Sized:
    picture = open_picture(content)
    return picture, picture.size


def _grey(picture: Image.Image) -> np.ndarray:
    """Returns a picture's brightness at the size that networks look at, float32 (height, width), 0 to 255."""
    shorter = min(picture.size)
    if shorter > REDUCED:
        width, height = (max(1, round(side * REDUCED / shorter)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(picture.convert("L"), dtype=np.float32)


def _large_jpeg(content: bytes) -> Sized | None:
    """Returns a large JPEG in reduced form, which takes a fifth of the time; None for every other picture."""
    if not content.startswith(b"\xff\xd8"):
        return None
    try:
        image = JpegImagePlugin.JpegImageFile(io.BytesIO(content))
        if image.mode != "RGB" or min(image.size) < 2 * REDUCED:
            return None
        size = image.size
        image.draft("RGB", (REDUCED, REDUCED))
        image.load()
        is_wide = image.width > image.height
        ImageOps.exif_transpose(image, in_place=True)
    except Exception:  # whatever is odd about it, the app's own reader knows what to do
        return None
    turned = image.width != image.height and is_wide != (image.width > image.height)
    return image, size[::-1] if turned else size


def contrast_of(points: np.ndarray) -> np.ndarray:
    """Returns by how much the points of pictures differ from their mean colour (rms): (N, 768) -> (N,)."""
    each = points.reshape(len(points), -1, 3).astype(np.float32)
    return np.sqrt(np.mean((each - each.mean(axis=1, keepdims=True)) ** 2, axis=(1, 2)))


def _key(file: Path) -> bytes:
    """Returns what differs whenever the file may have changed; it does not tell where the file lies."""
    try:
        status = file.stat()
    except OSError:
        return b""
    return _digest(VERSION, os.fspath(file), status.st_size, status.st_mtime_ns, status.st_ino).encode()


def _digest(*parts: object) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(part if isinstance(part, bytes) else repr(part).encode("utf-8", "replace") + b"\0")
    return whole.hexdigest()


class _Kept:
    """The looks on disk; what cannot be kept or read is computed again."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._new: list[tuple[object, ...]] = []

    def __enter__(self) -> _Kept:
        with contextlib.suppress(OSError, UserError):
            file = paths.writable("features") / f"looks-{VERSION}.sqlite"
            try:
                self._open(file)
            except sqlite3.OperationalError:  # locked, full or forbidden: the file itself is good
                self._close()
            except sqlite3.DatabaseError:  # damaged: made again the next time
                self._close()
                file.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._close()

    def read(self, keys: Sequence[bytes]) -> dict[bytes, PerceptualHash]:
        found: dict[bytes, PerceptualHash] = {}
        for start in range(0, len(keys), AT_ONCE):
            found.update(self._rows(keys[start : start + AT_ONCE]))
        return found

    def write(self, key: bytes, look: PerceptualHash | None) -> None:
        if key and look is not None:
            self._new.append((key, *astuple(look)))
        if len(self._new) >= WRITTEN_AT_ONCE:
            self._flush()

    def _open(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, timeout=BUSY_SECONDS)
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(_TABLE)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _flush(self) -> None:
        rows, self._new = self._new, []
        if rows and self._connection is not None:
            with contextlib.suppress(sqlite3.Error), self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _rows(self, keys: Sequence[bytes]) -> Iterable[tuple[bytes, PerceptualHash]]:
        if self._connection is None:
            return []
        marks = ",".join("?" * len(keys))
        try:
            rows = self._connection.execute(f"SELECT * FROM looks WHERE file IN ({marks})", keys).fetchall()
        except sqlite3.Error:
            return []
        return [(row[0], PerceptualHash(*row[1:])) for row in rows if _is_whole(row)]


def _is_whole(row: tuple[object, ...]) -> bool:
    _, sha256, points, pixels, width, height, brightest, blur = row
    is_typed = isinstance(sha256, str) and isinstance(pixels, str)
    are_figures = all(isinstance(each, int | float) for each in (width, height, brightest, blur))
    return is_typed and are_figures and isinstance(points, bytes) and len(points) == 3 * SIDE**2
