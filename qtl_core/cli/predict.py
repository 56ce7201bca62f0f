"""`python -m qtl_core predict`: what a kept run says of pictures, one line each."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qtl_core.errors import UserError
from qtl_core.explanation import Prediction
from qtl_core.tables import answer_object, answer_row, to_csv

if TYPE_CHECKING:
    from qtl_core.prediction import Predictor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--run", required=True, metavar="ID", help="The kept run that answers (see `info`).")
    parser.add_argument("--weights", default="", metavar="FILE", help="The weights of its backbone, if they moved.")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="Print one JSON object a line.")
    shape.add_argument("--csv", action="store_true", help="Print a table that a spreadsheet opens.")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help="Picture files, or folders of them.")


def main(arguments: argparse.Namespace) -> int:
    """Answers for every picture; returns 1 if one could not be read.

    Raises:
        UserError: The run or its weights cannot be used.
    """
    from qtl_core.prediction import load_predictor  # imports torch: --help and a mistyped option need not wait for it

    predictor = load_predictor(arguments.run, arguments.weights)
    wording, good = _wording(arguments, predictor.classes), True
    for number, path in enumerate(_files(arguments.pictures)):
        prediction, error = _answer(predictor, path)
        print(wording(str(path), prediction, error, first=number == 0), flush=True)
        good = good and prediction is not None
    return 0 if good else 1


def _files(named: list[str]) -> Iterator[Path]:
    for path in map(Path, named):
        if path.is_dir():
            yield from sorted(entry for entry in path.rglob("*") if entry.is_file())
        else:
            yield path


def _answer(predictor: Predictor, path: Path) -> tuple[Prediction | None, str]:
    """Returns the answer for one picture, or why there is none."""
    try:
        return predictor.predict(path), ""
    except UserError as error:
        return None, str(error)


def _wording(arguments: argparse.Namespace, classes: Sequence[str]) -> Callable[..., str]:
    """Returns what puts an answer into words, without the last newline; `first` asks for what comes before them all."""

    def line(file: str, prediction: Prediction | None, error: str, *, first: bool) -> str:
        if prediction is None:
            return f"{file}: {error}"
        words = ", ".join(f"{name} {share:.3f}" for name, share in prediction.probabilities.items())
        return f"{file}: {prediction.label} ({words})"

    def as_json(file: str, prediction: Prediction | None, error: str, *, first: bool) -> str:
        return json.dumps(answer_object(file, prediction, error))

    def as_csv(file: str, prediction: Prediction | None, error: str, *, first: bool) -> str:
        return to_csv([answer_row(file, classes, prediction, error)], header=first).rstrip("\r\n")

    if arguments.csv:
        return as_csv
    return as_json if arguments.json else line
