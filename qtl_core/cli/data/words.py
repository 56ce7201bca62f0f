"""A data set as `data` prints it: as JSON and in a line."""

from __future__ import annotations

from typing import Any

from qtl_core.cli.output import json_of, say
from qtl_core.common.moments import moment
from qtl_core.pictures.datasets.reading import counts
from qtl_core.pictures.datasets.records import PARTS, DatasetRecord
from qtl_core.pictures.datasets.retention import going_words

WHOSE = (
    "Whose it is: on a server that answers this computer alone, everybody's. On one that is opened to a room by "
    "--server.address, it is changed by whoever sits at that computer (http://127.0.0.1 or localhost, no proxy); "
    "behind a proxy (QTL_OPEN=1) by this shell alone. Who has its link looks at it and trains on it."
)  # a set that is made in a shell
SET: dict[str, Any] = {"metavar": "SET", "help": "The data set, by name or identifier; see `data list`."}


def set_as_json(record: DatasetRecord) -> dict[str, Any]:
    """Returns what is printed of a set with --json: its classes by name, each with its pictures by part."""
    return {
        "id": record.id,
        "name": record.name,
        "note": record.note,
        "created": record.created,
        "used": record.used,
        "split": {"val": record.split.val_share, "test": record.split.test_share, "seed": record.split.seed},
        "classes": class_counts(record),
    }


def class_counts(record: DatasetRecord) -> dict[str, dict[str, int]]:
    """Returns how many pictures each class has in each part, by its name."""
    found = {} if record.deleted is not None else counts(record.id)
    of_class = {each.name: found.get(each.id, {}) for each in record.classes}
    return {name: {part: parts.get(part, 0) for part in PARTS} for name, parts in of_class.items()}


def say_set(record: DatasetRecord, *, as_json: bool) -> None:
    """Prints a set: an object, or a line."""
    say(json_of(set_as_json(record)) if as_json else set_line(record))


def set_line(record: DatasetRecord) -> str:
    """Returns a set on one line: identifier, when it was used, its name, and how many pictures of what."""
    used = moment(record.used).strftime("%Y-%m-%d %H:%M")
    classes = ", ".join(f"{each.count:,} {each.name}" for each in record.classes) or "no classes yet"
    return "  ".join(filter(None, (record.id, used, record.name, classes, going_words(record))))
