"""Opens the store: made, brought up to date or mended before its first use, and closed after each.

A file that is no store any more is put aside under another name and made again from what the runs' folders say. Where
nothing can be written, or no more, what is there is read all the same.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from filelock import Timeout

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.runs.store import layout
from qtl_core.runs.store.locks import store_lock
from qtl_core.runs.store.recovery import repair
from qtl_core.runs.store.schema import MIGRATIONS, NotAStore, cannot_write, in_words, is_damage, too_old, version_of

Result = TypeVar("Result")
Question = Callable[[sqlite3.Connection], Result]

BUSY_SECONDS = 5.0  # another process's writing takes milliseconds
REPAIR_SECONDS = 60.0  # taking in thousands of older runs is waited for
_ready: dict[Path, int] = {}  # stores this process has looked through, with the number of the file it found
_turn = threading.Lock()


def reading(question: Question[Result], otherwise: Result) -> Result:
    """Returns what `question` answers from the store, or `otherwise` where nothing was ever kept.

    Raises:
        UserError: The store cannot be used.
    """
    file = layout.store_file()
    if not file.exists() and not any(layout.folders_of_runs()):
        return otherwise
    try:
        return _asked(question, file, write=False)
    except sqlite3.Error as error:
        raise in_words(error, file) from error
    except OSError as error:
        raise cannot_write(file, error) from error


def writing(change: Question[Result]) -> Result:
    """Does all of `change` to the store or nothing of it; it may be called a second time where the first failed.

    Raises:
        UserError: The store cannot be written.
    """
    paths.writable("runs")
    file = layout.store_file()
    try:
        return _asked(change, file, write=True)
    except sqlite3.Error as error:
        raise in_words(error, file) from error


@contextmanager
def open_connection() -> Iterator[None]:
    """Spares who writes again and again that SQLite clears up each time the last one closes the store.

    Raises:
        UserError: The store cannot be used.
    """
    writing(lambda connection: None)
    with closing(connected(layout.store_file())) as connection:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield


def _asked(question: Question[Result], file: Path, *, write: bool) -> Result:
    try:
        return _once(question, file, write)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            _ready.pop(file, None)  # found now, though it looked whole: look again, and mend it
            return _once(question, file, write)
        if write or not file.exists() or not _cannot_write(error):
            raise
        return _only_read(question, file)
    except OSError:
        if write or not file.exists():
            raise
        return _only_read(question, file)


def _once(question: Question[Result], file: Path, write: bool) -> Result:
    _make_ready(file)
    with closing(connected(file)) as connection:
        if not version_of(connection):
            raise NotAStore("it was emptied while in use")
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            answer = question(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it
                connection.execute("ROLLBACK")
            raise
        return answer


def _cannot_write(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)


def _only_read(question: Question[Result], file: Path) -> Result:
    """Asks a store beside which nothing can be written, not even what SQLite needs to share a file."""
    address = file.absolute().as_uri()
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        with closing(connected(f"{address}?{mode}", uri=True)) as connection:
            try:
                if version_of(connection) < len(MIGRATIONS):
                    raise too_old(file)
                return question(connection)
            except sqlite3.OperationalError as error:
                if mode == "mode=ro" and _cannot_write(error):
                    continue
                raise
    raise AssertionError("the last way returns or raises")


def connected(file: Path | str, *, uri: bool = False) -> sqlite3.Connection:
    """Returns an open store; every statement counts at once unless it is in a transaction."""
    connection = sqlite3.connect(file, BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _make_ready(file: Path) -> None:
    """Looks through a store that this process has not used yet."""
    with _turn:
        if _ready.get(file, -1) == _number(file):
            return
        try:
            with store_lock(file.with_name(".store.lock"), REPAIR_SECONDS):
                repair(file, connected)
        except Timeout as error:
            raise UserError(
                f"The store of runs {file} cannot be used yet.",
                "Another process has been getting it ready for a long time.",
                "Wait a moment and try again.",
            ) from error
        _ready[file] = _number(file)


def _number(file: Path) -> int:
    """Tells a file from another one of its name."""
    try:
        return file.stat().st_ino
    except OSError:
        return 0
