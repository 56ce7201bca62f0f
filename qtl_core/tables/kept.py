"""Tables that people brought in through the page, kept by their contents: the same table is kept once.

    tables/<identifier>/content     as it came
    tables/<identifier>/about.json  what it was called, whose it is

The identifier is the beginning of the contents' SHA-256, so that nobody can guess another's table.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from qtl_core.common.errors import UserError
from qtl_core.common.paths import existing, home, writable
from qtl_core.common.system_reasons import reason_of
from qtl_core.tables.raw import check_bytes

FOLDER = "tables"
IDENTIFIER = re.compile(r"table-[0-9a-f]{24}")
MOST_KEPT_BYTES = 4_000_000_000  # of all tables of this computer
MOST_OF_A_VISITOR = 20  # where a server is open to others
LONGEST_NAME = 120


@dataclass(frozen=True)
class KeptTable:
    """A table that was brought in.

    Attributes:
        id: What settings call it.
        name: What its file was called.
        size: Its bytes.
        owner: Who brought it in; "" on a person's own computer.
        brought: When, in seconds since the epoch; 0 where it is not known.
    """

    id: str
    name: str
    size: int
    owner: str = ""
    brought: float = field(default=0.0, compare=False)


def keep_table(content: bytes, name: str, owner: str = "") -> KeptTable:
    """Keeps a table, or finds the equal one that is kept already.

    Raises:
        UserError: It is too large, there are too many, or it cannot be written.
    """
    table = KeptTable(f"table-{hashlib.sha256(content).hexdigest()[:24]}", _plain(name), len(content), owner)
    if (found := _about(home() / FOLDER / table.id)) is not None:
        return found
    _check_room(table)
    folder = writable(f"{FOLDER}/{table.id}")
    try:
        (folder / "content").write_bytes(content)
        (folder / "about.json").write_text(json.dumps({"name": table.name, "owner": owner}), "utf-8")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise UserError("This table cannot be kept.", reason_of(error), "Make room on the disk.") from error
    return table


def kept_tables(owner: str | None = None) -> list[KeptTable]:
    """Returns the tables that somebody brought in, or all, by name."""
    folders = (home() / FOLDER).iterdir() if (home() / FOLDER).is_dir() else ()
    found = (_about(folder) for folder in folders)
    theirs = (each for each in found if each and owner in (None, each.owner))
    return sorted(theirs, key=lambda each: (each.name.casefold(), each.id))


def is_kept(table: str) -> bool:
    """Returns whether settings name a table that was brought in, not a file's path."""
    return IDENTIFIER.fullmatch(table) is not None


def file_of(table: str) -> Path:
    """Returns the file of a kept table.

    Raises:
        UserError: It is not kept here any more.
    """
    for folder in existing(f"{FOLDER}/{table}"):
        if (folder / "content").is_file():
            return folder / "content"
    raise UserError("This table is not on this computer any more.", "", "Bring its file in again.")


def name_of(table: str) -> str:
    """Returns what to call a table: a kept one by its file's name, another by that of its path."""
    if not is_kept(table):
        return Path(table).name
    about = next((found for folder in existing(f"{FOLDER}/{table}") if (found := _about(folder))), None)
    return about.name if about else "a table that is gone"


def delete_table(table: str) -> None:
    """Removes a kept table; a run that learnt from it keeps its figures."""
    if is_kept(table):
        shutil.rmtree(home() / FOLDER / table, ignore_errors=True)


def _about(folder: Path) -> KeptTable | None:
    """Returns what is kept in a folder; None where that is nothing whole."""
    try:
        words = json.loads((folder / "about.json").read_text("utf-8"))
        found = (folder / "content").stat()
        return KeptTable(folder.name, str(words["name"]), found.st_size, str(words["owner"]), found.st_mtime)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _check_room(table: KeptTable) -> None:
    check_bytes(table.size)
    kept = kept_tables()
    if table.owner and sum(each.owner == table.owner for each in kept) >= MOST_OF_A_VISITOR:
        raise UserError(
            f"You have {MOST_OF_A_VISITOR} tables here already.",
            "More are not kept for one visitor of this server.",
            "Remove one that you do not need.",
        )
    if sum(each.size for each in kept) + table.size > MOST_KEPT_BYTES:
        raise UserError("There is no room for more tables on this computer.", "", "Remove one that nobody needs.")


def _plain(name: str) -> str:
    """Returns a file's name on one line, without folders."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(each for each in last if each.isprintable())[:LONGEST_NAME] or "table"
