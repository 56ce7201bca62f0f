"""The folder that somebody typed or pasted: as it stands, without the quotes that copying puts around it, or advice.

Folders are those of the computer the app runs on; a path of the reader's own computer leads nowhere there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.layout import root as datasets_root
from qtl_core.pictures.sources.folder_walk import HOMELESS, LAYOUT, LOCAL_PATH_HINT

QUOTES = {
    ('"', '"'),
    ("'", "'"),
    ("“", "”"),
    ("‘", "’"),
    ("«", "»"),
    ("`", "`"),
    ("„", "“"),
    ("„", "”"),
    ("‚", "‘"),
    ("<", ">"),
}
# Marks of reading direction and others without width come along when a path is copied from a dialog of Windows.
UNSEEN = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
_WINDOWS = re.compile(r"[A-Za-z]:(?:[\\/]|$)|\\\\|[^/]*\\")
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


def typed_folder(text: str) -> Path:
    """Returns the folder that is meant.

    Raises:
        UserError: Nothing was typed; or it is a path of Windows, an address, or an archive. Says what to give instead.
            Or it holds other visitors' data sets, and the server is open to others.
    """
    found = _named_folder(text)
    _check_nobody_elses(found)
    return found


def _check_nobody_elses(folder: Path) -> None:
    """Refuses the folder of the data sets made here, which only those may see who know a set's identifier."""
    if not paths.is_open():
        return
    try:
        real, sets = folder.resolve(), datasets_root().resolve()
    except (OSError, RuntimeError, ValueError):
        return
    if real.is_relative_to(sets) or sets.is_relative_to(real):
        raise UserError(
            f"{folder} is not read.",
            "Data sets of this server's visitors lie there, which are seen by their links alone.",
            "Choose a data set made here as the source instead.",
        )


def _named_folder(text: str) -> Path:
    if not text.strip():  # the empty path would be the folder the program was started in
        raise UserError("No folder is named.", "", LAYOUT)
    if _is_there(text):
        return Path(text).expanduser()
    plain = _without_wrapping(text)
    if plain.lower().startswith("file:"):
        plain = _of_file_address(plain)
    if address := _ADDRESS.match(plain):
        what = (
            "on another computer"
            if address[1].lower() in ("smb", "sftp", "ftp", "nfs", "afp")
            else "an address, not a folder"
        )
        raise UserError(
            f"{plain} is {what}.", "Only folders of the computer that runs this app are read.", LOCAL_PATH_HINT
        )
    if os.name != "nt" and _WINDOWS.match(plain):
        raise UserError(
            f"{plain} is a path of Windows, and this app does not run on Windows.",
            "A path of this server is needed: what lies on your own computer cannot be read from here.",
            f"Copy the pictures to this server. {LOCAL_PATH_HINT}",
        )
    if plain.lower().endswith(ARCHIVES) and not Path(plain).is_dir():
        raise UserError(f"{plain} is an archive, not a folder.", "", "Unpack it, and give the folder that comes of it.")
    try:
        return Path(plain).expanduser()
    except RuntimeError as error:  # ~somebody who does not exist
        raise UserError(f"The folder {plain} cannot be found.", HOMELESS, LOCAL_PATH_HINT) from error


def last_name(text: str) -> str:
    """Returns the name of a folder from the path somebody typed on whatever system, or "" where it has none."""
    plain = _without_wrapping(text)
    parts = re.split(r"[\\/]", unquote(plain) if plain.startswith("file:") else plain)
    named = [part.strip() for part in parts if part.strip() not in ("", ".")]
    return named[-1] if named and named[-1] not in ("..", "~") and not named[-1].endswith(":") else ""


def _is_there(text: str) -> bool:
    try:
        return Path(text).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):
        return False


def _without_wrapping(text: str) -> str:
    """Returns a path without the blanks, quotes and unseen marks that copying puts around it."""
    plain = text.translate(UNSEEN).strip()
    while len(plain) > 1 and (plain[0], plain[-1]) in QUOTES:
        plain = plain[1:-1].strip()
    return plain


def _of_file_address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError as error:  # such as a bracket that is never closed
        raise UserError(f"{address} is no address of a folder.", "It cannot be read.", LOCAL_PATH_HINT) from error
    host = "" if parts.netloc in ("", "localhost") else f"\\\\{parts.netloc}"
    path = unquote(parts.path)
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else host + path
