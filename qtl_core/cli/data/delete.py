"""`data delete`: deletes data sets, and takes that back."""

from __future__ import annotations

import argparse

from qtl_core.cli.data.words import SET
from qtl_core.cli.output import json_of, say
from qtl_core.pictures.datasets.creating import delete, find, undelete


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("sets", **(SET | {"nargs": "+", "help": "Data sets, by name or identifier."}))
    parser.add_argument("--undo", action="store_true", help="Restore them instead, by identifier.")


def main(arguments: argparse.Namespace) -> int:
    """Deletes or restores them, all or none, and says so."""
    if arguments.undo:
        changed = [undelete(each) for each in arguments.sets]
    else:
        changed = [find(each) for each in arguments.sets]  # all of them are there, or none is touched
        for record in changed:
            delete(record.id)
    words = "restored" if arguments.undo else "deleted"
    for record in changed:
        later = "" if arguments.undo else f"; data delete --undo {record.id} brings it back"
        found = {"id": record.id, "name": record.name, "is": words}
        say(json_of(found) if arguments.json else f"{record.name} ({record.id}) {words}{later}.")
    return 0
