"""The drawn set as it comes with the project: drawing it takes a processor twenty seconds, unpacking it a tenth of one.

The bytes are then the same on every machine, and features kept under their SHA-256 fit everywhere.
`python -m tools.make_shipped` draws and packs them; a test draws some again and compares.
"""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qtl_core.pictures.sources.drawn.contents import VERSION

ARCHIVE = Path(__file__).with_name(f"pictures_v{VERSION}.zip")  # another version of the set is drawn until it is packed
THEN = (2026, 1, 1, 0, 0, 0)  # every file's date, so that packing the same pictures gives the same archive


@contextlib.contextmanager
def shipped_pictures() -> Iterator[Callable[[str], bytes | None]]:
    """Opens the archive; gives a function from a file's name to its bytes, None where it did not come along."""
    try:
        archive = zipfile.ZipFile(ARCHIVE)
    except (OSError, zipfile.BadZipFile):
        yield lambda _: None
        return

    def content(name: str) -> bytes | None:
        try:
            return archive.read(name)  # compares the checksum
        except (KeyError, OSError, EOFError, zipfile.BadZipFile):
            return None

    with archive:
        yield content


def pack(pictures: Iterable[tuple[str, bytes]]) -> None:
    """Writes the archive from names and contents."""
    with zipfile.ZipFile(ARCHIVE, "w") as archive:  # JPEGs do not get smaller
        for name, content in pictures:
            archive.writestr(zipfile.ZipInfo(name, THEN), content)
