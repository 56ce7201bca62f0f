"""Opens the store: made, brought up to date or mended before its first use, and closed after each.

A file that is no store any more is put aside under another name and made again from what the runs' folders say.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from filelock import Timeout

from qtl_core import paths
from qtl_core.errors import UserError
from qtl_core.store import place, schema
from qtl_core.store.live import alone
from qtl_core.store.problems import in_words, is_damage

Result = TypeVar("Result")
Question = Callable[[sqlite3.Connection], Result]

BUSY_SECONDS = 5.0  # another process's writing takes milliseconds
MENDING_SECONDS = 60.0  # taking in thousands of older runs is waited for
_ready: dict[Path, int] = {}  # stores this process has looked through, with the number of the file it found
_turn = threading.Lock()


def reading(question: Question[Result], otherwise: Result) -> Result:
    """Returns what `question` answers from the store, or `otherwise` where nothing was ever kept.

    Raises:
        UserError: The store cannot be used.
    """
    if not place.runs_folder().is_dir():
        return otherwise
    return _asked(question, write=False)


def writing(change: Question[Result]) -> Result:
    """Does all of `change` to the store or nothing of it; it may be called a second time where the first failed.

    Raises:
        UserError: The store cannot be written.
    """
    paths.writable("runs")
    return _asked(change, write=True)


def _asked(question: Question[Result], *, write: bool) -> Result:
    file = place.store_file()
    try:
        try:
            return _once(question, file, write)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            _ready.pop(file, None)  # found now, though it looked whole: look again, and mend it
            return _once(question, file, write)
    except sqlite3.Error as error:
        raise in_words(error, file) from error


def _once(question: Question[Result], file: Path, write: bool) -> Result:
    _make_ready(file)
    with closing(_connected(file)) as connection:
        connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            answer = question(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it
                connection.execute("ROLLBACK")
            raise
        return answer


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _make_ready(file: Path) -> None:
    """Looks through a store that this process has not used yet."""
    with _turn:
        if _ready.get(file, -1) == _number(file):
            return
        try:
            with alone(file.with_name(".store.lock"), MENDING_SECONDS):
                _look_through(file)
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


def _look_through(file: Path) -> None:
    from qtl_core.store.taking_in import take_in

    try:
        _bring_up_to_date(file)
    except sqlite3.DatabaseError as error:
        if not is_damage(error) and not isinstance(error, schema.NotAStore):
            raise
        _put_aside(file)
        _bring_up_to_date(file)
    with closing(_connected(file)) as connection:
        take_in(connection)


def _bring_up_to_date(file: Path) -> None:
    with closing(_connected(file)) as connection:
        version = schema.version_of(connection)
        if version and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise schema.NotAStore("its pages are damaged")
        connection.execute("PRAGMA journal_mode = WAL")
        schema.migrate(connection, file)


def _put_aside(file: Path) -> None:
    """Gives a store that cannot be used another name; nothing of it is lost."""
    aside = file.with_name(f"{file.stem}-damaged-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1000:03}.sqlite")
    for suffix in ("", "-wal", "-shm"):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
