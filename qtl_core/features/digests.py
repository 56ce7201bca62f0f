"""What features are kept under: the contents of the picture files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from qtl_core import paths
from qtl_core.callbacks import ShouldStop
from qtl_core.datasets.records import Picture
from qtl_core.errors import StoppedByUser


def digests_of(pictures: Sequence[Picture], should_stop: ShouldStop) -> list[str]:
    """Returns the SHA-256 of every picture's bytes, or "" for a file that cannot be read."""
    digests = []
    for picture in pictures:
        if should_stop():
            raise StoppedByUser
        digests.append(_digest(picture.path))
    return digests


def _digest(path: Path) -> str:
    try:
        if paths.may_read(path) and path.is_file():  # a run from elsewhere may name a device that never ends
            return hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):
        pass
    return ""
