"""`study delete`: deletes a study, or brings it back."""

from __future__ import annotations

import argparse

from qtl_core.cli.output import json_of, say
from qtl_core.cli.study.options import add_study
from qtl_core.studies.store import DELETED_DAYS, delete_named, restore_study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("--undo", action="store_true", help=f"Bring it back; for {DELETED_DAYS} days it can be.")


def main(arguments: argparse.Namespace) -> int:
    """Does it; returns the exit code.

    Raises:
        UserError: There is no such study, or it is being trained.
    """
    if arguments.undo:
        store = restore_study(arguments.study)
        back = {"restored": store.id, "name": store.plan.name}
        say(json_of(back) if arguments.json else f"Restored the study {store.plan.name} ({store.id}).")
        return 0
    study_id, name = delete_named(arguments.study)
    gone = {"deleted": study_id, "name": name}
    undo = f"`study delete --undo {study_id}` brings it back for {DELETED_DAYS} days."
    say(json_of(gone) if arguments.json else f"Deleted the study {name} ({study_id}); {undo}")
    return 0
