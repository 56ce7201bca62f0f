"""Answers of a person to findings: pictures are kept together, and what is no fault is kept as it is.

Both can be taken back as every edit of a set.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Sequence

from qtl_core.pictures.datasets.opening import reading
from qtl_core.pictures.datasets.undoing import Step, change_column, edit, so_many


def keep_together(set_id: str, picture_ids: Iterable[int]) -> None:
    """Makes pictures one group, which is never divided between the parts.

    Pictures of the same groups as these come along. Where some were put into a part by hand, all follow the first of
    the pictures given that was.

    Args:
        set_id: The set.
        picture_ids: The pictures; the first that was placed by hand decides.

    Raises:
        UserError: There is no such set, or nothing can be written.
    """
    keep_each_together(set_id, [picture_ids])


def keep_each_together(set_id: str, groups: Iterable[Iterable[int]]) -> None:
    """Does the same to several groups at once, as one edit."""
    wanted = [list(group) for group in groups]

    def change(connection: sqlite3.Connection) -> list[Step]:
        return [step for group in wanted for step in _together(connection, group)]

    count = sum(map(len, wanted))
    in_groups = f", in {len(wanted):,} groups" if len(wanted) > 1 else ""
    edit(set_id, f"keeping {so_many(count)} together{in_groups}", change)


def _together(connection: sqlite3.Connection, wanted: Sequence[int]) -> list[Step]:
    rows = connection.execute(_OF_THEIR_GROUPS, (json.dumps(wanted),) * 2).fetchall()
    group = next((row["burst"] for row in rows if row["burst"]), f"kept-{secrets.token_hex(6)}")
    order = {number: place for place, number in enumerate(wanted)}
    placed = sorted(
        (row["id"] for row in rows if row["chosen_part"]),
        key=lambda number: (order.get(number, len(order)), number),
    )
    return [
        change_column(connection, "pictures", "burst", [row["id"] for row in rows], group),
        change_column(connection, "pictures", "chosen_part", placed[1:], None),
    ]


def keep_as_they_are(set_id: str, keys: Iterable[str]) -> None:
    """Takes note that findings are no faults, so that they are not shown again.

    Args:
        set_id: The set.
        keys: `Finding.key` of each.

    Raises:
        UserError: There is no such set, or nothing can be written.
    """
    wanted = list(keys)

    def change(connection: sqlite3.Connection) -> list[Step]:
        connection.executemany("INSERT OR IGNORE INTO findings (key) VALUES (?)", [(key,) for key in wanted])
        rows = connection.execute(
            "SELECT id FROM findings WHERE key IN (SELECT value FROM json_each(?))", (json.dumps(wanted),)
        ).fetchall()
        return [change_column(connection, "findings", "kept", [row["id"] for row in rows], 1)]

    what = "a finding" if len(wanted) == 1 else f"{len(wanted):,} findings"
    edit(set_id, f"keeping what {what} named as it is", change)


def kept_as_they_are(set_id: str) -> frozenset[str]:
    """Returns the keys of the findings that are no faults.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """

    def question(connection: sqlite3.Connection) -> Sequence[sqlite3.Row]:
        return connection.execute("SELECT key FROM findings WHERE kept = 1").fetchall()

    return frozenset(row["key"] for row in reading(set_id, question))


_OF_THEIR_GROUPS = """SELECT id, burst, chosen_part FROM pictures WHERE removed IS NULL AND (
    id IN (SELECT value FROM json_each(?)) OR (burst != '' AND burst IN (
        SELECT burst FROM pictures WHERE removed IS NULL AND id IN (SELECT value FROM json_each(?)))))
    ORDER BY id"""
