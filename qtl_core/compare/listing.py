"""Finding a run among thousands: what is searched, filtered and ordered by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qtl_core.common.moments import moment
from qtl_core.common.paths import in_text
from qtl_core.compare.sides import NOT_KNOWN, value_in_words
from qtl_core.pictures.datasets.creating import name_of
from qtl_core.pictures.sources.typed_path import last_name
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings import DataSettings
from qtl_core.tables.kept import name_of as table_name
from qtl_core.tables.points import NAMES

LONGEST_NAME = 60  # characters of a folder's name in a list
NOWHERE = -1.0  # below every figure: runs that have none come last


@dataclass(frozen=True)
class Filter:
    """A filter of runs; a field that is empty asks for nothing.

    Attributes:
        words: All of them must be found somewhere in what is written of a run.
        states, data, backbones, tags: One of each must be the run's.
        starred: Only those with a star.
    """

    words: str = ""
    states: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    backbones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    starred: bool = False

    def takes(self, record: RunRecord, name: str) -> bool:
        """Returns whether a run, called so in the list, is wanted."""
        return (
            (not self.starred or record.starred)
            and (not self.states or record.state in self.states)
            and (not self.data or data_of(record) in self.data)
            and (not self.backbones or record.backbone_title in self.backbones)
            and (not self.tags or any(tag in record.tags for tag in self.tags))
            and _found_in(record, name, self.sought)
        )

    @cached_property
    def sought(self) -> tuple[str, ...]:
        """The words that must be found, each once."""
        return tuple(dict.fromkeys(self.words.casefold().split()))


ORDERS: dict[str, tuple[Callable[[RunRecord, str], Any], bool]] = {  # title -> (key of run and name, largest first)
    "Newest first": (lambda record, name: record.created, True),
    "Oldest first": (lambda record, name: record.created, False),
    "Best accuracy first": (lambda record, name: _known(record.best_val_accuracy), True),
    "Starred first": (lambda record, name: (record.starred, record.created), True),
    "Name": (lambda record, name: name.casefold(), False),
    "Longest training first": (lambda record, name: record.seconds, True),
    "Largest on disk first": (lambda record, name: record.size, True),
}


def listed(records: Iterable[RunRecord], wanted: Filter, order: str, names: Mapping[str, str]) -> list[RunRecord]:
    """Returns the wanted runs in this order of `ORDERS`; `names` says what each is called (`compare.names`)."""
    key, largest_first = ORDERS[order]
    found = (record for record in records if wanted.takes(record, names[record.id]))
    return sorted(found, key=lambda record: key(record, names[record.id]), reverse=largest_first)


def data_of(record: RunRecord) -> str:
    """Returns what a run learnt from, in words."""
    return data_words(record.settings.data, record.classes) if record.train_size else NOT_KNOWN


def data_words(data: DataSettings, classes: Sequence[str] = ()) -> str:
    """Returns what pictures or numbers are called, without where they lie.

    Args:
        data: Which they are.
        classes: Their classes, where these are known.
    """
    if data.is_numbers:
        return numbers_name(data)
    if data.is_own:
        kind = "Folder" if data.source == "folder" else "Data set"
        return f"{kind} {own_name(data, classes)}"
    return value_in_words("source", data.source)


def numbers_name(data: DataSettings) -> str:
    """Returns what to call points, or the table that rows are of."""
    if data.source == "points":
        return NAMES[data.shape]
    return in_text(f"Table {table_name(data.table)}")[:LONGEST_NAME]


def own_name(data: DataSettings, classes: Sequence[str]) -> str:
    """Returns what to call a person's own pictures in a list: the name of their data set, or of their folder.

    Never where a folder lies; and their classes where they have no name, or a data set is not on this computer.
    """
    name = name_of(data.dataset) if data.source == "dataset" else last_name(data.folder)
    return in_text(name or ", ".join(classes))[:LONGEST_NAME]


def ansatz_of(record: RunRecord) -> str:
    """Returns a run's ansatz in words."""
    circuit = record.settings.circuit
    words = [value_in_words(name, getattr(circuit, name)).split(" (")[0] for name in ("entangler", "rotation")]
    return " · ".join([*words, *(["re-uploading"] if circuit.reuploading else [])])


def accuracy_of(record: RunRecord) -> float | None:
    """Returns the share that a run got right at its best; None where it was asked about nothing."""
    return record.best_val_accuracy if record.right is not None and record.val_size else None


def choices_of(records: Sequence[RunRecord]) -> dict[str, list[str]]:
    """Returns what can be filtered by, for the fields of `Filter` that take some of a few, in alphabetical order."""
    return {
        "states": sorted({record.state for record in records}),
        "data": sorted({data_of(record) for record in records}),
        "backbones": sorted({record.backbone_title for record in records}),
        "tags": sorted({tag for record in records for tag in record.tags}),
    }


def _found_in(record: RunRecord, name: str, sought: Sequence[str]) -> bool:
    if not sought:
        return True
    settings = " ".join(
        value_in_words(name, value).split(" (")[0]  # what stands in brackets, as "the paper's", is no name
        for group in (record.settings.circuit, record.settings.training)
        for name, value in vars(group).items()
    )
    said = (
        name,
        moment(record.created).strftime("%d %b %Y, %H:%M"),
        record.note,
        *record.tags,
        data_of(record),
        record.backbone_title,
        record.id,
        record.state,
        *record.classes,
        settings,
    )
    text = "\n".join(said).casefold()
    return all(word in text for word in sought)


def _known(figure: float | None) -> float:
    return NOWHERE if figure is None or figure != figure else figure
