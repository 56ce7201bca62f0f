"""`learn list`: names the experiments in the order of the Learn page, and the directions that can be run."""

from __future__ import annotations

import argparse
from typing import Any

from qtl_core.cli.learn.directions import DIRECTIONS
from qtl_core.cli.output import json_of, say
from qtl_core.learn.experiments.catalogue import all_keys, experiment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes no arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Names them; returns the exit code."""
    listed = [*map(_listed, all_keys()), *(each.listed(key) for key, each in DIRECTIONS.items())]
    for each in listed:
        say(json_of(each) if arguments.json else f"{each['key']:<12}  {each['title']}")
    return 0


def _listed(key: str) -> dict[str, Any]:
    found = experiment(key)
    return {
        "key": key,
        "title": found.title,
        "task_a": found.likenesses[found.usual].task_a,
        "task_b": found.task_b,
        "carried": found.carried,
        "likenesses": [each.value for each in found.likenesses],
        "usual": found.likenesses[found.usual].value,
    }
