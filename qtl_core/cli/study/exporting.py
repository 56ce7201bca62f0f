"""`study export`: writes a study as one table."""

from __future__ import annotations

import argparse

from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import STANDARD, json_of, say
from qtl_core.cli.study.options import add_study
from qtl_core.common.errors import UserError
from qtl_core.studies.export import as_csv, as_parquet
from qtl_core.studies.store import find_study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("file", metavar="FILE", help="Where to: *.csv or *.parquet; - writes CSV to standard output.")


def main(arguments: argparse.Namespace) -> int:
    """Writes it; returns the exit code.

    Raises:
        UserError: There is no such study, or the file cannot be written.
    """
    store = find_study(arguments.study)
    rows = store.rows()
    is_parquet = arguments.file.lower().endswith(".parquet")
    if not is_parquet and arguments.file != STANDARD and not arguments.file.lower().endswith(".csv"):
        raise UserError(f"{arguments.file} is no name for a table.", "", "Call it *.csv or *.parquet.")
    content = as_parquet(store.plan, rows) if is_parquet else as_csv(store.plan, rows).encode()
    size = put(content, path_of(arguments.file))
    if arguments.file == STANDARD:
        return 0
    written = {"study": store.id, "file": arguments.file, "runs": len(rows), "bytes": size}
    say(json_of(written) if arguments.json else f"Wrote {len(rows):,} runs to {arguments.file}, {size:,} bytes.")
    return 0
