"""The runs of a comparison: their letters, the settings they differ in, and which answered for the same pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.moments import moment
from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.pictures.datasets.creating import name_of
from qtl_core.pictures.sources.typed_path import last_name
from qtl_core.runs.store import find_run
from qtl_core.runs.store.records import RunRecord
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings, specs
from qtl_core.settings.groups import FIELDS, GROUPS, PRIVATE
from qtl_core.settings.relevant import counts, value_that_counts
from qtl_core.tables.kept import is_kept
from qtl_core.tables.kept import name_of as table_name

MAX_RUNS = 8  # runs at once: more colours and dashes than these cannot be told apart
LETTERS = "ABCDEFGH"
LABELS = {name: {choice.value: choice.label for choice in spec.choices} for name, spec in FIELDS.items()}


NOT_KNOWN, PLAYS_NO_PART = "Not known", "plays no part"
# Of a head that was trained elsewhere: how, and on what.
UNKNOWN_OF_HEADS = frozenset({*specs(GROUPS["training"]), "source", "folder", "dataset", "dataset_version"}) - {
    "backbone_mode"
}


@dataclass(frozen=True, eq=False)
class Side:
    """One run of a comparison.

    Attributes:
        letter: What it is called in charts and sentences.
        record: Its row.
        view: All of it.
        name: What it is called in lists (`compare.names`).
    """

    letter: str
    record: RunRecord
    view: RunView
    name: str

    @property
    def title(self) -> str:
        """Its letter and what it is called in lists."""
        return f"{self.letter} · {self.name}"

    @cached_property
    def evaluation(self) -> Evaluation | None:
        """The evaluation on its validation pictures; None where it was never asked about any."""
        measured = self.view.prepared is not None and self.view.best is not None and self.view.prepared.val_labels
        return evaluation_of(self.view) if measured else None


def sides_of(runs: Sequence[tuple[RunRecord, RunView]], names: Mapping[str, str]) -> list[Side]:
    """Gives each run its letter.

    Args:
        runs: Their rows, each with all of the run.
        names: What they are called, by their identifiers.

    Raises:
        ValueError: They are more than there are letters.
    """
    if len(runs) > MAX_RUNS:
        raise ValueError(f"{len(runs)} runs are too many to be told apart")
    return [Side(letter, *run, names[run[0].id]) for letter, run in zip(LETTERS, runs, strict=False)]


def differing_settings(settings: Sequence[RunSettings]) -> dict[str, list[Any]]:
    """Returns the fields in which any of them differ, in the settings' order, each with everybody's value.

    A setting that plays no part in a run counts as usual there, and its value is None: runs that differ in such ones
    alone do not differ.
    """
    values = {name: [value_that_counts(each, name) for each in settings] for name in FIELDS}
    return {
        name: [value if counts(each, name) else None for each, value in zip(settings, found, strict=True)]
        for name, found in values.items()
        if any(value != found[0] for value in found)
    }


def value_in_words(name: str, value: Any) -> str:
    """Returns a setting's value as its widget shows it."""
    if value is None:
        return PLAYS_NO_PART
    if name == "table" and is_kept(value):
        return table_name(value)
    if name == "start_from" and value:
        return _run_called(value)
    if name in PRIVATE and value:  # what it is called, not where it lies: others may read it
        return last_name(value) or NOT_KNOWN
    if name == "dataset" and value:
        return name_of(value) or value
    if name == "dataset_version" and not value:
        return "as it is now"
    if isinstance(value, bool):
        return "on" if value else "off"
    if FIELDS[name].kind == "several":
        return ", ".join(LABELS[name][each] for each in value.split(",") if each) or "none"
    if isinstance(value, float):
        return f"{value:.9f}".rstrip("0").rstrip(".")
    return FIELDS[name].label_of(str(value)) or "none"


def _run_called(run_id: str) -> str:
    """Returns what a run is called in lists; one that nobody named, by when it began; else its identifier."""
    try:
        record = find_run(run_id)
    except UserError:
        return f"run {run_id}, which is not here"
    return record.name or f"the run of {moment(record.created).strftime('%d %b %Y, %H:%M:%S')}"


def setting_in_words(record: RunRecord, name: str, value: Any) -> str:
    """Returns a run's setting as its widget shows it, or that nobody knows it."""
    if not record.train_size and name in UNKNOWN_OF_HEADS:
        return NOT_KNOWN
    return value_in_words(name, value)


def same_pictures(sides: Sequence[Side]) -> list[list[Side]]:
    """Returns the runs in groups that answered for the same validation pictures, by their contents.

    Where a run of long ago does not know its pictures' contents, their files' names must do. A run that was asked
    about none is alone.
    """
    groups: list[list[Side]] = []
    for side in sides:
        home = next((group for group in groups if _same(group[0], side)), None)
        if home is None:
            groups.append([side])
        else:
            home.append(side)
    return groups


def common_noun(sides: Sequence[Side]) -> str:
    """Returns the word for what all sides answered for: "points", or "examples" where pictures stand beside numbers."""
    settings = [side.record.settings.data for side in sides]
    nouns = {data.noun for data in settings}
    if len(nouns) == 1:
        return nouns.pop()
    return "examples" if any(data.is_numbers for data in settings) else "pictures"


def _same(one: Side, other: Side) -> bool:
    if one.evaluation is None or other.evaluation is None:
        return False
    if one.record.val_sha256 and other.record.val_sha256:
        return one.record.val_sha256 == other.record.val_sha256
    first, second = one.view.prepared, other.view.prepared
    return all(getattr(first, name) == getattr(second, name) for name in ("classes", "val_files", "val_labels"))
