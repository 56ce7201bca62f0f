"""The pictures of a class that came last, without reading the others: what a page shows of a class of thousands."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.pictures.datasets.opening import reading


@dataclass(frozen=True)
class LatestPicture:
    """A picture as far as a thumbnail needs it."""

    id: int
    sha256: str
    name: str


_QUERY = "SELECT id, sha256, name FROM pictures WHERE class = ? AND removed IS NULL ORDER BY id DESC LIMIT ?"


def latest_pictures(set_id: str, class_id: int, most: int) -> tuple[LatestPicture, ...]:
    """Returns up to `most` pictures of a class, the newest first.

    Raises:
        UserError: There is no such set, or it cannot be read.
    """
    rows = reading(set_id, lambda connection: connection.execute(_QUERY, (class_id, most)).fetchall())
    return tuple(LatestPicture(row["id"], row["sha256"], row["name"]) for row in rows)
