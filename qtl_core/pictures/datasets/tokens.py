"""Tokens with which a phone adds pictures to one class of one data set, for an hour, without being its owner.

A token is `<data set>-<secret>`; what is kept is the SHA-256 of the secret, beside the set and gone with it, so that
whoever reads the disk can add nothing. Revoked and expired tokens stay for a day: a page that holds one can then say
what became of it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import layout

FILE = "tokens.sqlite"
ALIVE_SECONDS = 60 * 60  # an hour: a lesson
KEPT_SECONDS = 24 * 60 * 60  # how long it is still known that a token was revoked or ran out
MOST_ALIVE = 20  # of one class: thirty phones share one
SECRET_BYTES = 18  # nobody guesses one of 2**144
BUSY_SECONDS = 5.0
_SHAPE = re.compile(rf"({layout.ID.pattern})-([A-Za-z0-9_-]{{24}})")

TokenState = Literal["alive", "expired", "revoked"]


@dataclass(frozen=True)
class TokenRecord:
    """A token, without its secret.

    Attributes:
        dataset: The data set that it adds to.
        class_id: The class of the set.
        created, expires: Seconds since the epoch.
        revoked: Whether somebody took it back.
    """

    dataset: str
    class_id: int
    created: float
    expires: float
    revoked: bool = False

    def state(self, now: float | None = None) -> TokenState:
        """Returns what it is good for now, or at `now`, seconds since the epoch."""
        if self.revoked:
            return "revoked"
        return "alive" if (time.time() if now is None else now) < self.expires else "expired"


def make_token(dataset: str, class_id: int, seconds: float = ALIVE_SECONDS) -> str:
    """Returns a new token for a class of a data set; it is nowhere but in what is returned.

    Args:
        dataset: The identifier of a set that there is.
        class_id: The class.
        seconds: How long it is good for.

    Raises:
        UserError: The class has `MOST_ALIVE` already, there is no such set, or nothing can be written.
    """
    now, secret = time.time(), secrets.token_urlsafe(SECRET_BYTES)
    with _opened(dataset) as connection:
        connection.execute("DELETE FROM tokens WHERE expires < ?", (now - KEPT_SECONDS,))
        query = "SELECT count(*) FROM tokens WHERE class = ? AND revoked IS NULL AND expires > ?"
        if connection.execute(query, (class_id, now)).fetchone()[0] >= MOST_ALIVE:
            raise UserError(
                f"This class has {MOST_ALIVE} codes for phones already.", "", "Take them back, then make a new one."
            )
        connection.execute(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, NULL)", (_hash(secret), class_id, now, now + seconds)
        )
    return f"{dataset}-{secret}"


def find_token(token: str) -> TokenRecord | None:
    """Returns what a token is for, also of one that is revoked or has run out; None for what is none.

    Raises:
        UserError: The file with the tokens cannot be read.
    """
    match = _SHAPE.fullmatch(token)
    if match is None or not _file(match[1]).is_file():
        return None
    with _opened(match[1]) as connection:
        query = "SELECT class, created, expires, revoked FROM tokens WHERE hash = ?"
        row = connection.execute(query, (_hash(match[2]),)).fetchone()
    return TokenRecord(match[1], row[0], row[1], row[2], row[3] is not None) if row else None


def may_add(token: str, dataset: str, class_id: int) -> bool:
    """Returns whether a token lets a picture into this class of this set now.

    Raises:
        UserError: The file with the tokens cannot be read.
    """
    found = find_token(token)
    return found is not None and (found.dataset, found.class_id) == (dataset, class_id) and found.state() == "alive"


def alive_tokens(dataset: str, class_id: int) -> tuple[TokenRecord, ...]:
    """Returns the tokens of a class that are good for something now, the newest first.

    Raises:
        UserError: The file with the tokens cannot be read.
    """
    if not _file(dataset).is_file():
        return ()
    query = (
        "SELECT created, expires FROM tokens WHERE class = ? AND revoked IS NULL AND expires > ? ORDER BY created DESC"
    )
    with _opened(dataset) as connection:
        rows = connection.execute(query, (class_id, time.time())).fetchall()
    return tuple(TokenRecord(dataset, class_id, created, expires) for created, expires in rows)


def revoke_tokens(dataset: str, class_id: int) -> int:
    """Takes back all tokens of a class; returns how many were still good.

    Raises:
        UserError: Nothing can be written.
    """
    if not _file(dataset).is_file():
        return 0
    now, query = time.time(), "UPDATE tokens SET revoked = ? WHERE class = ? AND revoked IS NULL AND expires > ?"
    with _opened(dataset) as connection:
        return connection.execute(query, (now, class_id, now)).rowcount


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _file(dataset: str) -> Path:
    return layout.set_folder(dataset) / FILE


@contextmanager
def _opened(dataset: str) -> Iterator[sqlite3.Connection]:
    """Opens the file of a set's tokens for one transaction."""
    file = _file(dataset)
    if not layout.ID.fullmatch(dataset) or not file.parent.is_dir():
        raise UserError(
            "There is no such data set.", "It may have been deleted.", "Open the Data page to see those there are."
        )
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS tokens "
                "(hash TEXT PRIMARY KEY, class INTEGER, created REAL, expires REAL, revoked REAL)"
            )
            yield connection
    except sqlite3.Error as error:
        raise UserError(
            "The codes for phones cannot be read or written.",
            "The disk may be full, or the file damaged.",
            "Make room, or make the code again.",
        ) from error
