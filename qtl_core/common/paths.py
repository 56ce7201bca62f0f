"""Paths on disk: one home that is written, and further folders that are only read.

Home is `QTL_HOME`, or else the platform's cache directory. `QTL_SHARED` may name more folders of the same
layout (separated as in `PATH`), for example a read-only copy that a class shares; they are searched after home.
With `QTL_OPEN=1` strangers can reach the app: then no path that somebody typed, or that a file brought along, is read
outside these folders.

    datasets/<name>/{train,val}/<class>/*     weights/<backbone>.pth     features/     runs/     own_data/     tables/
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from qtl_core.common.environment import is_yes
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

OPEN_VARIABLE = "QTL_OPEN"
BY_ADDRESS = "by-address"  # its value where nobody said so, and the server answers on a network by itself


def home() -> Path:
    """Returns the folder everything is written to (it need not exist yet).

    Raises:
        UserError: None is named, and this user has no folder of their own, as in a container with a number for a user.
    """
    named = os.environ.get("QTL_HOME", "")
    if named:
        return _expanded(named)
    usual = usual_home()
    if usual is None:
        raise UserError(
            "There is no folder to keep anything in.",
            "This user has no home folder.",
            "Set the environment variable QTL_HOME to a folder that can be written.",
        )
    return usual


def usual_home() -> Path | None:
    """Returns what home is where none is named, or None where this user has no folder of their own."""
    try:
        return Path(platformdirs.user_cache_dir("qtl-studio", appauthor=False))
    except RuntimeError:
        return None


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
    if refused := _why_refused(folder):
        raise refused
    return folder


def why_not_writable(relative: str) -> UserError | None:
    """Returns what `writable` would raise, as far as can be told without making the folder; None if nothing."""
    try:
        folder = home() / relative
    except UserError as error:
        return error
    there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    if not there.is_dir():
        return _not_writable(folder, reason_of(OSError(errno.ENOTDIR, "")))
    return _why_refused(there, folder)


def is_open() -> bool:
    """Returns whether strangers can reach the app; a word that cannot be understood is taken for yes."""
    return os.environ.get(OPEN_VARIABLE) == BY_ADDRESS or is_yes(OPEN_VARIABLE, unclear=True)


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


def _why_refused(there: Path, folder: Path | None = None) -> UserError | None:
    """Returns why nothing can be written to a folder that is there, for `folder` in it; None if it can be."""
    if os.access(there, os.W_OK):
        return None
    is_read_only = hasattr(os, "statvfs") and bool(os.statvfs(there).f_flag & os.ST_RDONLY)
    reason = reason_of(OSError(errno.EROFS, "")) if is_read_only else "This user has no permission to write there."
    return _not_writable(folder or there, reason)


def _not_writable(folder: Path, reason: str) -> UserError:
    return UserError(
        f"Nothing can be kept in {folder}.",
        reason,
        "Set the environment variable QTL_HOME to a folder that can be written.",
    )
