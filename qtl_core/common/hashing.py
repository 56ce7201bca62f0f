"""Hashes of files, by which one is told from another wherever it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file's contents, in hexadecimal.

    Raises:
        UserError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"The file {path} cannot be read.", reason_of(error)) from error
