"""`study export`: writes a study as one file, to be brought in elsewhere, or as one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from qtl_core.cli.study.options import add_study
from qtl_core.cli.study.written import write_as_named
from qtl_core.studies.export import as_csv, as_parquet
from qtl_core.studies.store import StudyStore, find_study
from qtl_core.studies.study_file import ENDING, write

FORMATS: Mapping[str, Callable[[StudyStore], bytes]] = {
    ".csv": lambda store: as_csv(store.plan, store.rows()).encode(),
    ".parquet": lambda store: as_parquet(store.plan, store.rows()),
    ENDING: write,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument(
        "file",
        metavar="FILE",
        help=f"Where to: a table *.csv or *.parquet, a line a run, or the whole study *{ENDING}, which `study import` "
        "reads; - writes CSV to standard output.",
    )


def main(arguments: argparse.Namespace) -> int:
    """Writes it; returns the exit code.

    Raises:
        UserError: There is no such study, or the file cannot be written.
    """
    return write_as_named(find_study(arguments.study), FORMATS, arguments, "a study's file")
