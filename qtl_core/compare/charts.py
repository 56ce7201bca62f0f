"""The charts of a comparison as values, for files: the curves of all runs, and where their accuracies may lie."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtl_core.compare.files import interval_of
from qtl_core.compare.sides import Side
from qtl_core.drawing.charts.chart import Chart, Panel, Series, number, share

# Colours, dashes and signs of up to eight runs. Each colour has a contrast of 3 or more on paper and on night, and all
# stay apart under simulated colour blindness (tests/pages/test_theme.py); dash and sign tell them without colour.
COLOURS = ("#2851FF", "#B04409", "#0B8EB2", "#E66603", "#14746A", "#3B64B4", "#139F78", "#5987F7")
DASHES: tuple[tuple[int, ...], ...] = ((), (9, 4), (3, 4), (9, 4, 3, 4), (), (9, 4), (3, 4), (9, 4, 3, 4))
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "circle", "square", "diamond")
TRAINING, VALIDATION = "#0072B2", "#D55E00"  # of everything measured on these pictures
ROW = 30  # pixels of a run in the chart of accuracies


def curves_chart(sides: Sequence[Side]) -> Chart:
    """Returns every run's validation accuracy and loss by epoch."""
    epochs = max((len(side.view.epochs) for side in sides), default=1)
    panels = (
        _curves(sides, "val_accuracy", "Validation accuracy", accuracy_range(sides), epochs),
        _curves(sides, "val_loss", "Validation loss", loss_range(sides), epochs),
    )
    return Chart("Validation accuracy and loss by epoch", panels)


def accuracies_chart(sides: Sequence[Side]) -> Chart:
    """Returns every run's best validation accuracy with its 95% interval."""
    shown = [(row, side.record, interval_of(side.record)) for row, side in enumerate(sides)]
    series = tuple(
        Series(
            "",
            (record.right / record.val_size,),
            (row,),
            COLOURS[row],
            (),
            SYMBOLS[row],
            False,
            (interval[0],),
            (interval[1],),
        )
        for row, record, interval in shown
        if interval and record.right is not None
    )
    low = min((each.low[0] for each in series), default=0.0)
    panel = Panel(
        "Best validation accuracy, with its 95% interval",
        "Share of pictures right",
        series,
        (max(0.0, math.floor(low * 20) / 20), 1.0),
        (len(sides) - 0.5, -0.5),
        share,
        number,
        tuple(side.title for side in sides),
        ROW * len(sides),
    )
    return Chart("Best validation accuracy", (panel,))


def history_chart(side: Side) -> Chart:
    """Returns one run's curves of training and validation by epoch."""
    epochs = len(side.view.epochs)
    look = (("train", "Training", TRAINING), ("val", "Validation", VALIDATION))
    panels = tuple(
        Panel(
            title,
            "Epoch",
            tuple(
                Series(
                    name,
                    _epochs(side),
                    [getattr(each, f"{split}_{kind}") for each in side.view.epochs],
                    colour,
                    (),
                    "circle",
                )
                for split, name, colour in look
            ),
            (0.5, epochs + 0.5),
            reach,
            whole,
            words,
        )
        for kind, title, reach, words in (
            ("accuracy", "Accuracy", accuracy_range([side], "train"), share),
            ("loss", "Loss", loss_range([side], "train"), number),
        )
    )
    return Chart(side.title, panels)


def accuracy_range(sides: Sequence[Side], *others: str) -> tuple[float, float]:
    """Returns the axis that all accuracies fit on: up to all right, down to a little below the least."""
    figures = list(_figures(sides, "accuracy", others))
    return max(0.0, math.floor(20 * (min(figures, default=0.5) - 0.02)) / 20), 1.02


def loss_range(sides: Sequence[Side], *others: str) -> tuple[float, float]:
    """Returns the axis that all losses fit on, from nothing."""
    return 0.0, 1.08 * max(_figures(sides, "loss", others), default=1.0) or 1.0


def whole(value: float) -> str:
    """Writes the tick of an epoch, and nothing between two."""
    return f"{value:g}" if float(value).is_integer() else ""


def _figures(sides: Sequence[Side], kind: str, others: Sequence[str]) -> list[float]:
    found = [
        getattr(epoch, f"{split}_{kind}") for split in ("val", *others) for side in sides for epoch in side.view.epochs
    ]
    return [figure for figure in found if math.isfinite(figure)]


def _curves(sides: Sequence[Side], figure: str, title: str, reach: tuple[float, float], epochs: int) -> Panel:
    words = share if figure == "val_accuracy" else number
    series = tuple(
        Series(
            side.title,
            _epochs(side),
            [getattr(epoch, figure) for epoch in side.view.epochs],
            COLOURS[at],
            DASHES[at],
            SYMBOLS[at],
        )
        for at, side in enumerate(sides)
    )
    return Panel(title, "Epoch", series, (0.5, epochs + 0.5), reach, whole, words)


def _epochs(side: Side) -> list[int]:
    return [epoch.epoch for epoch in side.view.epochs]
