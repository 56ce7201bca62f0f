"""`study show`: says what came out of a study so far."""

from __future__ import annotations

import argparse

from qtl_core.cli.output import note
from qtl_core.cli.study.options import MEASURE, add_study
from qtl_core.cli.study.training import conclude
from qtl_core.studies.store import find_study
from qtl_core.studies.words import plan_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("--measure", **MEASURE)


def main(arguments: argparse.Namespace) -> int:
    """Says it; returns the exit code.

    Raises:
        UserError: There is no such study.
    """
    store = find_study(arguments.study)
    note(f"Study {store.plan.name} ({store.id}): {plan_words(store.plan)}")
    conclude(store, arguments)
    return 0
