"""Records of kept runs: plain values without weights and histories, and what people may write on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings

RunState = Literal["running", "interrupted", "finished", "stopped", "paused", "failed"]
Origin = Literal["trained", "file", "head"]


@dataclass(frozen=True)
class RunRecord:
    """A run as a table shows it: one row.

    Attributes:
        id: Its identifier.
        version: Grows whenever the run itself goes on or ends, and not with notes; for caches.
        name, note, tags, starred: What a person wrote on it.
        created, updated: Seconds since the epoch: when it began, and when it last went on.
        state: "interrupted" where it was running, but no living process writes it.
        origin: Trained here ("trained"), reopened from a file ("file"), or made from a head trained elsewhere ("head").
        settings: Those it really used.
        backbone_title, weights_sha256: Its image network, and the hash of that network's weights.
        classes: Class names.
        train_size, val_size: Pictures in each split.
        val_sha256: Equal for the same validation pictures in the same order; "" where it is not known.
        epochs: Epochs done.
        best_epoch: The one whose weights are kept; 0 before the first.
        best_val_accuracy, best_val_loss: Its figures; None before the first.
        right: Validation pictures it got right.
        seconds: Time of training.
        engine, device: What ran the circuit, and where the image network ran.
        size: Bytes on disk.
        deleted: When it was deleted, or None.
        failure: Why it failed, in words, where it did.
        test_size: Pictures set aside for testing.
        test_right: Of these it got right at the end; None where they were not looked at, or not since it went on.
        test_looks: How often they were looked at.
    """

    id: str
    version: int
    name: str
    note: str
    tags: tuple[str, ...]
    starred: bool
    created: float
    updated: float
    state: RunState
    origin: Origin
    settings: RunSettings
    backbone_title: str
    weights_sha256: str
    classes: tuple[str, ...]
    train_size: int
    val_size: int
    val_sha256: str
    epochs: int
    best_epoch: int
    best_val_accuracy: float | None
    best_val_loss: float | None
    right: int | None
    seconds: float
    engine: str
    device: str
    size: int
    deleted: float | None = None
    failure: str = ""
    test_size: int = 0
    test_right: int | None = None
    test_looks: int = 0

    @property
    def test_accuracy(self) -> float | None:
        """The share of the test pictures that it got right at the end; None where they were not looked at."""
        return self.test_right / self.test_size if self.test_size and self.test_right is not None else None

    @property
    def started(self) -> float | None:
        """The time when it began, as a job says it; None where it was cut off, and its end was never written."""
        return None if self.state == "interrupted" else self.created


@dataclass(frozen=True)
class Storage:
    """The disk space of kept runs.

    Attributes:
        runs: How many there are, without the deleted ones.
        bytes: What they take.
        deleted_bytes: What the deleted ones take until they are purged.
        free_bytes: What is free on that disk.
        unreadable: Names of folders among the runs that hold none that can be read.
    """

    runs: int
    bytes: int
    deleted_bytes: int
    free_bytes: int
    unreadable: tuple[str, ...] = ()


NAME_LENGTH = 120  # a line of a table
NOTE_LENGTH = 10_000  # some pages
TAG_LENGTH, MOST_TAGS = 40, 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def checked_name(name: str) -> str:
    """Returns a run's name in one line.

    Raises:
        UserError: It is too long.
    """
    return _checked("name of a run", " ".join(_clean(name).split()), NAME_LENGTH)


def checked_note(note: str) -> str:
    """Returns a note.

    Raises:
        UserError: It is too long.
    """
    return _checked("note on a run", _clean(note).strip(), NOTE_LENGTH)


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Returns tags in one line each, each once.

    Raises:
        UserError: There are too many, or one is too long.
    """
    found = tuple(dict.fromkeys(filter(None, (" ".join(_clean(tag).split()) for tag in tags))))
    if len(found) > MOST_TAGS:
        raise UserError(f"These are {len(found)} tags.", f"A run may have {MOST_TAGS}.", "Leave some out.")
    return tuple(_checked("tag", tag, TAG_LENGTH) for tag in found)


def _clean(text: str) -> str:
    """Without characters that nobody can see or that no file can hold."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode("utf-8"))


def _checked(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise UserError(f"The {what} has {len(text):,} characters.", f"Up to {most:,} are kept.", "Shorten it.")
    return text
