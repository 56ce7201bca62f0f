"""Figures of a run as tables, and tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from qtl_core.evaluation.metrics import Evaluation
from qtl_core.evaluation.ood import OodReport
from qtl_core.inference.requests import Answer
from qtl_core.runs.view import RunView

Row = Mapping[str, str | int | float | bool]

# What makes a spreadsheet read a cell as a formula (OWASP, CSV injection); names of files and classes are strangers'.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def epoch_rows(view: RunView) -> list[Row]:
    """Returns one row an epoch, with every figure the run told."""
    return [
        {
            "epoch": epoch.epoch,
            "train_loss": epoch.train_loss,
            "train_accuracy": epoch.train_accuracy,
            "val_loss": epoch.val_loss,
            "val_accuracy": epoch.val_accuracy,
            "learning_rate": epoch.learning_rate,
            "seconds": epoch.seconds,
            "best_so_far": epoch.is_best,
        }
        for epoch in view.epochs
    ]


def prediction_rows(evaluation: Evaluation) -> Iterator[Row]:
    """Yields one row a picture: file, true and predicted class, and the probability of every class."""
    columns = [f"p({name})" for name in evaluation.classes]
    answers = zip(evaluation.files, evaluation.labels, evaluation.predicted, evaluation.probabilities, strict=True)
    for file, label, said, probabilities in answers:
        row = {"file": file, "true": evaluation.classes[label], "predicted": evaluation.classes[said]}
        yield row | dict(zip(columns, probabilities.tolist(), strict=True))


def answer_row(answer: Answer, classes: Sequence[str]) -> Row:
    """Returns the row of one picture that a run was asked about; every row of the same classes has the same columns."""
    explanation, ood = answer.explanation, answer.ood
    prediction = explanation.prediction if explanation else None
    shares = prediction.probabilities if prediction else {}
    return {
        "file": answer.name,
        "label": prediction.label if prediction else "",
        **{f"p({name})": shares.get(name, "") for name in classes},
        "temperature": prediction.temperature if prediction else "",
        "doubt": ood_label(ood) if ood else "",
        "distance": ood.distance if ood and ood.distance is not None else "",
        "error": answer.error,
    }


def answer_object(answer: Answer) -> dict[str, Any]:
    """Returns the same as a JSON object: label, probabilities and doubt, or the error."""
    if answer.explanation is None:
        return {"file": answer.name, "error": answer.error}
    prediction, ood = answer.explanation.prediction, answer.ood
    found: dict[str, Any] = {
        "file": answer.name,
        "label": prediction.label,
        "probabilities": dict(prediction.probabilities),
    }
    found["temperature"] = prediction.temperature
    if ood:
        found["doubt"] = ood_label(ood)
        if ood.distance is not None:
            found |= {"distance": ood.distance, "usual_distance": ood.limit}
    return found


def ood_label(ood: OodReport) -> str:
    """Returns what a table says of an OOD report: "none", "unlike training", "nothing to see", "not known"."""
    if ood.flag:
        return {"unlike": "unlike training", "blank": "nothing to see"}[ood.flag]
    return "none" if ood.distance is not None else "not known"


def to_csv(rows: Iterable[Row], *, header: bool = True) -> str:
    """Returns the rows as CSV; a text that would be read as a formula gets an apostrophe before it.

    What is not known, or no finite number, is an empty cell: no two programs read NaN alike.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    for number, row in enumerate(rows):
        if header and not number:
            writer.writerow([_harmless(name) for name in row])
        writer.writerow([_harmless(value) for value in row.values()])
    return text.getvalue()


def _harmless(value: str | int | float | bool) -> str | int | float | bool:
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    dangerous = isinstance(value, str) and value.startswith(FORMULA_STARTS) and value != "-"
    return f"'{value}" if dangerous else value
