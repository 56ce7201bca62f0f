"""Options that several commands of `study` have."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from qtl_core.cli.options import whole_number_of
from qtl_core.studies.plan import AXIS, BASE, READING, TRAINING, StudyPlan
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.sampling import SAMPLERS, RandomSample, Search
from qtl_core.studies.workers import Workers, workers_from

MEASURE: dict[str, Any] = {
    "choices": tuple(MEASURES),
    "help": "What is compared; by default the test accuracy, or without a test part the validation accuracy after the "
    "last epoch.",
}


def add_study(parser: argparse.ArgumentParser) -> None:
    """Declares which study is meant."""
    parser.add_argument("study", metavar="STUDY", help="A study's name or identifier; `study list` names them.")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Declares where runs are trained."""
    parser.add_argument("--workers", help="How many processes of this machine train. By default one a core.")
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help='A Ray cluster that trains instead: ray://HOST:PORT, or "auto". By default what QTL_CLUSTER says.',
    )


def workers_of(arguments: argparse.Namespace) -> Workers | None:
    """Returns the workers that were asked for; None for the usual ones.

    Raises:
        UserError: They cannot be used.
    """
    count = None if arguments.workers is None else whole_number_of("--workers", arguments.workers, 0)
    return workers_from(count, arguments.cluster)


def add_extent(parser: argparse.ArgumentParser) -> None:
    """Declares how much of a study is trained."""
    parser.add_argument("--seeds", help="Over how many seeds every cell is trained.")
    parser.add_argument("--folds", help="Over how many folds besides: every picture is held out once.")
    parser.add_argument("--sample", metavar="CELLS", help="How many cells of the grid to draw at random; else all.")
    parser.add_argument("--search", metavar="TRIALS", help="How many cells a search may ask for; it needs optuna.")
    samplers = " ".join(f"{name}: {words}." for name, words in SAMPLERS.items())
    parser.add_argument("--sampler", choices=tuple(SAMPLERS), help=f"How it searches. Default tpe. {samplers}")
    parser.add_argument("--budget", metavar="SECONDS", help="After so many seconds of training no more runs begin.")
    parser.add_argument("--measure", **MEASURE)
    parser.add_argument(
        "--compare",
        choices=(AXIS, BASE),
        help="What is compared: the values of the first axis, or every cell with the settings chosen. Default axis.",
    )
    parser.add_argument(
        "--noise-at",
        choices=(TRAINING, READING),
        help="Where shots and noise count: in training, or only in reading the trained circuit out. Default training.",
    )
    parser.add_argument("--forecast", action="store_true", help="Say how long it would take, and train nothing.")


def with_extent(plan: StudyPlan, arguments: argparse.Namespace) -> StudyPlan:
    """Returns a plan with what the options say of its extent.

    Raises:
        UserError, InputError: They cannot be.
    """
    changes: dict[str, Any] = {
        "seeds": whole_number_of("--seeds", arguments.seeds, plan.seeds),
        "folds": whole_number_of("--folds", arguments.folds, plan.folds),
        "budget_seconds": whole_number_of("--budget", arguments.budget, plan.budget_seconds),
        "measure": arguments.measure or plan.measure,
        "compare": arguments.compare or plan.compare,
        "noise_at": arguments.noise_at or plan.noise_at,
    }
    if arguments.search is not None:
        trials = whole_number_of("--search", arguments.search, 0)
        searched = arguments.measure if arguments.measure not in (None, "test_accuracy") else ""
        changes["sampling"] = Search(trials, arguments.sampler or "tpe", searched)
    elif arguments.sample is not None:
        changes["sampling"] = RandomSample(whole_number_of("--sample", arguments.sample, 0))
    return replace(plan, **changes)
