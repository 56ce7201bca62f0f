"""`study ask`: asks a ready question of the settings chosen."""

from __future__ import annotations

import argparse
from dataclasses import replace

from qtl_core.cli.options import add_settings, settings_of
from qtl_core.cli.study.options import add_extent, add_workers, with_extent
from qtl_core.cli.study.training import begin
from qtl_core.studies.questions import QUESTIONS, question


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    names = ", ".join(each.name for each in QUESTIONS)
    parser.add_argument("question", metavar="QUESTION", help=f"Which: {names}; `study questions` says what they ask.")
    parser.add_argument("--name", help="What the study is called; by default the question.")
    add_extent(parser)
    add_workers(parser)
    add_settings(parser)


def main(arguments: argparse.Namespace) -> int:
    """Asks the question; returns the exit code.

    Raises:
        UserError: There is no such question, or it cannot be asked of these settings.
    """
    plan = question(arguments.question).plan(settings_of(arguments))
    return begin(with_extent(replace(plan, name=arguments.name or plan.name), arguments), arguments)
