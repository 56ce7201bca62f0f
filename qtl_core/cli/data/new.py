"""`data new`: makes a data set."""

from __future__ import annotations

import argparse

from qtl_core.cli.data.words import WHOSE, say_set
from qtl_core.pictures.datasets.creating import create


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.epilog = WHOSE
    parser.add_argument("name", metavar="NAME", help="What to call it.")
    parser.add_argument("classes", metavar="CLASS", nargs="*", help="Its classes; `data add` makes those it needs.")
    parser.add_argument("--note", default="", help="What else there is to say of it.")


def main(arguments: argparse.Namespace) -> int:
    """Makes it and prints it."""
    say_set(create(arguments.name, arguments.classes, note=arguments.note), as_json=arguments.json)
    return 0
