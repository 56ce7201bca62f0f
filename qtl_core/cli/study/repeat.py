"""`study repeat`: the best setting with seeds that chose nothing, beside the settings chosen."""

from __future__ import annotations

import argparse

from qtl_core.cli.options import whole_number_of
from qtl_core.cli.study.options import MEASURE, add_study, add_workers
from qtl_core.cli.study.training import train
from qtl_core.studies.store import find_study
from qtl_core.studies.winner import SEEDS, with_repeat


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_study(parser)
    parser.add_argument("--seeds", help=f"How many fresh ones. Default {SEEDS}.")
    parser.add_argument("--measure", **MEASURE)
    add_workers(parser)


def main(arguments: argparse.Namespace) -> int:
    """Trains the best setting again; returns the exit code.

    Raises:
        UserError: There is no such study, or no best setting.
    """
    store = find_study(arguments.study)
    seeds = whole_number_of("--seeds", arguments.seeds, SEEDS)
    store.change_plan(with_repeat(store.plan, store.rows(), seeds))
    return train(store, arguments)
