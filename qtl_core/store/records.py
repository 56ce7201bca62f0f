"""What the store says of a run: plain values, without weights and histories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qtl_core.settings import RunSettings

RunState = Literal["running", "interrupted", "finished", "stopped", "failed"]
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

    @property
    def started(self) -> float | None:
        """When it began, as a job says it; None where it was cut off, and its end was never written."""
        return None if self.state == "interrupted" else self.created


@dataclass(frozen=True)
class Storage:
    """What kept runs take on disk.

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
