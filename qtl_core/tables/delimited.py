"""Tables as text, as people have them: CSV with any separator, decimal comma, encoding, with a header or without."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.tables.raw import MISSING, RawTable, check_size, number_in, unique_names

SEPARATORS = (";", "\t", "|", ",")  # a comma last: where another one fits, commas are decimal
SAMPLE = 200  # lines by which the separator and the header are told
LONGEST_CELL = 100_000
BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before the mark of UTF-16, with which it begins
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_delimited(content: bytes) -> RawTable:
    """Reads a table of text.

    Raises:
        UserError: It is no such table.
    """
    lines = _lines(_decoded(content))
    separator = _separator(lines[:SAMPLE])
    widths, rows, numbers = _rows(lines, separator)
    header = _has_header(rows[: SAMPLE + 1], decimal_comma=separator != ",")
    names = unique_names(rows[0] if header else [""] * len(rows[0]))
    if header:
        rows, numbers = rows[1:], [number - 1 for number in numbers[1:]]
    if not rows:
        raise UserError("This table has a header and no rows.", "", "Take one with rows of numbers.")
    notes = (f"{widths} rows have more or fewer cells than the others, and are left out.",) if widths else ()
    columns = tuple(list(cells) for cells in zip(*rows, strict=True))
    return RawTable(names, columns, np.array(numbers), notes=notes, has_header=header)


def uses_decimal_comma(columns: Sequence[Sequence[str] | np.ndarray]) -> bool:
    """Returns whether numbers are written 1,5: where cells hold commas and are numbers only when read so."""
    votes: Counter[bool] = Counter()
    for column in columns:
        if isinstance(column, np.ndarray):
            continue
        for cell in column[:SAMPLE]:
            if "," in cell and number_in(cell, decimal_comma=False) is None:
                votes[number_in(cell, decimal_comma=True) is not None] += 1
    return votes[True] > votes[False]


def _decoded(content: bytes) -> str:
    """Returns the text; without a mark of its encoding UTF-8, or else what Windows wrote in Western Europe."""
    for mark, encoding in BOMS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    if b"\x00" in content[:4096]:
        raise UserError("This is no table of text.", "It holds zero bytes.", "Save it as CSV, Parquet or .npz.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(text: str) -> list[str]:
    """Returns the lines, without remarks before them, empty ones, and the line by which Excel names its separator."""
    found = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    start = next((at for at, line in enumerate(found) if not line.startswith(("#", "%", "sep="))), len(found))
    if start == len(found):
        raise UserError("This table is empty.", "", "Take one with rows of numbers.")
    return found[start:]


def _separator(sample: Sequence[str]) -> str:
    """Returns what parts the cells: what most evenly gives more than one; a space stands for any white space."""
    scores = []
    for order, separator in enumerate(SEPARATORS):
        widths = Counter(len(row) for row in _split(sample, separator))
        width, often = max(widths.items(), key=lambda each: (each[1], each[0]))
        if width > 1:
            scores.append((often / len(sample) > 0.8, -order, separator))
    if scores:
        return max(scores)[2]
    widths = Counter(len(line.split()) for line in sample)
    if widths.most_common(1)[0][0] > 1:
        return " "
    raise UserError(
        "This table has one column only.",
        "It takes a column that says the class and one or more of numbers.",
        "Cells are parted by a comma, a semicolon, a tab, a bar or white space.",
    )


def _split(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    if separator == " ":
        return (line.split() for line in lines)
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(io.StringIO("\n".join(lines)), delimiter=separator, skipinitialspace=True)


def _rows(lines: Sequence[str], separator: str) -> tuple[int, list[list[str]], list[int]]:
    """Returns how many rows have another width than most, the others, and their numbers.

    Raises:
        UserError: There are too many, or a cell is longer than any number or name.
    """
    check_size(len(lines) - 1, len(next(_split(lines[:1], separator))))
    try:
        rows = [row for row in _split(lines, separator) if row]
    except csv.Error as error:
        raise UserError("This table cannot be read.", "A cell is longer than any number or name.", "") from error
    width = Counter(map(len, rows)).most_common(1)[0][0]
    kept = [(number, row) for number, row in enumerate(rows, start=1) if len(row) == width]
    if width > 1 and all(row[-1].strip() == "" for _, row in kept):  # each line ends with a separator
        kept = [(number, row[:-1]) for number, row in kept]
    return len(rows) - len(kept), [row for _, row in kept], [number for number, _ in kept]


def _has_header(rows: Sequence[Sequence[str]], *, decimal_comma: bool) -> bool:
    """Returns whether the first row names the columns: it has words where the rows below have numbers."""

    def is_number(cell: str) -> bool:
        return cell.strip().casefold() not in MISSING and number_in(cell, decimal_comma=decimal_comma) is not None

    first, below = rows[0], rows[1:]
    if not below:
        return not any(map(is_number, first))
    above_numbers = [
        cell for cell, *others in zip(first, *below, strict=True) if sum(map(is_number, others)) > len(others) / 2
    ]
    if not above_numbers:  # nothing but words: names stand once, and nowhere below
        return not any(map(is_number, first)) and not set(first) & {cell for row in below for cell in row}
    return any(not is_number(cell) and cell.strip().casefold() not in MISSING for cell in above_numbers)
