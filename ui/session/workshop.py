"""The workshop of a session: what it looks at in its data sets, and how far training by itself has come."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from ui.session.part import SessionPart

if TYPE_CHECKING:
    from qtl_core.pictures.features.ahead import FeaturesAhead

OWN = "dataset"  # what the settings call a set that was made here


@dataclass
class Bench:
    """Knowledge of a session about one set that is open.

    Attributes:
        revision: The set's, when it was last seen.
        changed: When that was first seen, by `time.monotonic`.
        tried: The revision that training by itself was last begun or refused for, or that Start was pressed for.
        attempt: The training by itself that is under way, by its job.
        refused: Why the last one was refused, or "".
        started: The run of the set that was started last, by its job.
        ahead: How far its features were, when that was last heard of.
        failed: The revision at which computing them was last begun: where that failed, it is not begun again.
        tool: What is open to add pictures with: the class, and "camera", "phone", "ready" or "files".
        taken_over: How often another class took over from a class that had something open, by class.
    """

    revision: int = -1
    changed: float = float("-inf")
    tried: int = -1
    attempt: str = ""
    refused: str = ""
    started: str = ""
    ahead: FeaturesAhead | None = None
    failed: int = -1
    tool: tuple[int, str] | None = None
    taken_over: dict[int, int] = field(default_factory=dict)

    def note(self, revision: int) -> None:
        """Takes note of the set's revision, and of when it changed."""
        if revision != self.revision:
            self.revision, self.changed = revision, time.monotonic()

    def open_tool(self, class_id: int, turn: int, tool: str | None) -> None:
        """Opens a way to add pictures to a class, in place of what was open; None closes it.

        Args:
            class_id: The class.
            turn: How often it had been taken over from when this was chosen: a choice of before comes again from a
                browser that has not heard of it yet, and is over.
            tool: As in `tool`.
        """
        before = self.tool[0] if self.tool else class_id
        if turn != self.taken_over.get(class_id, 0) or (before != class_id and not tool):
            return
        if before != class_id:
            self.taken_over[before] = self.taken_over.get(before, 0) + 1
        self.tool = (class_id, tool) if tool else None

    @property
    def quiet_seconds(self) -> float:
        """The seconds for which nothing has changed."""
        return time.monotonic() - self.changed


@dataclass
class Workshop(SessionPart):
    """The data sets of a session.

    Attributes:
        benches: What it knows of those it opened, by their identifiers.
        looked_through: The set and the class whose pictures are looked through, or None.
        deleted: The set that was deleted last, while that can be taken back in one click: identifier and name.
    """

    KEY: ClassVar[str] = "session_workshop"

    benches: dict[str, Bench] = field(default_factory=dict)
    looked_through: tuple[str, int] | None = None
    deleted: tuple[str, str] | None = None

    def bench(self, dataset: str) -> Bench:
        """Returns what is known of a set."""
        return self.benches.setdefault(dataset, Bench())

    def look_through(self, dataset: str, class_id: int | None) -> None:
        """Shows all pictures of a class, or all classes again."""
        self.looked_through = None if class_id is None else (dataset, class_id)
