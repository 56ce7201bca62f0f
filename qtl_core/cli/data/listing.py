"""`data list`: names every data set."""

from __future__ import annotations

import argparse

from qtl_core.cli.data.words import say_set
from qtl_core.pictures.datasets.creating import list_datasets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--deleted", action="store_true", help="Those that were deleted and can still be restored.")


def main(arguments: argparse.Namespace) -> int:
    """Prints a set a line."""
    for record in list_datasets(deleted=arguments.deleted):
        say_set(record, as_json=arguments.json)
    return 0
