"""Fills a folder whole or not at all: what Ctrl-C, a full disk or an error interrupts leaves nothing behind."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from pathlib import Path

from qtl_core.cli.files import path_of
from qtl_core.cli.output import STANDARD
from qtl_core.cli.process import half_made, unharmed
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # as http://, and what databases and object stores are named by


def folder_of(option: str, named: str) -> Path:
    """Returns the folder that an option names.

    Args:
        option: The option, for the sentence.
        named: What was named.

    Raises:
        UserError: It is the address of a server, nothing (as an unset variable of a shell is), or standard output: a
            folder of that name, or files in the current one, would be made without a word.
    """
    if not named.strip() or named == STANDARD:
        what = "standard output cannot take one" if named == STANDARD else "what it was given is empty"
        raise UserError(f"{option} takes a folder, and {what}.", "", "Name a folder; ./ is the current one.")
    if ADDRESS.match(named):
        raise UserError(f"{option} takes a folder of this machine.", f"{named} is an address.", "Name a folder.")
    return path_of(named)


def put_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Makes what belongs into a folder, and puts it there once it is whole; other things in it stay.

    Args:
        folder: Where; it is made with all folders above it.
        fill: Writes into a folder, which is there.

    Raises:
        UserError: It cannot be written; or what `fill` raises.
    """
    part = folder / f".{secrets.token_hex(8)}.part"  # within it, as it may be a disk of its own
    try:
        with half_made(*_missing(folder), part):
            part.mkdir(parents=True)
            fill(part)
            with unharmed():
                for each in part.iterdir():
                    each.replace(folder / each.name)
                part.rmdir()
    except OSError as error:
        raise UserError(f"{folder} cannot be written.", reason_of(error)) from error


def add_to_folder(folder: Path, fill: Callable[[Path], None]) -> None:
    """Has a folder that is one for many things written to; where nothing comes of it, it is not made.

    Raises:
        UserError: See `put_folder`.
    """
    try:
        with half_made(*_missing(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            fill(folder)
    except OSError as error:
        raise UserError(f"{folder} cannot be written.", reason_of(error)) from error


def check_empty(folder: Path) -> None:
    """Refuses a folder that holds something, or is none.

    Raises:
        UserError: It does.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise UserError(f"{folder} is there already, and is not empty.", "", "Name another folder, or delete it.")
    except OSError as error:
        raise UserError(f"{folder} cannot be written.", reason_of(error)) from error


def _missing(folder: Path) -> list[Path]:
    """Returns which folders have to be made, the uppermost first."""
    return [each for each in (*reversed(folder.parents), folder) if not each.exists()]
