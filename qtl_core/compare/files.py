"""Runs and comparisons as tables and files: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from qtl_core.common.moments import moment
from qtl_core.compare.listing import accuracy_of, data_of
from qtl_core.compare.pairs import Pair
from qtl_core.compare.sides import Side, differing_settings, same_pictures
from qtl_core.evaluation.class_figures import part_figures
from qtl_core.evaluation.metrics import wilson_interval
from qtl_core.evaluation.probability_figures import probability_figures
from qtl_core.export.tables import Row, class_rows, epoch_rows, figures_object
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings.groups import PRIVATE

FORMAT = 1


def run_rows(records: Sequence[RunRecord]) -> list[Row]:
    """Returns one row a run with its figures and all settings but paths."""
    return [run_object(record, flat=True) for record in records]


def run_object(record: RunRecord, *, flat: bool = False) -> dict[str, Any]:
    """Returns a run as one object, for JSON; `flat` gives no lists and objects in it, for CSV."""
    low, high = interval_of(record) or (None, None)
    settings = {name: value for group in record.settings.to_dict().values() for name, value in group.items()}
    settings = {name: value for name, value in settings.items() if name not in PRIVATE}
    found: dict[str, Any] = {
        "id": record.id,
        "name": record.name,
        "note": record.note,
        "tags": list(record.tags),
        "starred": record.starred,
        "state": record.state,
        "origin": record.origin,
        "created": moment(record.created, UTC).isoformat(timespec="seconds"),
        "data": data_of(record),
        "backbone_title": record.backbone_title,
        "weights_sha256": record.weights_sha256,
        "classes": list(record.classes),
        "train_size": record.train_size,
        "val_size": record.val_size,
        "val_sha256": record.val_sha256,
        "epochs_done": record.epochs,
        "best_epoch": record.best_epoch,
        "best_val_accuracy": accuracy_of(record),
        "accuracy_low": low,
        "accuracy_high": high,
        "right": record.right,
        "test_size": record.test_size,
        "test_right": record.test_right,
        "test_accuracy": record.test_accuracy,
        "test_looks": record.test_looks,
        "best_val_loss": _number(record.best_val_loss),
        "seconds": record.seconds,
        "engine_used": record.engine,
        "device": record.device,
        "bytes": record.size,
    }
    if flat:
        found |= {name: " ".join(found[name]) for name in ("tags", "classes")} | settings
        return {name: "" if value is None else value for name, value in found.items()}
    return found | {"settings": settings}


def interval_of(record: RunRecord) -> tuple[float, float] | None:
    """Returns the 95% interval of a run's best accuracy, where it was asked about pictures."""
    if record.right is None or not record.val_size:
        return None
    return wilson_interval(record.right, record.val_size)


def curve_rows(sides: Sequence[Side]) -> list[Row]:
    """Returns one row an epoch and run."""
    return [
        {"run": side.letter, "id": side.record.id, "name": side.record.name} | dict(row)
        for side in sides
        for row in epoch_rows(side.view)
    ]


def disagreement_rows(pair: Pair) -> list[Row]:
    """Returns one row a picture on which the two disagree."""
    first, second = pair.first, pair.second
    return [
        {
            "file": first.files[index],
            "true": first.classes[first.labels[index]],
            **{
                f"{name} {what}": value
                for name, side in zip(pair.names, (first, second), strict=True)
                for what, value in (
                    ("says", side.classes[side.predicted[index]]),
                    ("probability", float(side.confidence[index])),
                )
            },
        }
        for index in map(int, pair.disagreements)
    ]


def comparison_json(sides: Sequence[Side], pair: Pair | None) -> str:
    """Returns all of a comparison: the runs, their curves, what differs, and the test of two."""
    differing = differing_settings([side.record.settings for side in sides])
    found = {
        "format": FORMAT,
        "runs": [{"letter": side.letter} | run_object(side.record) for side in sides],
        "differing_settings": {name: values for name, values in differing.items() if name not in PRIVATE},
        "same_pictures": [[side.letter for side in group] for group in same_pictures(sides)],
        "figures": {side.letter: _figures(side) for side in sides},
        "curves": {side.letter: [_finite(row) for row in epoch_rows(side.view)] for side in sides},
    }
    if pair is not None:
        found["mcnemar"] = {
            "only_first_right": pair.only_first,
            "only_second_right": pair.only_second,
            "p": pair.p,
            "disagreements": disagreement_rows(pair),
            "in_words": pair.in_words(),
        }
    return json.dumps(found, indent=1)


def _figures(side: Side) -> list[dict[str, Any]]:
    """Returns the figures of every part of a side's pictures, by class and over them."""
    parts = part_figures(side.view).values()
    return [figures_object(part, probability_figures(part.evaluation)) for part in parts]


def class_figure_rows(sides: Sequence[Side]) -> list[Row]:
    """Returns one row for each run, part and class."""
    return [
        {"run": side.letter, "id": side.record.id, "name": side.record.name} | dict(row)
        for side in sides
        for part in part_figures(side.view).values()
        for row in class_rows(part, probability_figures(part.evaluation))
    ]


def runs_json(records: Sequence[RunRecord]) -> str:
    """Returns runs as a JSON list."""
    return json.dumps([run_object(record) for record in records], indent=1)


def _finite(row: Row) -> dict[str, Any]:
    """JSON has no word for figures that are no numbers."""
    return {name: _number(value) if isinstance(value, float) else value for name, value in row.items()}


def _number(figure: float | None) -> float | None:
    return figure if figure is not None and math.isfinite(figure) else None
