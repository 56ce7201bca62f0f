"""`python -m qtl_core publish`: a run as a page that answers in a browser, offline, in a folder of its own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qtl_core.cli.folders import folder_of, put_folder
from qtl_core.cli.output import json_of, say
from qtl_core.cli.run_names import ABOUT, answering_run, name_given
from qtl_core.inference.requests import named_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("run", metavar="RUN|bundled", help=ABOUT)
    about = "The folder, which is made; a page that is in it is replaced, and other files stay."
    parser.add_argument("--out", required=True, metavar="DIR", help=about)
    parser.add_argument(
        "--title",
        default="",
        metavar="TEXT",
        help="What the page is called; by default as the run was named, or by its classes.",
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
    from qtl_core.publish.folder import PageRequest, check_place, page_files  # torch, which --help need not wait for

    run = answering_run(arguments.run)
    title = arguments.title or name_given(run)
    folder = folder_of("--out", arguments.out)
    check_place(folder)
    files = page_files(PageRequest(named_model(run), title, arguments.weights))
    put_folder(folder, partial(_write, files))
    size = sum(map(len, files.values()))
    if arguments.json:
        say(json_of({"run": run, "folder": str(folder), "files": {name: len(each) for name, each in files.items()}}))
    else:
        say(f"Written to {folder} ({len(files)} files, {size / 1e6:.1f} MB). Open its index.html, or put it online.")
    return 0


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
