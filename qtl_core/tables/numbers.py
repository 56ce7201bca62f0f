"""A set of numbers as a set of pictures is known elsewhere: rows in place of pictures, no files behind them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from qtl_core.pictures.sources.dataset import Dataset, Picture, SkippedFile, Split
from qtl_core.runs.provenance import DataFingerprint

ROW_NAME = re.compile(r"(row|spirals/|squares/|moons/) ?\d+")


@dataclass(frozen=True, eq=False)
class Numbers:
    """Rows of numbers of two or more classes, divided into training and validation.

    Attributes:
        dataset: The rows by name, such as "row 17"; what is a picture's path elsewhere is no file here.
        columns: What the numbers of a row are called.
        rows: The numbers of each row, by its name, float32, shape (columns,) each.
    """

    dataset: Dataset
    columns: tuple[str, ...]
    rows: dict[Path, np.ndarray] = field(repr=False)

    def values(self, pictures: Sequence[Picture]) -> np.ndarray:
        """Returns the numbers of some rows, float32, shape (rows, columns)."""
        if not pictures:
            return np.zeros((0, len(self.columns)), dtype=np.float32)
        return np.stack([self.rows[picture.path] for picture in pictures])

    def digests(self, pictures: Sequence[Picture]) -> list[str]:
        """Returns the SHA-256 of each row's numbers, which say what it is wherever they come from."""
        return [hashlib.sha256(self.rows[picture.path].tobytes()).hexdigest() for picture in pictures]


def is_row_name(name: str) -> bool:
    """Returns whether what stands where a picture's path does elsewhere names a row or a point."""
    return ROW_NAME.fullmatch(name) is not None


def numbers_fingerprint(numbers: Numbers, dataset: Dataset) -> DataFingerprint:
    """Returns the fingerprint of rows by their contents.

    Args:
        numbers: Where the rows' numbers are.
        dataset: The rows that are learnt from and held out; some of `numbers.dataset`, perhaps.
    """
    classes = [name.replace("/", "_") for name in dataset.classes]  # in a name, what is before a slash is a folder

    def part(pictures: Sequence[Picture]) -> tuple[tuple[str, str], ...]:
        names = (f"{picture.split}/{classes[picture.label]}/{picture.path.name}" for picture in pictures)
        return tuple(zip(names, numbers.digests(pictures), strict=True))

    return DataFingerprint(tuple(classes), part(dataset.train), part(dataset.val), part(dataset.test))


def numbers_of(
    name: str,
    kind: Literal["points", "table"],
    *,
    classes: Sequence[str],
    columns: Sequence[str],
    values: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray,
    val: np.ndarray,
    row_name: Callable[[int], str],
    skipped: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
) -> Numbers:
    """Puts a set together.

    Args:
        name: What to call it on screen.
        kind: Where it comes from.
        classes: Class names; index = label.
        columns: What the numbers of a row are called.
        values: Shape (rows, columns).
        labels: Class of every row, shape (rows,).
        train, val: Indices of the rows that are learnt from, and of those held out, in order.
        row_name: Names a row by its index.
        skipped: What is not used, each with its reason.
        notes: Sentences a person should read.
    """
    rows = np.ascontiguousarray(values, dtype=np.float32)

    def part(indices: np.ndarray, split: Split) -> tuple[Picture, ...]:
        return tuple(Picture(Path(row_name(index)), int(labels[index]), split) for index in indices.tolist())

    dataset = Dataset(
        name,
        kind,
        tuple(classes),
        part(train, "train"),
        part(val, "val"),
        tuple(SkippedFile(Path(what), reason) for what, reason in skipped),
        tuple(notes),
    )
    used = (*dataset.train, *dataset.val)
    indices = np.concatenate((train, val)).tolist()
    return Numbers(
        dataset, tuple(columns), {picture.path: rows[index] for picture, index in zip(used, indices, strict=True)}
    )
