"""Classes in the names of files, cat_001.jpg or dog.12.jpg: only ever offered, as a name may say anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from qtl_core.pictures.archives.scan import ScannedFile
from qtl_core.pictures.sources.class_names import alike

_NUMBERED = re.compile(r"(?P<word>[^\W\d_](?:.*[^\W\d_])?)\s*[ ._()#-]*\s*\(?\d+\)?")
LEAST_EACH = 2  # pictures of a class
MOST_CLASSES = 50
CAMERAS = frozenset({"img", "dsc", "dscn", "dscf", "image", "photo", "picture", "pic", "foto", "bild", "pxl", "scan"})


def labels_in_names(files: Sequence[ScannedFile]) -> dict[str, str]:
    """Returns the class by a file's path where all names are a word and a number, with two words or more among them."""
    found: dict[str, str] = {}
    for file in files:
        match = _NUMBERED.fullmatch(alike(PurePosixPath(file.name).stem))
        if match is None:
            return {}
        found[file.path] = match["word"].strip(" ._-").casefold()
    counts = {word: list(found.values()).count(word) for word in set(found.values())}
    is_plain = 2 <= len(counts) <= MOST_CLASSES and min(counts.values()) >= LEAST_EACH
    return found if is_plain and not CAMERAS & counts.keys() else {}
