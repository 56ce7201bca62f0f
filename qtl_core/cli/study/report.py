"""`study report`: writes a study as a page for people, or as a notebook that draws its figures again."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import STANDARD, json_of, say
from qtl_core.cli.study.options import MEASURE, add_study
from qtl_core.common.errors import UserError
from qtl_core.studies.notebook import bundle, notebook
from qtl_core.studies.report import report_html
from qtl_core.studies.store import StudyStore, find_study

FORMATS: Mapping[str, Callable[[StudyStore, str], bytes]] = {
    ".html": lambda store, measure: report_html(store, measure).encode(),
    ".ipynb": lambda store, measure: notebook(store, measure=measure),
    ".zip": bundle,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument(
        "file",
        metavar="FILE",
        help="Where to: a page *.html that a browser also prints, a notebook *.ipynb, or *.zip with it and the tables "
        "that it reads; - writes the page to standard output.",
    )
    parser.add_argument("--measure", **MEASURE)


def main(arguments: argparse.Namespace) -> int:
    """Writes it; returns the exit code.

    Raises:
        UserError: There is no such study, or the file cannot be written.
    """
    store = find_study(arguments.study)
    name = ".html" if arguments.file == STANDARD else arguments.file.lower()
    made = next((each for ending, each in FORMATS.items() if name.endswith(ending)), None)
    if made is None:
        raise UserError(f"{arguments.file} is no name for a report.", "", f"Call it *{', *'.join(FORMATS)}.")
    size = put(made(store, arguments.measure or ""), path_of(arguments.file))
    if arguments.file == STANDARD:
        return 0
    written = {"study": store.id, "file": arguments.file, "bytes": size}
    say(json_of(written) if arguments.json else f"Wrote {arguments.file}, {size:,} bytes.")
    return 0
