"""Figures of a run as tables, and tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from qtl_core.evaluation.class_figures import TEST, VALIDATION, PartFigures, part_figures
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.evaluation.ood import OodReport
from qtl_core.evaluation.probability_figures import ProbabilityFigures
from qtl_core.inference.number_answers import NumberAnswers
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


def class_rows(figures: PartFigures, curves: ProbabilityFigures) -> list[Row]:
    """Returns one row a class: precision, recall and F1 with their 95% intervals, support, and the areas of its curves.

    Args:
        figures: Of one part of a run's pictures.
        curves: Of the same.
    """
    rows: list[Row] = []
    for each, curve in zip(figures.classes, curves.curves, strict=True):
        row: dict[str, str | int | float | bool] = {"part": figures.part, "class": each.name, "support": each.support}
        for name in ("precision", "recall", "f1"):
            low, high = getattr(each, f"{name}_interval")
            row |= {name: getattr(each, name), f"{name}_low": low, f"{name}_high": high}
        row |= {"roc_area": curve.roc_area if curve else math.nan}
        rows.append(row | {"average_precision": curve.average_precision if curve else math.nan})
    return rows


def tested_object(view: RunView) -> dict[str, Any]:
    """Returns what a run's last line in JSON says of its test part and its classes; None for what is not known.

    The classes are those of the test part if it was looked at, else of the validation part at the best epoch.
    """
    prepared, parts = view.prepared, part_figures(view)
    shown = parts.get(TEST) or parts.get(VALIDATION)
    names = ("name", "precision", "recall", "f1", "support")
    classes = [{name: getattr(each, name) for name in names} for each in shown.classes] if shown else []
    return {
        "test_size": prepared.test_size if prepared else None,
        "test_accuracy": _known(view.tested.accuracy) if view.tested else None,
        "test_looks": view.looks,
        "classes_of": shown.part if shown else None,
        "classes": [{name: _known(value) for name, value in each.items()} for each in classes],
    }


def figures_object(figures: PartFigures, curves: ProbabilityFigures) -> dict[str, Any]:
    """Returns all figures of one part as an object for JSON, with a list of its classes; None for what is not known."""
    low, high = figures.balanced_interval
    found = {
        "part": figures.part,
        "epoch": figures.epoch,
        "size": figures.evaluation.total,
        "accuracy": figures.evaluation.accuracy,
        "balanced_accuracy": figures.balanced_accuracy,
        "balanced_accuracy_low": low,
        "balanced_accuracy_high": high,
        "macro_f1": figures.macro_f1,
        "macro_roc_area": curves.macro_roc_area,
        "macro_average_precision": curves.macro_average_precision,
        "brier_score": curves.brier,
        "log_loss": curves.log_loss,
    }
    rows = [
        {name: _known(value) for name, value in row.items() if name != "part"} for row in class_rows(figures, curves)
    ]
    return {name: _known(value) for name, value in found.items()} | {"classes": rows}


def _known(value: Any) -> Any:
    """Returns None for a figure that is no number: JSON has no word for it."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


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


def number_answer_object(
    row: str, found: NumberAnswers | None, columns: Sequence[str], error: str = ""
) -> dict[str, Any]:
    """Returns the answer for one row of numbers as a JSON object, or the error.

    Args:
        row: What the row is called.
        found: The answer for that row alone; None where there is none.
        columns: What its numbers are called.
        error: Why there is no answer.
    """
    if found is None:
        return {"row": row, "error": error}
    said: dict[str, Any] = {
        "row": row,
        "values": dict(zip(columns, found.values[0].tolist(), strict=True)),
        "label": found.labels[0],
        "probabilities": found.shares,
        "hidden": found.hidden[0].tolist(),
    }
    if found.angles is not None:
        said["angles"] = found.angles[0].tolist()
    return said


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
            writer.writerow([harmless(name) for name in row])
        writer.writerow([harmless(value) for value in row.values()])
    return text.getvalue()


def harmless(value: Any) -> Any:
    """Returns what a cell of a CSV holds, as of `to_csv`."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    dangerous = isinstance(value, str) and value.startswith(FORMULA_STARTS) and value != "-"
    return f"'{value}" if dangerous else value
