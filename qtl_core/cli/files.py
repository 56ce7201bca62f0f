"""Reads a file of bounded size, and writes one whole or not at all; `-` is standard input or output."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

from qtl_core.cli.output import STANDARD, say_bytes
from qtl_core.cli.process import unharmed
from qtl_core.common.errors import UserError


def path_of(name: str) -> Path:
    """Returns the path of a file that was named; `./-` is a file of that name, which a `Path` would take for `-`."""
    path = Path(name)
    return path.absolute() if str(path) == STANDARD != name else path


def read(file: Path, largest: int) -> bytes:
    """Returns a file's contents, or standard input's for `-`.

    Raises:
        UserError: It cannot be read, or is larger than `largest` bytes.
    """
    if str(file) == STANDARD:
        return standard_input(largest)
    try:
        size = file.stat().st_size
        if size > largest:
            raise UserError(f"{file} cannot be read.", f"It takes {size:,} bytes, more than {largest:,}.")
        return file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        words = getattr(error, "strerror", None) or error
        raise UserError(f"{file} cannot be read.", f"The system says: {words}.") from error


def standard_input(largest: int) -> bytes:
    """Returns all that standard input holds.

    Raises:
        UserError: It cannot be read, or holds more than `largest` bytes.
    """
    try:
        content = sys.stdin.buffer.read(largest + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        raise UserError("Standard input cannot be read.", f"The system says: {words}.") from error
    if len(content) > largest:
        raise UserError("Standard input cannot be read.", f"It holds more than {largest:,} bytes.")
    return content


def put(content: bytes | Iterable[bytes], file: Path) -> int:
    """Writes a file in place of the one that may be there, which stays until the new one is whole.

    A link is followed, as by every other program, and a device or a pipe (`/dev/stdout`, `/dev/null`) is written to.

    Args:
        content: What to write, whole or in pieces.
        file: Where; `-` is standard output, on which nothing else may be said then.

    Returns:
        How many bytes that were.

    Raises:
        UserError: It cannot be written.
    """
    pieces = [content] if isinstance(content, bytes) else content
    if str(file) == STANDARD:
        size = 0
        for piece in pieces:
            say_bytes(piece)
            size += len(piece)
        return size
    with unharmed():
        return _put(pieces, file)


def _put(pieces: Iterable[bytes], file: Path) -> int:
    part = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if file.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        if file.exists() and not file.is_file():  # a file in place of a device would end the device for everybody
            return _write(pieces, file)
        file = Path(os.path.realpath(file))
        part = file.with_name(part.name)
        size = _write(pieces, part)
        part.replace(file)
        return size
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        words = getattr(error, "strerror", None) or error
        raise UserError(f"{file} cannot be written.", f"The system says: {words}.") from error
    except BaseException:  # pieces that are being made may fail, or be stopped
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        raise


def _write(pieces: Iterable[bytes], file: Path) -> int:
    with file.open("wb") as stream:
        return sum(stream.write(piece) for piece in pieces)
