"""`learn run KEY`: learns all stops of an experiment, and says what came out at one of them."""

from __future__ import annotations

import argparse

from qtl_core.cli.learn.directions import DIRECTIONS
from qtl_core.cli.output import json_of, say
from qtl_core.cli.parser import like
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.learn.experiments.catalogue import all_keys, experiment
from qtl_core.learn.experiments.figures import as_object, stop_of
from qtl_core.learn.experiments.job import STAGE, outcomes
from qtl_core.learn.experiments.outcome import Outcome, corrected
from qtl_core.learn.experiments.words import nothing_in_common, sentence, story


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("key", metavar="KEY", help="Which: `learn list` names them.")
    parser.add_argument("--likeness", help="How alike the tasks are: one of the stops that `learn list --json` names.")


def main(arguments: argparse.Namespace) -> int:
    """Learns it; returns the exit code.

    Raises:
        UserError: There is no experiment, or no stop, of that name.
    """
    if arguments.key in DIRECTIONS:
        return DIRECTIONS[arguments.key].main(arguments)
    names = [*all_keys(), *DIRECTIONS]
    if arguments.key not in all_keys():
        question = like(arguments.key, names)
        raise UserError(f"There is no experiment “{arguments.key}”.{question}", "", f"Choose from {', '.join(names)}.")
    wanted = experiment(arguments.key)
    place, show, found = stop_of(wanted, arguments.likeness), ProgressLine(), list[Outcome]()
    for each in outcomes(wanted, place):
        found.append(each)
        show(Progress(STAGE, len(found), len(wanted.likenesses)))
    found = corrected(found)
    if arguments.json:
        say(json_of(as_object(wanted, found, place)))
        return 0
    for text in (
        *(story(wanted, found[place]), sentence(wanted, found[place]), nothing_in_common(wanted, found, found[place])),
        f"To be honest: {wanted.without}",
    ):
        say(text)
    return 0
