"""Names of runs that nobody has named: what was chosen that is not usual, and where that is not enough, what differs.

A name is made from the run itself as far as that tells it from the others of a list; only runs that would be called the
same get more words: settings that were left out for shortness, accuracy, and at last the time when they began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from qtl_core.common.moments import moment
from qtl_core.compare.listing import accuracy_of, numbers_name, own_name
from qtl_core.compare.sides import differing_settings, value_in_words
from qtl_core.evaluation.metrics import percent
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.heads import HEADS
from qtl_core.settings.relevant import counts, value_that_counts

MOST_PARTS = 3  # settings that a name says beside the pictures
LONGEST = 42  # letters, which the table of runs has room for on a phone; one setting is said in any case
MOST_MORE = 2  # of those left out, where only they tell runs apart
LONGEST_FOLDER = 16  # characters
SEPARATOR = " · "

_PICTURES = {"photos": "Photos", "drawn": "Drawn"}
_SCHEDULES = {"step": "steps of the rate", "constant": "constant rate"}
_WORDS: Mapping[str, Callable[[Any], str]] = {  # in the order in which a name says them
    "head": lambda value: HEADS[value].short,
    "hidden_units": lambda value: f"{value} hidden",
    "start_from": lambda value: "carried over" if value else "fresh start",
    "carry": lambda value: f"with {_parts(value)}",
    "freeze": lambda value: f"{_parts(value)} frozen",
    "per_class": lambda value: f"{value} a class" if value else "all of each class",
    "divided_into": lambda value: f"{value} folds" if value else "no folds",
    "held_out": lambda value: f"fold {value}",
    "qubits": lambda value: "1 qubit" if value == 1 else f"{value} qubits",
    "depth": lambda value: f"depth {value}",
    "entangler": lambda value: {"none": "no CNOTs", "all": "all pairs"}.get(value, value),
    "rotation": lambda value: {"rot": "Rot", "ry": "RY"}.get(value, value),
    "reuploading": lambda value: "re-uploading" if value else "no re-uploading",
    "learning_rate": lambda value: f"rate {value_in_words('learning_rate', value)}",
    "epochs": lambda value: "1 epoch" if value == 1 else f"{value} epochs",
    "seed": lambda value: f"seed {value}",
    "dataset_version": lambda value: f"version {value}",
    "batch_size": lambda value: f"batch {value}",
    "optimiser": lambda value: {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD"}.get(value, value),
    "schedule": lambda value: _SCHEDULES.get(value, value.replace("_", " ")),
    "warm_up": lambda value: f"warm-up {value}",
    "standardise": lambda value: "standardised" if value else "not standardised",
    "test_share": lambda value: f"test part {100 * value:g}%" if value else "no test part",
    "shots": lambda value: f"{value:,} shots" if value else "no shots",
    "machine": lambda value: f"on {value}" if value else "no machine",
    "layout": lambda value: f"qubits {value}" if value else "qubits that the app chose",
    "depolarizing_one": lambda value: f"depolarising {value:g}",
    "depolarizing_two": lambda value: f"depolarising {value:g} a CNOT",
    "amplitude_damping": lambda value: f"amplitude damping {value:g}",
    "phase_damping": lambda value: f"phase damping {value:g}",
    "readout_flip": lambda value: f"bit flips {value:g}",
    "backbone": lambda value: value_in_words("backbone", value),
}
_SAID_ALREADY = {"source", "dataset", "shape", *PRIVATE}  # by what the pictures are called
_ORDER = (*_WORDS, *(name for name in FIELDS if name not in _WORDS and name not in _SAID_ALREADY))
_USUAL = {name: RunSettings().value(name) for name in _ORDER}


def names_of(records: Iterable[RunRecord]) -> dict[str, str]:
    """Returns what each run of a list is called, by its identifier: the name that a person typed, or one of its own."""
    records = list(records)
    names = {record.id: record.name or _usual_name(record) for record in records}
    unnamed = [record for record in records if not record.name]
    for more in (_settings_left_out, _accuracies, _times, _identifiers):
        unnamed = [record for group in _called_the_same(unnamed, names) for record in group]
        for group in _called_the_same(unnamed, names):
            for record, words in zip(group, more(group), strict=True):
                names[record.id] = SEPARATOR.join(filter(None, (names[record.id], words)))
    return names


def name_of(record: RunRecord) -> str:
    """Returns what a run is called by itself, where no others stand beside it."""
    return names_of([record])[record.id]


def _called_the_same(records: Sequence[RunRecord], names: Mapping[str, str]) -> list[list[RunRecord]]:
    groups: dict[str, list[RunRecord]] = {}
    for record in records:
        groups.setdefault(names[record.id], []).append(record)
    return [group for group in groups.values() if len(group) > 1]


def _usual_name(record: RunRecord) -> str:
    data = record.settings.data
    named = numbers_name(data) if data.is_numbers else own_name(data, record.classes)
    pictures = _PICTURES.get(data.source) or _shortened(named)
    return _name_from(record.settings, pictures, record.train_size > 0)


@lru_cache(maxsize=20_000)  # a store of thousands is named anew at every click
def _name_from(settings: RunSettings, pictures: str, is_told: bool) -> str:
    """`is_told`: of a head from elsewhere, neither pictures nor training are known."""
    if not is_told:
        known = ("Head from elsewhere", *(_in_words(name, settings) for name in ("qubits", "depth")))
        return SEPARATOR.join(filter(None, known))
    unusual = _unusual(settings)
    said = [_in_words(name, settings) for name in unusual[:MOST_PARTS]]
    if not said:
        said = ["usual settings"]
    while len(name := _with_rest(pictures, said, len(unusual))) > LONGEST and len(said) > 1:
        said.pop()
    return name


def _with_rest(pictures: str, said: Sequence[str], unusual: int) -> str:
    left_out = unusual - len(said)
    return SEPARATOR.join((pictures, *said)) + (f" +{left_out}" if left_out > 0 else "")


def _unusual(settings: RunSettings) -> list[str]:
    """The image network is left out, which would be in every name offline, and the version, which every set has."""
    seldom = [name for name in _ORDER if name not in ("backbone", "dataset_version")]
    return [name for name in seldom if value_that_counts(settings, name) != _USUAL[name]]


def _in_words(name: str, settings: RunSettings) -> str:
    if not counts(settings, name):
        return ""
    value = settings.value(name)
    if name in _WORDS:
        return _WORDS[name](value)
    return f"{FIELDS[name].label.lower()} {value_in_words(name, value).split(' (')[0]}"


def _parts(value: str) -> str:
    return value_in_words("carry", value).casefold() if value else "nothing"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_FOLDER else f"{text[: LONGEST_FOLDER - 1]}…"


def _settings_left_out(group: Sequence[RunRecord]) -> list[str]:
    differing = differing_settings([record.settings for record in group])
    names = [name for name in _ORDER if name in differing][:MOST_MORE]
    return [SEPARATOR.join(filter(None, (_in_words(name, each.settings) for name in names))) for each in group]


def _accuracies(group: Sequence[RunRecord]) -> list[str]:
    accuracies = [accuracy_of(record) for record in group]
    return _if_they_differ(["" if each is None else percent(each) for each in accuracies])


def _times(group: Sequence[RunRecord]) -> list[str]:
    moments = [moment(record.created) for record in group]
    minutes = [each.strftime("%d %b %Y, %H:%M") for each in moments]
    if len(set(minutes)) == len(minutes):
        return minutes
    return _if_they_differ([each.strftime("%d %b %Y, %H:%M:%S") for each in moments])


def _identifiers(group: Sequence[RunRecord]) -> list[str]:
    return [record.id.rpartition("-")[2] for record in group]


def _if_they_differ(words: list[str]) -> list[str]:
    return words if len(set(words)) > 1 else [""] * len(words)
