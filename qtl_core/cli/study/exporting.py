"""`study export`: writes a study as one file, to be brought in elsewhere, or as one table."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from qtl_core.cli.log_options import add_logs, places_of
from qtl_core.cli.output import json_of, say
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.cli.study.options import add_study
from qtl_core.cli.study.written import write_as_named
from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.runs.store.layout import time_of
from qtl_core.studies.export import as_csv, as_parquet
from qtl_core.studies.logging import log_study
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
    add_logs(parser)
    parser.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help=f"Where to: a table *.csv or *.parquet, a line a run, or the whole study *{ENDING}, which `study import` "
        "reads; - writes CSV to standard output.",
    )


def main(arguments: argparse.Namespace) -> int:
    """Writes it; returns the exit code.

    Raises:
        UserError: There is no such study, or the file cannot be written.
    """
    store = find_study(arguments.study)
    is_logged = bool(arguments.tensorboard or arguments.mlflow)
    if is_logged == bool(arguments.file):
        what = "A study is exported to one place." if is_logged else "It is not said where to."
        raise UserError(what, "", "Name a FILE, or --tensorboard DIR or --mlflow DIR.")
    return _log(store, arguments) if is_logged else write_as_named(store, FORMATS, arguments, "a study's file")


def _log(store: StudyStore, arguments: argparse.Namespace) -> int:
    report = ProgressLine()
    for place in places_of(arguments, store.plan.name):
        runs = log_study(store, place, lambda done, total: report(Progress("Logging", done, total)), time_of(store.id))
        done = {"study": store.id, "folder": str(place.folder), "runs": runs}
        say(json_of(done) if arguments.json else f"Logged {runs:,} runs. See them by: {place.opened_by}")
    return 0
