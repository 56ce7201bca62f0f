"""`data show`: says what is in a data set, class by class."""

from __future__ import annotations

import argparse

from qtl_core.cli.data.words import SET, class_counts, say_set, set_line
from qtl_core.cli.output import say
from qtl_core.pictures.datasets.creating import find


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("set", **SET)


def main(arguments: argparse.Namespace) -> int:
    """Prints the set, and a line a class."""
    record = find(arguments.set)
    if arguments.json:
        say_set(record, as_json=True)
        return 0
    say(set_line(record))
    for name, parts in class_counts(record).items():
        words = f"{parts['train']:,} to train on, {parts['val']:,} for validation"
        say(f"{name}: {words}, {parts['test']:,} set aside" if parts["test"] else f"{name}: {words}")
    split = record.split
    shares = f"{split.val_share:.0%} of each class for validation, {split.test_share:.0%} set aside"
    say(f"Split: {shares}, seed {split.seed}.")
    if record.note:
        say(record.note)
    return 0
