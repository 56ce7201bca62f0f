"""Names in archives: from the bytes that a program wrote, in whatever letters, to a path that people can read.

A zip says of a name that it is UTF-8 or says nothing. What says nothing is UTF-8 all the same where it can be (macOS),
Chinese (GBK) where nearly all of its signs are common Chinese ones, and else in the letters of DOS, as the format's
first version has it. Which it is, is decided for all names of an archive together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LEADS_OUT = "Its path leads out of the archive."
ROOTED = "Its path begins at the root of a disk."
DEEP = "It lies in more folders, one in another, than are looked through."
NAMELESS = "It has no name."
MOST_FOLDERS = 24  # one in another
_DRIVE = re.compile(r"[A-Za-z]:")
# Those that rule a screen, marks that turn the direction of reading, and halves of signs.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_COMMON = 0.8  # share of Chinese signs that are in GB 2312, the 6,763 common ones; letters of DOS misread reach a third


def encoding_of(names: Sequence[bytes]) -> str:
    """Returns how names were written of which a zip does not say it: "ascii", "utf-8", "gbk" or "cp437"."""
    written = b"\n".join(names)
    if written.isascii():
        return "ascii"
    try:
        written.decode("utf-8")
    except UnicodeDecodeError:
        return "gbk" if _is_chinese(written) else "cp437"
    return "utf-8"


def encoding_note(encoding: str) -> str:
    """Returns what to say of it, or ""."""
    letters = {"gbk": "Chinese ones (GBK)", "cp437": "those of DOS (code page 437)"}.get(encoding)
    if not letters:
        return ""
    return f"It does not say in which letters its names are written; they were read as {letters}."


def readable(path: str) -> str:
    """Returns a path as people read it: forward slashes, letters in one spelling (NFC), nothing that rules a screen."""
    if "/" not in path:
        path = path.replace("\\", "/")  # as some programs of Windows write them
    return _CONTROL.sub("?", unicodedata.normalize("NFC", path))


def why_not(path: str) -> str:
    """Returns why a path, as `readable` gives it, is not followed, or ""."""
    if path.startswith(("/", "\\\\")) or _DRIVE.match(path):
        return ROOTED
    parts = [part for part in re.split(r"[\\/]", path) if part not in ("", ".")]
    if ".." in parts:
        return LEADS_OUT
    if len(parts) > MOST_FOLDERS:
        return DEEP
    return "" if parts else NAMELESS


def plain(path: str) -> str:
    """Returns a path without the steps that lead nowhere: "./a//b" is "a/b"."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _is_chinese(written: bytes) -> bool:
    try:
        signs = [sign for sign in written.decode("gbk") if not sign.isascii()]
    except UnicodeDecodeError:
        return False
    return sum(_is_common(sign) for sign in signs) >= _COMMON * len(signs)


def _is_common(sign: str) -> bool:
    try:
        return len(sign.encode("gb2312")) == 2 and unicodedata.category(sign) in ("Lo", "Po", "Ps", "Pe")
    except UnicodeEncodeError:
        return False
