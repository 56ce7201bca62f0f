"""`study report`: writes a study as a page for people, or as a notebook that draws its figures again."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial

from qtl_core.cli.study.options import MEASURE, add_study
from qtl_core.cli.study.written import write_as_named
from qtl_core.studies.notebook import bundle, notebook
from qtl_core.studies.report import report_html
from qtl_core.studies.store import find_study

FORMATS: Mapping[str, Callable[..., bytes]] = {
    ".html": lambda store, measure: report_html(store, measure).encode(),
    ".ipynb": notebook,
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
    measure = arguments.measure or ""
    formats = {ending: partial(made, measure=measure) for ending, made in FORMATS.items()}
    return write_as_named(find_study(arguments.study), formats, arguments, "a report")
