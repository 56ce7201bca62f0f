"""Rows of the store and what they stand for."""

from __future__ import annotations

import dataclasses
import json
import math
import sqlite3
from functools import lru_cache
from typing import Any

from qtl_core.settings import RunSettings
from qtl_core.store.described import ended_from, to_json
from qtl_core.store.records import RunRecord, RunState
from qtl_core.training.events import Ended, Prepared
from qtl_core.training.view import PreparedRun, RunView

# In the order of `RunRecord`.
SHOWN = (
    "id",
    "version",
    "name",
    "note",
    "tags",
    "starred",
    "created",
    "updated",
    "state",
    "origin",
    "settings",
    "backbone_title",
    "weights_sha256",
    "classes",
    "train_size",
    "val_size",
    "val_sha256",
    "epochs",
    "best_epoch",
    "best_val_accuracy",
    "best_val_loss",
    "right_at_best",
    "seconds",
    "engine",
    "device",
    "size",
    "deleted",
    "failure",
)
HIDDEN = ("data_sha256", "weights", "weights_digest", "predictions", "versions", "platform", "ended")
COLUMNS = (*SHOWN, *HIDDEN)
BLANK = {
    "version": 0,
    "name": "",
    "note": "",
    "tags": "[]",
    "starred": 0,
    "origin": "trained",
    "val_sha256": "",
    "size": 0,
    "deleted": None,
    "failure": "",
    "data_sha256": "",
    "weights": "",
    "weights_digest": "",
    "predictions": "",
    "versions": "{}",
    "platform": "",
}
Row = dict[str, Any]


def row_of(view: PreparedRun, state: RunState) -> Row:
    """Returns the columns that a run itself decides, however far it has come."""
    prepared, settings = view.prepared, view.prepared.settings
    end = summary(view)
    return {
        "state": state,
        "settings": to_json(settings.to_dict()),
        "backbone_title": prepared.backbone_title,
        "weights_sha256": prepared.weights_sha256,
        "classes": to_json(prepared.classes),
        "train_size": prepared.train_size,
        "val_size": prepared.val_size,
        "epochs": end.epochs,
        "best_epoch": end.best_epoch,
        "best_val_accuracy": _stored(end.best_val_accuracy) if end.best_epoch else None,
        "best_val_loss": _stored(end.best_val_loss) if end.best_epoch else None,
        "right_at_best": _right(end, prepared) if end.best_epoch else None,
        "seconds": _stored(end.seconds_training),
        "engine": prepared.engine,
        "device": prepared.device,
        "ended": to_json(dataclasses.asdict(end)),
    }


def summary(view: RunView) -> Ended:
    """Returns how a run ended, or how it would have if it had been stopped here."""
    if view.ended is not None:
        return view.ended
    checkpoint = view.checkpoint
    wanted = view.prepared.settings.training.epochs if view.prepared else 0
    return Ended(
        how="finished" if view.prepared and len(view.epochs) >= wanted else "stopped",
        epochs=len(view.epochs),
        best_epoch=checkpoint.best_epoch if checkpoint else 0,
        best_val_accuracy=checkpoint.best_val_accuracy if checkpoint else -1.0,
        best_val_loss=checkpoint.best_val_loss if checkpoint else math.inf,
        seconds_training=sum(epoch.seconds for epoch in view.epochs),
    )


def record_of(row: sqlite3.Row, *, interrupted: bool) -> RunRecord:
    """Returns a row's record.

    Args:
        row: The columns `SHOWN`.
        interrupted: Whether no living process writes it; counts only where it says that it is running.

    Raises:
        Exception: It cannot be understood; of any kind, as a damaged or foreign row can be.
    """
    values = dict(zip(row.keys(), row, strict=True))
    values["right"] = values.pop("right_at_best")
    values["starred"] = bool(values["starred"])
    values["tags"], values["classes"] = _words_in(values["tags"]), _words_in(values["classes"])
    values["settings"] = settings_of(values["settings"])
    for figure in ("best_val_accuracy", "best_val_loss", "seconds"):
        values[figure] = _figure(values[figure])
    if interrupted and values["state"] == "running":
        values["state"] = "interrupted"
    return RunRecord(**values)


@lru_cache(maxsize=10_000)  # 20 microseconds each, and a table of 5,000 runs is read at every look at it
def settings_of(text: str) -> RunSettings:
    """Returns the settings in a row."""
    return RunSettings.from_dict(json.loads(text))


def ended_of(row: sqlite3.Row) -> Ended:
    """Returns how a row's run ended; one that has not would end here."""
    return ended_from(json.loads(row["ended"]), row["id"])


@lru_cache(maxsize=1_000)
def _words_in(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _right(end: Ended, prepared: Prepared) -> int:
    return prepared.pictures_right(end.best_val_accuracy) or 0


def _stored(figure: float) -> float | str:
    """SQLite makes NULL of a NaN, so that it is kept as a word; infinity it knows."""
    return "nan" if math.isnan(figure) else float(figure)


def _figure(stored: float | str | None) -> float | None:
    return None if stored is None else float(stored)
