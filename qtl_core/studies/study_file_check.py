"""Checks that a study's file is one and agrees with itself: its rows belong to its plan and follow from its curves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.exchange.run_files.container import Refused, plain_json
from qtl_core.exchange.run_files.requirements import is_remote
from qtl_core.runs.store.layout import ID
from qtl_core.state_dicts.safetensors_files import check_header
from qtl_core.studies.facts import MOST, SIZES
from qtl_core.studies.plan import MOST_RUNS, CellRun, StudyPlan
from qtl_core.studies.rows import MEASURES, Outcome, Row

MOST_TEXT = 80  # characters of a file's name that are shown
MOST_SIZE, MOST_SECONDS = 10**9, 1e10  # pictures, or numbers of one, and seconds of training
MOST_FACTS, LONGEST_WORDS = 64, 1_000  # of what is said of the pictures, and characters of a text there
KEY = re.compile(r"[0-9a-f]{16}")
COUNTS = tuple(each.name for each in fields(Row) if each.name not in MEASURES and each.name != "key")
OF_CURVES = {  # which figure of which epoch a row repeats
    "last_val_accuracy": ("val_accuracy", False),
    "best_val_accuracy": ("val_accuracy", True),
    "last_val_loss": ("val_loss", False),
    "best_val_loss": ("val_loss", True),
}


@dataclass(frozen=True, eq=False)
class OpenedStudy:
    """A study in a file.

    Attributes:
        id: Its identifier where it comes from.
        plan: What was asked.
        outcomes: What came of every run that was trained.
        facts: What is said of the pictures, and of the training.
    """

    id: str
    plan: StudyPlan
    outcomes: list[Outcome] = field(repr=False)
    facts: dict[str, Any] = field(repr=False)


def checked(study_id: str, described: bytes, rows: bytes, curves: bytes) -> OpenedStudy:
    """Returns the study that three entries of a file hold.

    Raises:
        Refused: They contradict themselves or each other.
        Exception: Of any kind, as arbitrary bytes can make the readers fail.
    """
    if not ID.fullmatch(study_id):
        raise Refused("The identifier of its study is none.")
    content = plain_json(described)
    if not isinstance(content, dict) or set(content) != {"plan", "facts"}:
        raise Refused("Its study.json is not laid out as a study's is.")
    plan, facts = _plan(content["plan"]), _facts(content["facts"])
    columns = _columns(_arrays(rows))
    return OpenedStudy(study_id, plan, _outcomes(plan, columns, _arrays(curves)), facts)


def why_refused(error: Exception) -> str:
    """Returns why a file cannot be opened, as a sentence."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, MemoryError):
        return "It asks for more memory than there is."
    return "It is damaged."


def _plan(stored: Any) -> StudyPlan:
    try:
        plan = StudyPlan.from_dict(stored)
    except UserError as error:
        raise Refused(f"Its plan cannot be used: {error.what} {error.why}".strip()) from error
    values = [value for group in plan.base.to_dict().values() for value in group.values()]
    values += [value for axis in plan.axes for value in axis.values]
    if any(isinstance(value, str) and is_remote(value) for value in values):
        raise Refused("It names a folder on another machine, which is not looked for.")
    return plan


def _facts(stored: Any) -> dict[str, Any]:
    if not isinstance(stored, dict) or not stored.keys() <= FACTS.keys():
        raise Refused("It says something of its study that is not known here.")
    for name, value in stored.items():
        if not _is_plain(value) or not FACTS[name](value):
            raise Refused("What it says of its pictures is not laid out as a study's is.")
    return dict(stored)


