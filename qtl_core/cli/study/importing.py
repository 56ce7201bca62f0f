"""`study import`: brings studies in from files."""

from __future__ import annotations

import argparse

from qtl_core.cli.files import path_of, read
from qtl_core.cli.output import STANDARD, STDIN, GoingOn, json_of, say
from qtl_core.exchange.run_files.container import LARGEST_FILE
from qtl_core.studies.study_file import BroughtIn, bring_in


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="What `study export` wrote; - for standard input.")


def main(arguments: argparse.Namespace) -> int:
    """Brings them in; returns the exit code.

    Raises:
        UserError: One cannot be opened or kept.
    """
    going_on = GoingOn()  # every file is brought in, whoever reads about it
    for name in arguments.files:
        file = path_of(name)
        found = bring_in(read(file, LARGEST_FILE), STDIN if name == STANDARD else file.name)
        with going_on:
            say(json_of(_as_json(found)) if arguments.json else _words(found))
    return int(going_on.lost)


def _as_json(found: BroughtIn) -> dict[str, object]:
    store = found.store
    return {"study": store.id, "name": store.plan.name, "runs": store.count(), "was_here": found.was_here}


def _words(found: BroughtIn) -> str:
    store = found.store
    if found.was_here:
        return f"It is here already, as the study {store.plan.name} ({store.id})."
    renamed = f"; another one is called {found.called!r} here" if found.called else ""
    return f"Kept as the study {store.plan.name} ({store.id}), {store.count():,} runs{renamed}."
