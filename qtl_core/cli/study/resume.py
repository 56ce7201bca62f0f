"""`study resume`: goes on with a study where it was."""

from __future__ import annotations

import argparse
from dataclasses import replace

from qtl_core.cli.options import whole_number_of
from qtl_core.cli.study.options import MEASURE, add_study, add_workers
from qtl_core.cli.study.training import train
from qtl_core.studies.store import find_study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("--measure", **MEASURE)
    parser.add_argument("--budget", metavar="SECONDS", help="The seconds of training that it has in all from now on.")
    add_workers(parser)


def main(arguments: argparse.Namespace) -> int:
    """Goes on with it; returns the exit code.

    Raises:
        UserError: There is no such study, or it cannot be trained.
    """
    store = find_study(arguments.study)
    if arguments.budget is not None:
        budget = whole_number_of("--budget", arguments.budget, 0)
        store.change_plan(replace(store.plan, budget_seconds=budget))
    return train(store, arguments)
