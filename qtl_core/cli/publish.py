"""`python -m qtl_core publish`: a run as a page that answers in a browser, offline, in a folder of its own."""

from __future__ import annotations

import argparse

from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import json_of, say
from qtl_core.cli.run_names import run_named
from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.compare.names import name_of
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import named_model
from qtl_core.runs.store import find_run

BUNDLED_TITLE = "Ants or bees?"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    about = "The kept run (see `runs list`), or `bundled`: the small head that comes with the project."
    parser.add_argument("run", metavar="RUN|bundled", help=about)
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="The folder, which is made; files in it are replaced."
    )
    parser.add_argument(
        "--title", default="", metavar="TEXT", help="What the page is called; by default as the run is."
    )
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="The weights of its image network, if they moved."
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON object.")


def main(arguments: argparse.Namespace) -> int:
    """Writes the folder; returns the exit code.

    Raises:
        UserError: The run cannot be published, or the folder not be written.
    """
    from qtl_core.publish.folder import PageRequest, page_files  # torch, which --help need not wait for

    run = arguments.run if arguments.run == RUN_ID else run_named(arguments.run)
    title = arguments.title or (BUNDLED_TITLE if run == RUN_ID else name_of(find_run(run)))
    files = page_files(PageRequest(named_model(run), title, arguments.weights))
    folder = path_of(arguments.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made.", reason_of(error)) from error
    for name, content in files.items():
        put(content, folder / name)
    size = sum(map(len, files.values()))
    if arguments.json:
        say(json_of({"run": run, "folder": str(folder), "files": {name: len(each) for name, each in files.items()}}))
    else:
        say(f"Written to {folder} ({len(files)} files, {size / 1e6:.1f} MB). Open its index.html, or put it online.")
    return 0
