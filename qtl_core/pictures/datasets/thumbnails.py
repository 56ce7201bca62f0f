"""Thumbnails of a data set's pictures: small squares, made once and kept beside the set under the pictures' SHA-256."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

from PIL import Image, ImageOps

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.opening import reading
from qtl_core.pictures.decoding.open_picture import open_picture

EDGE = 176  # pixels: a tile is 88 wide, on screens of twice the density
QUALITY = 80
FOLDER = "thumbnails"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def thumbnail(set_id: str, sha256: str) -> bytes:
    """Returns a picture's thumbnail, a JPEG; made now where it is not kept yet.

    Args:
        set_id: The set; anybody may have written it.
        sha256: Of the picture, likewise.

    Returns:
        The JPEG, or b"" where there is no such picture or it cannot be read.
    """
    if not layout.ID.fullmatch(set_id) or not _SHA256.fullmatch(sha256):
        return b""
    if not _is_in(set_id, sha256):
        return b""
    kept = layout.set_folder(set_id) / FOLDER / f"{sha256}.jpg"
    try:
        return kept.read_bytes()
    except OSError:
        made = next(map(_made, sorted((layout.pictures_folder(set_id) / sha256).glob("[!.]*"))), b"")
    if made:
        _keep(kept, made)
    return made


def _is_in(set_id: str, sha256: str) -> bool:
    """Returns whether a picture is in a set now: of a removed one, or in a deleted set, nothing is shown."""
    with contextlib.suppress(UserError):
        return reading(set_id, lambda connection: connection.execute(_IS_IN, (sha256,)).fetchone()) is not None
    return False


_IS_IN = "SELECT 1 FROM pictures WHERE sha256 = ? AND removed IS NULL"


def _made(path: Path) -> bytes:
    content = io.BytesIO()
    try:
        ImageOps.fit(_opened(path), (EDGE, EDGE)).save(content, "JPEG", quality=QUALITY)
    except (UserError, OSError, ValueError):
        return b""
    return content.getvalue()


def _opened(path: Path) -> Image.Image:
    """Returns the picture; of a large JPEG only an eighth, a quarter or half is decoded, in a tenth of the time.

    Every other kind is opened as everywhere in the app: Pillow by itself does not know some that can be added (HEIC).
    """
    with contextlib.suppress(OSError, ValueError, SyntaxError), Image.open(path, formats=["JPEG"]) as picture:
        if min(picture.size) > 4 * EDGE:
            picture.draft("RGB", (2 * EDGE, 2 * EDGE))
            return ImageOps.exif_transpose(picture).convert("RGB")
    return open_picture(path)


def _keep(path: Path, content: bytes) -> None:
    """Writes it beside and moves it there; a disk that is full costs the next visitor the same moment again."""
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
