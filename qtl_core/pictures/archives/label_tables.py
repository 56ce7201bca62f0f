"""Lists of labels: which picture shows what, where a table beside the pictures says so.

A table is any CSV, with commas, semicolons, tabs or bars, in UTF-8, UTF-16 or the letters of Windows. The column of
files is the one most of whose values are names of pictures that are there, with or without folders and endings; the
column of labels is the one that is called so, or the only other one that could be.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from qtl_core.pictures.archives.entry_names import encoding_of
from qtl_core.pictures.archives.scan import MANIFEST, ScannedFile
from qtl_core.pictures.datasets.records import Part
from qtl_core.pictures.sources.class_names import alike, part_of

_LABEL_NAMES = (  # the surest first
    *("label", "labels", "class", "classes", "category", "class_name", "classname", "label_name", "target", "y"),
    *("species", "breed", "type", "kind", "name", "diagnosis", "dx", "tag", "annotation", "klasse", "标签", "类别"),
)
_PART_NAMES = ("split", "set", "part", "subset", "fold", "partition", "usage", "dataset")
_DELIMITERS = ",;\t|"
_LEAST_MATCHED = 0.5  # of a column's values, for it to be that of the files
_MOST_LABELS = 0.5  # different values by rows, for a column without a name to be that of the labels
_MOST_ROWS = 200_000


@dataclass(frozen=True)
class Labelled:
    """A picture and what a table says of it."""

    file: ScannedFile
    label: str
    part: Part | None


@dataclass(frozen=True)
class TableFound:
    """A table that names pictures.

    Attributes:
        path, name: The table's file, as the source writes it and as people read it.
        files, labels: The names of its columns, or their numbers.
        rows: What it says.
        missing: How many of the files it names are not there.
        twice: How many pictures it names again with another label; the first counts.
    """

    path: str
    name: str
    files: str
    labels: str
    rows: tuple[Labelled, ...]
    missing: int
    twice: int


def read_tables(files: Sequence[ScannedFile]) -> tuple[TableFound, ...]:
    """Returns the tables that say what pictures show, that of most pictures first."""
    pictures = _Index([file for file in files if not file.table])
    found = [table for file in files if file.table and file.name != MANIFEST and (table := _table(file, pictures))]
    return tuple(sorted(found, key=lambda table: -len(table.rows)))


class _Index:
    """Pictures by every name that a table may know them by."""

    def __init__(self, files: Sequence[ScannedFile]) -> None:
        self.by_name: dict[str, ScannedFile] = {}
        doubtful: set[str] = set()
        for file in files:
            for key in self._keys(file.name):
                if key in self.by_name and self.by_name[key] is not file:
                    doubtful.add(key)
                self.by_name[key] = file
        for key in doubtful:  # two pictures in two folders: a table without folders cannot mean one of them
            del self.by_name[key]

    def find(self, value: str) -> ScannedFile | None:
        """Returns the picture that a table's value names, or None."""
        plain = alike(value.replace("\\", "/")).casefold().lstrip("./")
        return self.by_name.get(plain) or self.by_name.get(plain.rpartition("/")[2])

    @staticmethod
    def _keys(name: str) -> set[str]:
        plain = alike(name).casefold()
        whole = {plain, plain.rpartition("/")[2]}
        return whole | {key[: len(key) - len(PurePosixPath(key).suffix)] for key in whole}


def _table(file: ScannedFile, pictures: _Index) -> TableFound | None:
    rows = _rows(file.table)
    if not rows:
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    matched = [[pictures.find(row[column]) if column < len(row) else None for row in rows] for column in range(width)]
    counts = [sum(each is not None for each in column) for column in matched]
    at = max(range(width), key=lambda column: counts[column], default=-1)
    if at < 0 or not counts[at] or counts[at] < _LEAST_MATCHED * (len(rows) - 1):
        return None
    head = rows[0] if matched[at][0] is None else []
    body = [(row, found) for row, found in zip(rows, matched[at], strict=True) if row is not head]
    labels = _label_column(head, [row for row, _ in body], at)
    if labels is None:
        return None
    parts = next((number for number, name in enumerate(head) if _plain(name) in _PART_NAMES and number != labels), None)
    return _found(file, head, body, at, labels, parts)


def _found(
    file: ScannedFile,
    head: list[str],
    body: list[tuple[list[str], ScannedFile | None]],
    at: int,
    labels: int,
    parts: int | None,
) -> TableFound:
    seen: dict[str, Labelled] = {}
    missing = twice = 0
    of_table = part_of(PurePosixPath(file.name).stem)  # train.csv beside test.csv
    for row, picture in body:
        label = alike(row[labels]) if labels < len(row) else ""
        if picture is None or not label:
            missing += picture is None
        elif picture.path in seen:
            twice += seen[picture.path].label != label
        else:
            told = part_of(row[parts]) if parts is not None and parts < len(row) else None
            seen[picture.path] = Labelled(picture, label, told or of_table)
    names = [head[column] if column < len(head) else f"column {column + 1}" for column in (at, labels)]
    return TableFound(file.path, file.name, names[0], names[1], tuple(seen.values()), missing, twice)


def _label_column(head: list[str], body: list[list[str]], files: int) -> int | None:
    """Returns the column of the labels, or None where it cannot be told."""
    columns = [column for column in range(max(map(len, body), default=0)) if column != files]
    for name in _LABEL_NAMES:
        for column in columns:
            if column < len(head) and _plain(head[column]) == name:
                return column
    could_be = [column for column in columns if _could_be_labels(body, column)]
    return could_be[0] if len(could_be) == 1 else None


def _could_be_labels(body: list[list[str]], column: int) -> bool:
    values = [row[column].strip() for row in body if column < len(row) and row[column].strip()]
    different = len(set(values))
    return len(values) >= len(body) / 2 and 2 <= different <= max(2, _MOST_LABELS * len(values))


def _rows(content: bytes) -> list[list[str]]:
    text = _text(content)
    lines = [line for line in text.splitlines() if line.strip()][: _MOST_ROWS + 1]
    if len(lines) < 2 or len(lines) > _MOST_ROWS:
        return []
    delimiter = max(_DELIMITERS, key=lambda sign: min(line.count(sign) for line in lines[:20]))
    if delimiter not in lines[0]:
        delimiter = " "  # "0001.jpg cat", as older lists have it
    try:
        rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        return []
    return [[value.strip() for value in row] for row in rows if row]


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").replace("\0", "")
    try:
        return content.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gbk").replace("\0", "") if _seems_chinese(content) else content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1").replace("\0", "")


def _seems_chinese(content: bytes) -> bool:
    return encoding_of([content]) == "gbk"


def _plain(name: str) -> str:
    return alike(name).casefold().replace(" ", "_").strip("_")
