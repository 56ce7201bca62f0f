"""Paths on disk: one home that is written, and further folders that are only read.

Home is `QTL_HOME`, or else the platform's cache directory. `QTL_SHARED` may name more folders of the same
layout (separated as in `PATH`), for example a read-only copy that a class shares; they are searched after home.
With `QTL_OPEN=1` strangers can reach the app: then no path that somebody typed, or that a file brought along, is read
outside these folders.

    datasets/<name>/{train,val}/<class>/*     weights/<backbone>.pth     features/     runs/     own_data/     tables/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of


def home() -> Path:
    """Returns the folder everything is written to (it need not exist yet).

    Raises:
        UserError: None is named, and this user has no folder of their own, as in a container with a number for a user.
    """
    named = os.environ.get("QTL_HOME", "")
    if named:
        return _expanded(named)
    try:
        return Path(platformdirs.user_cache_dir("qtl-studio", appauthor=False))
    except RuntimeError as error:
        raise UserError(
            "There is no folder to keep anything in.",
            "This user has no home folder.",
            "Set the environment variable QTL_HOME to a folder that can be written.",
        ) from error


def search_roots() -> tuple[Path, ...]:
    """Home first, then every folder of `QTL_SHARED`: where datasets and weights are looked for."""
    shared = os.environ.get("QTL_SHARED", "").split(os.pathsep)
    return (home(), *(_expanded(entry) for entry in shared if entry))


def existing(relative: str) -> Iterator[Path]:
    """Yields `root / relative` for every search root in which it exists, home first."""
    for root in search_roots():
        if (root / relative).exists():
            yield root / relative


def writable(relative: str) -> Path:
    """Returns the folder `home() / relative`, made if missing.

    Raises:
        UserError: The folder cannot be made or written to.
    """
    folder = home() / relative
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, reason_of(error)) from error
    if not os.access(folder, os.W_OK):
        raise _not_writable(folder, "This user has no permission to write there.")
    return folder


def is_open() -> bool:
    """Returns whether strangers can reach the app."""
    return os.environ.get("QTL_OPEN", "") not in ("", "0")


def may_read(path: Path) -> bool:
    """Returns whether a path that a visitor may have named is read: on an open server only the app's own are."""
    if not is_open():
        return True
    try:
        real = path.expanduser().resolve()  # links are followed, so that none leads out
    except (OSError, RuntimeError, ValueError):
        return False
    return any(real.is_relative_to(root.resolve()) for root in search_roots())


def is_readable_file(named: str) -> bool:
    """Returns whether a path that a visitor, or a file of theirs, may have named is a file that may be read."""
    try:
        path = Path(named).expanduser()
        return may_read(path) and path.is_file()
    except (OSError, RuntimeError, ValueError):  # a name that no system takes
        return False


def check_may_read(path: Path) -> None:
    """Refuses a path that is not read for visitors.

    Raises:
        UserError: It is none of the app's own folders, and the server is open to others.
    """
    if not may_read(path):
        raise UserError(
            f"{path} is not read.",
            "This server is open to others, and reads what lies in its own data folder alone.",
            "Ask who runs it to put the files there.",
        )


def in_text(path: Path | str) -> str:
    """A path as it can be shown and written anywhere: bytes in a name that are no text become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _expanded(named: str) -> Path:
    try:
        return Path(named).expanduser()
    except RuntimeError:  # ~somebody who does not exist: a plain name, then
        return Path(named)


def _not_writable(folder: Path, reason: str) -> UserError:
    return UserError(
        f"Nothing can be kept in {folder}.",
        reason,
        "Set the environment variable QTL_HOME to a folder that can be written.",
    )
