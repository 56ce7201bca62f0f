"""Reads a file of bounded size, and writes one whole or not at all."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path

from qtl_core.errors import UserError


def read(file: Path, largest: int) -> bytes:
    """Returns a file's contents.

    Raises:
        UserError: It cannot be read, or is larger than `largest` bytes.
    """
    try:
        size = file.stat().st_size
        if size > largest:
            raise UserError(f"{file} cannot be read.", f"It takes {size:,} bytes, more than {largest:,}.")
        return file.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        words = getattr(error, "strerror", None) or error
        raise UserError(f"{file} cannot be read.", f"The system says: {words}.") from error


def put(content: bytes, file: Path) -> None:
    """Writes a file in place of the one that may be there, which stays until the new one is whole.

    Raises:
        UserError: It cannot be written.
    """
    part = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if file.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        part.write_bytes(content)
        part.replace(file)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        with contextlib.suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        words = getattr(error, "strerror", None) or error
        raise UserError(f"{file} cannot be written.", f"The system says: {words}.") from error
