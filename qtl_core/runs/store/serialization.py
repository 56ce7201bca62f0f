"""The records of a run as plain data that JSON can hold, and back."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from qtl_core.network.parameter_rows import on_earlier_reading
from qtl_core.runs.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.provenance import DataFingerprint
from qtl_core.settings import RunSettings

FIGURES = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "seconds",
    "is_best",
    "layer_gradients",
)
EMPTY = Checkpoint(0, {}, {}, {}, 0)


def to_json(value: Any) -> str:
    """Returns JSON in plain ASCII: figures that are no numbers, and file names that are no text, come back as well."""
    return json.dumps(value, separators=(",", ":"))


def figures_of(epoch: EpochDone) -> dict[str, Any]:
    """Returns an epoch without its arrays."""
    return {name: getattr(epoch, name) for name in FIGURES}


def epoch_from(figures: Mapping[str, Any], probabilities: np.ndarray) -> EpochDone:
    """Returns an epoch as `figures_of` described it, with an empty checkpoint."""
    gradients = tuple(figures["layer_gradients"])
    return EpochDone(**{**figures, "layer_gradients": gradients}, val_probabilities=probabilities, checkpoint=EMPTY)


def prepared_as_dict(prepared: Prepared) -> dict[str, Any]:
    """Returns what was trained on as plain data."""
    plain = {field.name: getattr(prepared, field.name) for field in dataclasses.fields(prepared)}
    lineage = [dataclasses.asdict(each) for each in prepared.lineage]
    return plain | {"settings": prepared.settings.to_dict(), "asked": prepared.asked.to_dict(), "lineage": lineage}


def prepared_from(stored: Mapping[str, Any]) -> Prepared:
    """Reads what `prepared_as_dict` gave.

    Raises:
        Exception: It is not that; of any kind, as arbitrary data can be.
    """
    rest = dict(stored)
    lineage = tuple(_ancestor_from(each) for each in rest.pop("lineage", ()))
    settings = {name: RunSettings.from_dict(rest.pop(name)) for name in ("settings", "asked")}
    lists: dict[str, tuple[Any, ...]] = {
        name: tuple(tuple(entry) if isinstance(entry, list) else entry for entry in value)
        for name, value in rest.items()
        if isinstance(value, list)
    }
    notes = tuple(map(on_earlier_reading, lists.pop("notes", ())))
    return Prepared(**{**rest, **lists, **settings, "notes": notes, "lineage": lineage})


def _ancestor_from(stored: Mapping[str, Any]) -> Ancestor:
    lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    return Ancestor(**{**stored, **lists})


def counted(prepared: Prepared, data: DataFingerprint | None) -> Prepared:
    """Returns a run of an older version with its training pictures counted by class, where its pictures are known."""
    counts = data.train_counts if data else ()
    fits = len(counts) == len(prepared.classes) and sum(counts) == prepared.train_size > 0
    return replace(prepared, train_counts=counts) if fits and not prepared.train_counts else prepared


def ended_from(stored: Mapping[str, Any], run_id: str) -> Ended:
    """Reads how a run ended, as `dataclasses.asdict` gave it."""
    return Ended(**{**stored, "run": run_id})
