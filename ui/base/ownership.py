"""Ownership: whose a data set or a study is, and who else may change it; the one rule of the pages and the routes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qtl_core.pictures.datasets.records import DatasetRecord
from ui.base.trust import is_at_the_computer, is_closed_to_paths


@dataclass(frozen=True)
class Visitor:
    """Whoever asks.

    Attributes:
        owner: Hash of their browser's secret; "" where it has none.
        has_all: Whether every set is theirs to see and change: everybody's on a closed server, and on one that answers
            a room by itself that of whoever sits at its computer.
    """

    owner: str
    has_all: bool

    @classmethod
    def asking(cls, owner: str, client: str, headers: Mapping[str, str]) -> Visitor:
        """Returns who asks.

        Args:
            owner: Hash of their browser's secret, or "".
            client: The address from which they connect.
            headers: Those of their request.
        """
        return cls(owner, not is_closed_to_paths() or is_at_the_computer(client, headers))

    def owns(self, owner: str) -> bool:
        """Returns whether what this owner made is theirs."""
        return self.has_all or (bool(self.owner) and owner == self.owner)

    def may_change(self, record: DatasetRecord) -> bool:
        """Returns whether they may change all of a set."""
        return self.has_all or (bool(self.owner) and record.belongs_to(self.owner))
