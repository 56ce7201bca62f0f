"""Files and folders that systems and programs put among people's own: never pictures, and never worth a word."""

from __future__ import annotations

import re

_WINDOWS = {
    *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"),
    *("$recycle.bin", "system volume information"),
}
_MAC = {"__macosx", "icon\r", "network trash folder", "temporary items", ".ds_store", ".localized", ".apdisk"}
_STORAGE = {"@eadir", "@recycle", "@recently-snapshot", "@tmp", "#recycle", "#snapshot", "lost+found"}
_PROGRAMS = {"__pycache__", ".ipynb_checkpoints", "picasa.ini", ".picasa.ini", ".directory", ".nomedia"}
_NAMES = frozenset(_WINDOWS | _MAC | _STORAGE | _PROGRAMS)  # in lower case
_BEGINNINGS = ("._", ".fuse_hidden", ".nfs", ".~lock.", "~$")  # "._x.png" is what macOS keeps of x.png beside it


def is_system(name: str) -> bool:
    """Returns whether a system or a program wrote the file or folder of this name for itself."""
    name = name.casefold()
    return name in _NAMES or name.startswith(_BEGINNINGS)


def is_hidden(name: str) -> bool:
    """Returns whether people do not see the file or folder of this name, or did not put it there."""
    return name.startswith(".") or is_system(name)


def is_hidden_path(path: str) -> bool:
    """Returns whether a path, of whatever system, leads to or through something hidden."""
    return any(is_hidden(part) for part in re.split(r"[\\/]", path) if part not in ("", ".", ".."))
