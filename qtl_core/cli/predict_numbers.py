"""`python -m qtl_core predict` for a run that learnt numbers: rows or tables in, a line, object or row each out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from qtl_core.cli.files import path_of, standard_input
from qtl_core.cli.output import STANDARD, json_of, note, say
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.export.tables import number_answer_object, to_csv
from qtl_core.inference.number_answers import NumberAnswers, column_names
from qtl_core.inference.number_rows import AskedRow, answered_rows, order_words, row_from_text, table_rows
from qtl_core.runs.view import TrainedRun
from qtl_core.tables.raw import MOST_BYTES, check_bytes
from qtl_core.tables.reading import read_raw

AT_ONCE = 1_000  # rows: a state of ten qubits each is 8 MB


def answer_rows(arguments: argparse.Namespace, run: TrainedRun) -> int:
    """Answers for every row; returns 1 if one could not be read."""
    good, first = True, True
    asked = _asked(arguments.pictures, run)
    while block := list(islice(asked, AT_ONCE)):
        for row, found in answered_rows(run, block):
            say(_worded(arguments, row, found, run, first=first))
            good, first = good and found is not None, False
    return 0 if good else 1


def _asked(named: list[str], run: TrainedRun) -> Iterator[AskedRow]:
    names = column_names(run)
    for each in named:
        typed = None if each == STANDARD or os.path.isfile(each) else row_from_text(each, names)  # noqa: PTH113
        if typed is not None:
            yield AskedRow(each, typed)
            continue
        try:
            raw = read_raw(_content(each))
            rows = table_rows(raw, names, f"{each} ")
        except UserError as error:
            yield AskedRow(each, error=" ".join(str(error).split()))
            continue
        if said := order_words(raw, names):
            note(f"{each}: {said}")
        yield from rows


def _content(name: str) -> bytes:
    if name == STANDARD:
        return standard_input(MOST_BYTES)
    path = Path(path_of(name))
    try:
        check_bytes(path.stat().st_size)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else ""
        do = "Give a table, or a row as one argument: 0.5,-1.2"
        raise UserError(f"There is no table {name}, and it is no row of numbers.", why, do) from error


def _worded(
    arguments: argparse.Namespace, row: AskedRow, found: NumberAnswers | None, run: TrainedRun, *, first: bool
) -> str:
    """Returns an answer's words, without the last newline."""
    if arguments.csv:
        return to_csv([_csv_row(row, found, run)], header=first).rstrip("\r\n")
    if arguments.json:
        return json_of(number_answer_object(row.name, found, column_names(run), row.error))
    if found is None:
        return f"{row.name}: {row.error}"
    shares = ", ".join(f"{name} {share:.3f}" for name, share in found.shares.items())
    return f"{row.name}: {found.labels[0]} ({shares})"


def _csv_row(row: AskedRow, found: NumberAnswers | None, run: TrainedRun) -> Mapping[str, str | int | float | bool]:
    shares = found.shares if found else {}
    columns = {f"p({name})": shares.get(name, "") for name in run.prepared.classes}
    return {"row": row.name, "label": found.labels[0] if found else "", **columns, "error": row.error}