def _is_prepared(value: Any) -> bool:
    """Returns whether something is said of pictures as `facts.facts_of` says it; a part may be missing."""
    return isinstance(value, dict) and all(PREPARED[name](each) for name, each in value.items() if name in PREPARED)


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_SIZE


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_SECONDS


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _are_versions(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


FACTS: Mapping[str, Callable[[Any], bool]] = {
    "prepared": _is_prepared,
    "seconds": _is_time,
    "over": _is_flag,
    "versions": _are_versions,
}
PREPARED: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("classes", "notes"), _are_texts),
    **dict.fromkeys(("backbone", "noun"), _is_text),
    **dict.fromkeys((*SIZES, *(f"{MOST}{name}" for name in SIZES)), _is_size),
}


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Returns whether something is numbers, short texts, and a few lists of them: what a page can show."""
    if isinstance(value, str):
        return len(value) <= LONGEST_WORDS and value.isprintable()
    if isinstance(value, dict):
        names = all(_is_plain(name) for name in value)
        return depth < 2 and len(value) <= MOST_FACTS and names and all(_is_plain(v, depth + 1) for v in value.values())
    if isinstance(value, list):
        return depth < 2 and len(value) <= MOST_RUNS and all(_is_plain(each, depth + 1) for each in value)
    return value is None or isinstance(value, int | float)


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    check_header(content)
    return load(content)


def _columns(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the columns of the rows, each of its kind and all equally long."""
    expected: dict[str, type] = (
        {"key": np.uint8} | dict.fromkeys(COUNTS, np.int64) | dict.fromkeys(MEASURES, np.float64)
    )
    if arrays.keys() != expected.keys():
        raise Refused("Its rows have other columns than a study's.")
    count = len(arrays["key"])
    shapes = {name: (count, 16) if name == "key" else (count,) for name in expected}
    if any(arrays[name].shape != shapes[name] or arrays[name].dtype != kind for name, kind in expected.items()):
        raise Refused("Its rows are not laid out as a study's are.")
    if count > MOST_RUNS:
        raise Refused(f"It holds {count:,} runs, more than a study has.")
    return dict(arrays)


def _outcomes(plan: StudyPlan, columns: Mapping[str, np.ndarray], curves: Mapping[str, np.ndarray]) -> list[Outcome]:
    keys = [bytes(each).decode("ascii") for each in columns["key"]]
    runs = plan.runs()
    if len(set(keys)) < len(keys):
        raise Refused("It holds a run twice.")
    if any(not KEY.fullmatch(key) or key not in runs for key in keys):
        raise Refused("It holds a run that its plan does not have.")
    epochs = columns["epochs"]
    if (epochs < 0).any() or (epochs > 10**6).any():
        raise Refused("A run has epochs that there cannot be.")
    total, ends = int(epochs.sum()), np.cumsum(epochs)
    if curves.keys() != set(FIGURES) or any(
        each.shape != (total,) or each.dtype != np.float64 or not np.isfinite(each).all() for each in curves.values()
    ):
        raise Refused("Its curves do not have the length that its rows say, or are no finite numbers.")
    if not all(_are_possible(name, values) for name, values in curves.items()):
        raise Refused("Its curves have a figure that there cannot be.")
    counts = zip(*(columns[name].tolist() for name in COUNTS), strict=True)
    figures = zip(*(columns[name].tolist() for name in MEASURES), strict=True)
    found = []
    for key, count, values, end in zip(keys, counts, figures, ends.tolist(), strict=True):
        known: dict[str, Any] = {
            name: None if value != value else value for name, value in zip(MEASURES, values, strict=True)
        }
        row = Row(key=key, **dict(zip(COUNTS, count, strict=True)), **known)
        own = {name: curves[name][end - row.epochs : end] for name in FIGURES} if row.epochs else {}
        _check_row(row, runs[key], own)
        found.append(Outcome(row, own))
    return found


def _check_row(row: Row, run: CellRun, curves: Mapping[str, np.ndarray]) -> None:
    training = run.settings.training
    if row.seed != run.seed:
        raise Refused("A run has another seed than its plan says.")
    if row.broke_down:
        if not 1 <= row.broke_down <= training.epochs or row.epochs or row.best_epoch or _figures(row):
            raise Refused("A run that broke down is said to have figures.")
        return
    if not 1 <= row.best_epoch <= row.epochs <= training.epochs:
        raise Refused("A run has more epochs than its settings ask for, or a best one that it does not have.")
    values = _figures(row)
    if not OF_CURVES.keys() <= values.keys() or not all(_are_possible(*each) for each in values.items()):
        raise Refused("A run has a figure that there cannot be.")
    if run.read is None:  # else its figures are of a readout, and its curves of the training
        for name, (figure, is_best) in OF_CURVES.items():
            if values[name] != curves[figure][row.best_epoch - 1 if is_best else -1]:
                raise Refused("What it says came out of a run does not follow from its curves.")


def _figures(row: Row) -> dict[str, float]:
    return {name: value for name in MEASURES if (value := row.measure(name)) is not None}


def _are_possible(name: str, values: float | np.ndarray) -> bool:
    most = 1.0 if name.endswith("accuracy") else np.finfo(float).max
    return bool(np.all((np.asarray(values) >= 0) & (np.asarray(values) <= most)))
