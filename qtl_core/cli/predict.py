"""`python -m qtl_core predict`: what a run says of pictures, and what there is against it, one line each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qtl_core.cli.files import path_of, standard_input
from qtl_core.cli.output import STANDARD, json_of, note, say
from qtl_core.cli.predict_numbers import answer_rows
from qtl_core.cli.run_names import answering_run
from qtl_core.common.errors import Unavailable
from qtl_core.evaluation.ood import OodReport
from qtl_core.export.tables import answer_object, answer_row, ood_label, to_csv
from qtl_core.inference.answering import all_answers
from qtl_core.inference.references import reference_for
from qtl_core.inference.requests import Answer, ImageRequest, named_model
from qtl_core.pictures.sources.dataset import SkippedFile
from qtl_core.pictures.sources.folder_walk import files_below
from qtl_core.pictures.sources.system_files import is_system
from qtl_core.settings.readout_words import exact_words

NO_FILES = "There are no files in this folder."
LARGEST_PICTURE = 512 << 20  # bytes on standard input: more than any picture that is read here takes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    about = "The kept run that answers (see `info`), or `bundled`: the small head that comes with the project."
    parser.add_argument("--run", required=True, metavar="ID|bundled", help=about)
    parser.add_argument("--weights", default="", metavar="FILE", help="The weights of its backbone, if they moved.")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="Print one JSON object a line.")
    shape.add_argument("--csv", action="store_true", help="Print a table that a spreadsheet opens.")
    about = (
        "Picture files, folders of them, or - for standard input; for a run that learnt numbers a table, or a row "
        "as one argument: 0.5,-1.2"
    )
    parser.add_argument("pictures", nargs="+", metavar="PICTURE", help=about)


def main(arguments: argparse.Namespace) -> int:
    """Answers for every picture; returns 1 if one could not be read.

    Raises:
        UserError: The run or its weights cannot be used.
    """
    model = named_model(answering_run(arguments.run))
    if said := exact_words(model.run.prepared.settings):
        note(said)
    if model.run.prepared.settings.data.is_numbers:
        return answer_rows(arguments, model.run)
    from qtl_core.inference.predictor import (
        Predictor,  # imports torch: --help and a mistyped option need not wait for it
    )

    predictor, reference = Predictor(model.run, arguments.weights), reference_for(model)
    if isinstance(reference, Unavailable):
        note(f"No word on doubt: {reference.why}")
    wording, good = _wording(arguments, predictor.classes), True
    pictures = list(_asked(arguments.pictures))
    for number, answer in enumerate(all_answers(predictor, pictures, reference)):
        if os.path.isdir(answer.id):  # noqa: PTH112  False for a name that no system takes
            answer = replace(answer, error=NO_FILES)
        say(wording(answer, first=number == 0))
        good = good and answer.explanation is not None
    return 0 if good else 1


def _asked(named: list[str]) -> Iterator[ImageRequest]:
    """Yields what is asked about; what is skipped in folders is said."""
    for each in _found(named):
        if isinstance(each, SkippedFile):
            note(f"Passed over: {_printable(str(each.path))}: {each.reason}")
        elif str(each) == STANDARD:
            yield ImageRequest(STANDARD, STANDARD, standard_input(LARGEST_PICTURE))
        else:
            yield ImageRequest(str(each), str(each), each)


def _found(named: list[str]) -> Iterator[Path | SkippedFile]:
    """Yields the files that were named and those in folders; a folder itself where nothing is in it.

    What systems keep beside people's files comes along where a shell names all files of a folder, and is left out.
    """
    paths = list(map(path_of, named))
    own = [path for path in paths if not is_system(path.name)] or paths
    for path in own:
        if str(path) == STANDARD or not os.path.isdir(path):  # noqa: PTH112
            yield path
            continue
        inside = list(files_below(path))
        yield from inside if any(isinstance(each, Path) for each in inside) else [*inside, path]


def _wording(arguments: argparse.Namespace, classes: Sequence[str]) -> Callable[..., str]:
    """Returns what puts an answer into words, without the last newline; `first` asks for what comes before them all."""

    def line(answer: Answer, *, first: bool) -> str:
        if answer.explanation is None:
            return f"{_printable(answer.name)}: {answer.error}"
        prediction = answer.explanation.prediction
        words = ", ".join(f"{name} {share:.3f}" for name, share in prediction.probabilities.items())
        mark = f"; {ood_label(answer.ood)}{_beyond(answer.ood)}" if answer.ood and answer.ood.flag else ""
        return f"{_printable(answer.name)}: {prediction.label} ({words}){mark}"

    def as_json(answer: Answer, *, first: bool) -> str:
        return json_of(answer_object(answer))

    def as_csv(answer: Answer, *, first: bool) -> str:
        return to_csv([answer_row(answer, classes)], header=first).rstrip("\r\n")

    if arguments.csv:
        return as_csv
    return as_json if arguments.json else line


def _beyond(ood: OodReport) -> str:
    """Returns how far away a picture is, where that is why it is flagged."""
    if ood.flag != "unlike" or ood.distance is None:
        return ""
    return f" (distance {ood.distance:.3f}, limit {ood.limit:.3f})"


def _printable(name: str) -> str:
    """Returns a file's name on one line, without what would rule the terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)
