"""Names that people give: of sets, of classes (which become folders), and of files that come from anywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.class_names import alike

LONGEST_CLASS = 60  # characters: at most 240 bytes, which every file system takes
LONGEST_SET, LONGEST_NOTE = 80, 2_000
LONGEST_FILE = 100  # characters of a file's name before its suffix
LONGEST_GROUP = 120
MOST_CLASSES = 50
NOTHING = "nothing of the kind"  # a class of what is none of the others: there a plain or dark picture is no fault
_NOTHINGS = frozenset({NOTHING, "nothing", "none", "neither", "empty", "background", "other", "others"})
_BYTES = 180  # of a file's name: others add to it
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_FILES = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff/\\:*?"<>|]')
# Signs without a shape: joiners, marks of direction, fillers, variants (Unicode's "default ignorable"), blank Braille.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
SUFFIXES = {  # by the kind of a file: those that other programs know it by; the first is used where it has another
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
    "HEIF": (".heic", ".heif"),
    "GIF": (".gif",),
}


def checked_class_name(name: str, others: Iterable[str] = ()) -> str:
    """Returns the name of a class as it is kept: letters in one spelling (NFC), no spaces around it.

    Raises:
        UserError: It cannot be the name of a folder, or one of `others` looks like it.
    """
    kept = unicodedata.normalize("NFC", name).strip()
    if not kept:
        raise UserError("A class needs a name.", "", "Say what its pictures show.")
    if len(kept) > LONGEST_CLASS:
        raise UserError(f"The name of a class has {len(kept)} characters.", f"Up to {LONGEST_CLASS} are kept.")
    if re.search(r"[/\\]", kept) or _NOT_IN_NAMES.search(kept) or kept.startswith(".") or kept.endswith("."):
        raise UserError(
            f"{_shown(kept)} cannot be the name of a class.",
            "A folder is named after it: it holds no / and \\, and neither begins nor ends with a dot.",
            "Choose another name.",
        )
    if not _as_seen(kept):
        raise UserError("No sign of this name can be seen.", "", "Say what its pictures show.")
    if _as_seen(kept) in map(_as_seen, others):
        raise UserError(f"There is a class {kept} already.", "", "Choose another name.")
    return kept


def is_nothing(class_name: str) -> bool:
    """Returns whether a class is called as one of what is none of the others."""
    return class_name.strip().casefold() in _NOTHINGS


def _as_seen(name: str) -> str:
    """Returns what tells a name from another one for whoever reads it."""
    return alike(_UNSEEN.sub("", name)).casefold().strip()


def checked_set_name(name: str) -> str:
    """Returns the name of a set as it is kept.

    Raises:
        UserError: It is empty or too long.
    """
    kept = " ".join(_NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFC", name)).split())
    if not kept:
        raise UserError("A data set needs a name.", "", "Say what it is of.")
    if len(kept) > LONGEST_SET:
        raise UserError(f"The name has {len(kept)} characters.", f"Up to {LONGEST_SET} are kept.", "Make it shorter.")
    return kept


def checked_set_note(note: str) -> str:
    """Returns a note as it is kept.

    Raises:
        UserError: It is too long.
    """
    kept = re.sub(r"[\x00\ud800-\udfff]", "", note).strip()
    if len(kept) > LONGEST_NOTE:
        raise UserError(f"The note has {len(kept):,} characters.", f"Up to {LONGEST_NOTE:,} are kept.")
    return kept


def kept_file_name(name: str, kind: str) -> str:
    """Returns the name under which a stranger's file is kept: its own without what leads elsewhere or is too long.

    Args:
        name: As it came, also with folders before it.
        kind: What the file is; a suffix that says otherwise is followed by the right one.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = _NOT_IN_FILES.sub("_", last).strip().lstrip(".").strip()
    path = PurePosixPath(plain or "picture")
    suffix = path.suffix if path.suffix.lower() in SUFFIXES[kind] else SUFFIXES[kind][0]
    stem = (path.stem if path.suffix.lower() in _ALL_SUFFIXES else path.name)[:LONGEST_FILE].rstrip(". ")
    while len(stem.encode()) > _BYTES:
        stem = stem[:-1]
    return (stem or "picture") + suffix


def kept_group(group: str) -> str:
    """Returns the name of a group as it is kept."""
    return _NOT_IN_NAMES.sub(" ", unicodedata.normalize("NFC", group)).strip()[:LONGEST_GROUP]


_ALL_SUFFIXES = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)


def _shown(name: str) -> str:
    return _NOT_IN_NAMES.sub("?", name)
