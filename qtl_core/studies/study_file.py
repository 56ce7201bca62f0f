"""A study in one file, `name.qtl-study.zip`: taken along, looked through as a stranger's, and gone on with elsewhere.

    manifest.json        what this is, and the SHA-256 of every other entry
    study.json           the plan, and what is said of the pictures
    rows.safetensors     a line a run: its key, seed, and what came out
    curves.safetensors   the figures of every epoch, run after run in the order of the rows
    runs.csv, README.txt the same for people; the table is left out where it would have too many lines

What is read are the first four, with nothing believed; see `study_file_check`.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from filelock import FileLock
from safetensors.numpy import save

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.exchange.run_files.container import MEGABYTE, Kind, packed, unpacked
from qtl_core.exchange.run_files.writing import run_file_name
from qtl_core.runs.store.layout import ID, new_id
from qtl_core.studies.export import as_csv, column_words
from qtl_core.studies.plan import LONGEST_NAME
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import StudyStore, kept_studies, studies_folder
from qtl_core.studies.stored_curves import curves_of
from qtl_core.studies.study_file_check import MOST_TEXT, OpenedStudy, checked, why_refused
from qtl_core.studies.words import plan_words

ENDING = ".qtl-study.zip"
STUDY, ROWS, CURVES, TABLE, README = "study.json", "rows.safetensors", "curves.safetensors", "runs.csv", "README.txt"
STUDY_FILE = Kind(
    "study",
    "qtl-study",
    1,
    (STUDY, ROWS, CURVES),
    (TABLE, README),
    {CURVES: 448 * MEGABYTE, ROWS: 64 * MEGABYTE},
    level=2,  # of 100,000 runs' curves a harder one takes ten seconds, for a tenth of the size
)
TAKEN_ALONG = ("prepared", "seconds", "over", "versions")  # of the facts; others are of this machine alone
MOST_LINES = 20_000  # of the table for people
LOCK_TIMEOUT = 60.0  # seconds for another file that is just being brought in
COUNTS = tuple(field.name for field in fields(Row) if field.name not in MEASURES and field.name != "key")


@dataclass(frozen=True)
class BroughtIn:
    """The outcome of an import.

    Attributes:
        store: The kept study.
        was_here: Whether just this study was kept already.
        called: What it is called in the file, where another study has that name here; else "".
    """

    store: StudyStore
    was_here: bool = False
    called: str = ""


def file_name(store: StudyStore) -> str:
    """Returns what to call the file: the study's name as every disk takes it, or its identifier."""
    return run_file_name(store.plan.name, store.id).removesuffix(".qtl.zip") + ENDING


def write(store: StudyStore) -> bytes:
    """Packs a study; equal studies give equal bytes.

    Raises:
        UserError: It cannot be read, or its curves are too large for one file.
    """
    rows = dict(sorted(store.rows().items()))
    facts = {name: fact for name in TAKEN_ALONG if (fact := store.fact(name)) is not None}
    described = {"plan": store.plan.to_dict(), "facts": facts}
    text = json.dumps(described, indent=1, sort_keys=True, allow_nan=False)
    entries = {STUDY: text.encode(), ROWS: save(_row_arrays(rows)), CURVES: save(_curve_arrays(store, rows))}
    if len(entries[CURVES]) > STUDY_FILE.largest[CURVES]:
        size = f"Its curves take {len(entries[CURVES]):,} bytes, and a file holds {STUDY_FILE.largest[CURVES]:,}."
        raise UserError("This study cannot be taken along as one file.", size, "Export its runs as a table.")
    table = as_csv(store.plan, rows).encode() if store.plan.size <= MOST_LINES else b""
    people = {TABLE: table} if table else {}
    return packed(store.id, entries | people | {README: _readme(store, len(rows), held=bool(table))}, STUDY_FILE)


def read(content: bytes, name: str = "The file") -> StudyStore:
    """Returns the kept study that a file becomes; see `bring_in`.

    Raises:
        UserError: It cannot be opened or kept; nothing of it is there then.
    """
    return bring_in(content, name).store


