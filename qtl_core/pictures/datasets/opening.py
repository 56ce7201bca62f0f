"""Opens a set's file for a question or a change: all of a change counts, or nothing of it.

Where the last user of a file closes it, SQLite tidies up, which takes ten times as long as adding a picture. So this
process keeps the files it used last open.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.schema import MIGRATIONS, damaged, in_words, migrate, unknown_dataset

LOGGER = logging.getLogger(__name__)
Result = TypeVar("Result")
BUSY_SECONDS = 30.0  # a version of thousands of pictures is written by one of several processes
MOST_HELD = 16  # sets
_held: OrderedDict[Path, sqlite3.Connection] = OrderedDict()
_turn = threading.Lock()


def reading(set_id: str, question: Callable[[sqlite3.Connection], Result], *, deleted: bool = False) -> Result:
    """Returns what `question` finds in a set, all of it at one moment.

    Args:
        set_id: The set.
        question: Asks an open file.
        deleted: Whether it may be a set that was deleted.

    Raises:
        UserError: There is no such set, or it cannot be used.
    """

    def ask(connection: sqlite3.Connection) -> Result:
        connection.execute("BEGIN")
        try:
            _check_there(connection, set_id, deleted)
            return question(connection)
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    with _words(set_id), _damage_in_words(set_id):
        try:
            with _opened(set_id) as connection:
                return ask(connection)
        except sqlite3.OperationalError as error:
            if not _cannot_share(error):
                raise
            with closing(connected(layout.set_file(set_id), alone=True)) as connection:
                return ask(connection)


def writing(
    set_id: str, change: Callable[[sqlite3.Connection], Result], *, deleted: bool = False, counts: bool = True
) -> Result:
    """Does all of `change` to a set, or nothing of it.

    Args:
        set_id: The set.
        change: Changes an open file.
        deleted: Whether it may be a set that was deleted.
        counts: Whether it is a change of what people see, so that the revision grows.

    Raises:
        UserError: There is no such set, or it cannot be written.
    """
    with _words(set_id), ExitStack() as stack:
        with _damage_in_words(set_id):
            connection = stack.enter_context(_opened(set_id))
        connection.execute("BEGIN IMMEDIATE")
        try:
            _check_there(connection, set_id, deleted)
            answer = change(connection)
            if counts:
                connection.execute("UPDATE dataset SET revision = revision + 1")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it
                connection.execute("ROLLBACK")
            raise
        return answer


def connected(file: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Returns an open file; every statement counts at once unless it is in a transaction.

    Args:
        file: The file.
        alone: Whether nobody else may open it meanwhile, for which SQLite needs nothing else on disk.
    """
    connection = sqlite3.connect(file, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # first: others look into the file
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")  # what is in it is whole at any moment
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _cannot_share(error: sqlite3.Error) -> bool:
    """Returns whether there is no room, or no permission, for what SQLite needs to share a file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def let_go(set_id: str) -> None:
    """Closes the file of a set that is about to be removed."""
    with _turn:
        if kept := _held.pop(layout.set_file(set_id), None):
            kept.close()


@contextmanager
def _opened(set_id: str) -> Iterator[sqlite3.Connection]:
    file = layout.set_file(set_id)
    if not layout.ID.fullmatch(set_id) or not file.is_file():
        raise unknown_dataset(set_id)
    _hold(file)
    with closing(connected(file)) as connection:
        yield connection


@contextmanager
def _words(set_id: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise in_words(error, set_id) from error


# What a damaged file leads to beside SQLite's own errors: its messages are no text, and rows hold what nobody wrote.
_NOT_AS_WRITTEN = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


@contextmanager
def _damage_in_words(set_id: str) -> Iterator[None]:
    try:
        yield
    except (UserError, sqlite3.Error):
        raise
    except _NOT_AS_WRITTEN as error:
        LOGGER.debug("The data set %s cannot be read", set_id, exc_info=True)
        raise damaged(set_id) from error


def _hold(file: Path) -> None:
    with _turn:
        if file in _held:
            _held.move_to_end(file)
            return
        connection = connected(file)
        try:
            _bring_up_to_date(connection)
        except BaseException:
            connection.close()
            raise
        _held[file] = connection
        if len(_held) > MOST_HELD:
            _held.popitem(last=False)[1].close()


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrate(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check_there(connection: sqlite3.Connection, set_id: str, deleted: bool) -> None:
    row = connection.execute("SELECT deleted FROM dataset").fetchone()
    if row is None or (row["deleted"] is not None and not deleted):
        raise unknown_dataset(set_id)
