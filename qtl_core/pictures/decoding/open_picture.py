"""Picture files of every kind become upright RGB pictures, or a sentence saying why not.

Every picture of the studio, from a folder or uploaded, passes through here once. What is read is a stranger's file:
its kind is told by its content, its size is looked at before it is decoded, and whatever goes wrong is its own fault.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from qtl_core.common import paths
from qtl_core.common.checks import instance
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.pictures.decoding.limits import MAX_PIXELS, UnreadablePicture
from qtl_core.pictures.decoding.reading import opened_picture, read_picture

TAIL_BYTES = (
    4096  # bytes at the end of a file in which its end mark is looked for; some cameras write a little behind it
)
END_MARKS = {"JPEG": b"\xff\xd9", "PNG": b"IEND"}

NOT_TRAINED_ON = "It is a GIF, a format for drawings and animations; only photo formats are trained on."

__all__ = ["MAX_PIXELS", "NOT_TRAINED_ON", "check_picture", "open_picture", "pixels_of"]


def open_picture(source: Path | bytes | BinaryIO) -> Image.Image:
    """Returns the picture in RGB, upright.

    The camera's rotation (EXIF) is applied, transparency is laid on white, more than 8 bits are scaled to 8 (the rule:
    `decoding.deep_samples`), of an animation or a file of many pages the first is taken, and a JPEG of more than
    `MAX_PIXELS` is decoded in reduced form. Colour profiles are not applied, as in the recipe.

    Raises:
        UserError: It is no picture, of no kind read here, damaged, too large, or too long; its `why` says which.
    """
    if not hasattr(source, "seek"):
        instance("source", source, (Path, bytes))
    name = source.name if isinstance(source, Path) else str(getattr(source, "name", "The picture"))
    try:
        with _stream(source) as stream:
            return read_picture(stream)
    except UnreadablePicture as error:
        raise UserError(f"{name} cannot be used as a picture.", str(error)) from error


def check_picture(source: Path | bytes) -> str | None:
    """Returns why a file cannot be trained on, or None: the quick look that a whole folder can be given.

    Only the header and the last bytes are read (0.2 ms), so damage in the middle shows when it is decoded. A GIF is
    turned down, as torchvision's ImageFolder does: the one in the public ants-and-bees archive is no ant but the words
    "We're sorry, this image could not be found".
    """
    try:
        with _stream(source) as stream:
            opened = opened_picture(stream)
            if opened.kind == "GIF":
                return NOT_TRAINED_ON
            if _seems_cut_short(stream, opened.kind):
                read_picture(stream)
    except UnreadablePicture as error:
        return str(error)
    return None


def pixels_of(content: bytes) -> int:
    """Returns how many pixels a picture's header says it has; 0 where it is none that is read here."""
    try:
        width, height = opened_picture(io.BytesIO(content)).size
    except (UnreadablePicture, MemoryError):
        return 0
    return width * height


@contextmanager
def _stream(source: Path | bytes | BinaryIO) -> Iterator[BinaryIO]:
    """The source as a seekable stream; closed afterwards only if it was opened here."""
    if isinstance(source, Path) and not paths.may_read(source):
        raise UnreadablePicture("It lies outside the app's data folder, and this server is open to others.")
    opened: AbstractContextManager[BinaryIO]
    try:
        if isinstance(source, bytes):
            opened = io.BytesIO(source)
        else:
            opened = source.open("rb") if isinstance(source, Path) else nullcontext(source)
    except OSError as error:
        raise UnreadablePicture(f"The file cannot be read. {reason_of(error)}") from error
    with opened as stream:
        yield stream


def _seems_cut_short(stream: BinaryIO, kind: str) -> bool:
    mark = END_MARKS.get(kind)
    if mark is None:
        return False
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - TAIL_BYTES))
    return mark not in stream.read(TAIL_BYTES)
