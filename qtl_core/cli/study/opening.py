"""`study open`: a run of a study as a real run, trained again and held against its row."""

from __future__ import annotations

import argparse

from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.cli.study.options import add_study
from qtl_core.common.errors import StoppedByUser
from qtl_core.studies.real_run import EQUAL, differences, open_cell
from qtl_core.studies.store import find_study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("key", metavar="KEY", help="The run's, as `study export` and `study run --json` name it.")


def main(arguments: argparse.Namespace) -> int:
    """Opens it; returns the exit code.

    Raises:
        UserError: There is no such run, or it cannot be trained or kept.
    """
    store = find_study(arguments.study)
    with asked_to_stop() as asked:
        try:
            run_id = open_cell(store, arguments.key, ProgressLine(), lambda: bool(asked.by))
        except StoppedByUser:
            note("Nothing of it is kept.")
            return asked.code
    found = differences(store, arguments.key, run_id)
    equal = {"study": store.id, "key": arguments.key, "run": run_id, "is_equal": not found, "differences": found}
    say(json_of(equal) if arguments.json else f"Kept as run {run_id}. {' '.join(found) or EQUAL}")
    return asked.code
