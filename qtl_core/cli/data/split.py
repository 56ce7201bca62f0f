"""`data split`: divides the pictures of a data set in another way."""

from __future__ import annotations

import argparse
import math

from qtl_core.cli.data import show
from qtl_core.cli.data.words import SET
from qtl_core.cli.options import whole_number_of
from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.editing import set_part, set_split
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("set", **SET)
    parser.add_argument("--val", metavar="SHARE", help="Share of each class for validation, such as 0.3.")
    parser.add_argument("--test", metavar="SHARE", help="Share of each class to set aside, such as 0.1.")
    parser.add_argument("--seed", metavar="SEED", help="Another one divides them in another way.")
    parser.add_argument("--no-chosen", action="store_true", help="Let go of all parts that were chosen by hand.")


def main(arguments: argparse.Namespace) -> int:
    """Divides them and prints what came of it."""
    record = find(arguments.set)
    asked = (arguments.val, arguments.test, arguments.seed)
    if asked == (None, None, None) and not arguments.no_chosen:
        raise UserError("Nothing is said of how to divide them.", "", "Give --val, --test, --seed or --no-chosen.")
    known = record.split
    val, test = _share(arguments.val, known.val_share), _share(arguments.test, known.test_share)
    split = SplitSettings(val, test, whole_number_of("--seed", arguments.seed, known.seed))
    if asked != (None, None, None) and split != known:
        set_split(record.id, split)
    if arguments.no_chosen:
        set_part(record.id, [each.id for each in pictures_of(record.id) if each.chosen_part], None)
    arguments.set = record.id
    return show.main(arguments)


def _share(text: str | None, otherwise: float) -> float:
    """Returns a share as it was typed, such as 0.3 or 30%."""
    if text is None:
        return otherwise
    try:
        found = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise UserError(f"{text} is no share.", "", "Give a number such as 0.3, or 30%.") from error
    if not math.isfinite(found):
        raise UserError(f"{text} is no share.", "", "Give a number such as 0.3, or 30%.")
    return found