def bring_in(content: bytes, name: str) -> BroughtIn:
    """Keeps the study in a file under its own identifier and name where they are free, else under others.

    Args:
        content: The file.
        name: What it is called, for messages.

    Raises:
        UserError: It cannot be opened or kept; nothing of it is there then.
    """
    opened = open_file(content, name)
    with FileLock(paths.writable("studies") / ".bring-in.lock").acquire(timeout=LOCK_TIMEOUT):
        if there := _there(opened):
            return BroughtIn(there, was_here=True)
        taken = {each.plan.name for each in kept_studies()}
        plan = replace(opened.plan, name=free_name(opened.plan.name, taken))
        is_free = not any((studies_folder() / place / opened.id).exists() for place in (".", "deleted"))
        store = StudyStore.create(plan, opened.id if is_free else new_id())
        try:
            store.add(opened.outcomes)
            for fact, value in opened.facts.items():
                store.keep_fact(fact, value)
        except UserError:
            shutil.rmtree(store.folder, ignore_errors=True)
            raise
    return BroughtIn(store, called="" if plan.name == opened.plan.name else opened.plan.name)


def open_file(content: bytes, name: str) -> OpenedStudy:
    """Returns the study in a file; nothing is written anywhere.

    Raises:
        UserError: It is damaged, foreign, dangerous, or contradicts itself; says why.
    """
    try:
        study_id, entries = unpacked(content, STUDY_FILE)
        return checked(study_id, entries[STUDY], entries[ROWS], entries[CURVES])
    except Exception as error:  # arbitrary bytes can make the readers fail in any way
        do = "Ask for the file again where it came from; nothing of it was kept."
        raise UserError(f"{name[:MOST_TEXT]} cannot be opened as a study.", why_refused(error), do) from error


def free_name(name: str, taken: set[str]) -> str:
    """Returns a study's name, with a number behind it where another study is called so."""
    if name not in taken:
        return name
    plain = re.sub(r" \(\d+\)$", "", name)
    numbered = (f"{plain[: LONGEST_NAME - 6]} ({number})" for number in range(2, len(taken) + 3))
    return next(each for each in numbered if each not in taken)


def _there(opened: OpenedStudy) -> StudyStore | None:
    """Returns the kept study that a file is of, if nothing differs but its name."""
    if not ID.fullmatch(opened.id) or not (studies_folder() / opened.id / "study.sqlite").is_file():
        return None
    try:
        store = StudyStore(opened.id)
    except UserError:
        return None
    rows = {outcome.row.key: outcome.row for outcome in opened.outcomes}
    same = replace(store.plan, name=opened.plan.name) == opened.plan and store.rows() == rows
    return store if same else None


def _row_arrays(rows: Mapping[str, Row]) -> dict[str, np.ndarray]:
    """Returns the rows in columns; a figure that is not there is NaN."""
    keys = np.frombuffer("".join(rows).encode("ascii"), np.uint8)
    found = {"key": keys.reshape(len(rows), -1) if rows else np.zeros((0, 16), np.uint8)}
    found |= {name: np.array([getattr(row, name) for row in rows.values()], np.int64) for name in COUNTS}
    for name in MEASURES:
        values = (row.measure(name) for row in rows.values())
        found[name] = np.array([np.nan if value is None else value for value in values], np.float64)
    return found


def _curve_arrays(store: StudyStore, rows: Mapping[str, Row]) -> dict[str, np.ndarray]:
    arrays = {}
    for figure in FIGURES:
        curves = curves_of(store, figure)
        there: Sequence[np.ndarray] = [curves[key] for key, row in rows.items() if row.epochs]
        arrays[figure] = np.concatenate([np.zeros(0), *there]).astype(np.float64)
    return arrays


def _readme(store: StudyStore, runs: int, *, held: bool) -> bytes:
    lines = [
        f"A study of the Quantum transfer studio: {' '.join(store.plan.name.split())}",
        "",
        "To open it: on the Studies page, or in a shell: python -m qtl_core study import THIS_FILE",
        "",
        "What it is",
        f"  {plan_words(store.plan)}",
        f"  {runs:,} runs are trained.",
        "",
        "What is in the file",
        "  study.json           the plan, and what is said of the pictures",
        "  rows.safetensors     a line a run: its key, seed, and what came out",
        "  curves.safetensors   the figures of every epoch, run after run in the order of the rows",
    ]
    lines += ["  runs.csv             the runs as a table, for R, pandas or a spreadsheet"] if held else []
    columns = [f"  {name:<22} {words}" for name, words in column_words(store.plan).items()]
    lines += ["", "Columns of runs.csv", *columns] if held else []
    lines += ["", "Neither pictures nor weights are in it: every run can be trained again from its settings."]
    return ("\n".join(lines) + "\n").encode()
