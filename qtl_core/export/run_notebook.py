"""A trained run as a notebook that redraws it and answers without this app.

It names the packages that it needs, which depend on head and image network, and opens in Jupyter and in Colab. What it
is made of is in `run_source`, as of a script.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.evaluation.class_figures import part_figures
from qtl_core.export import notebook_parts as parts
from qtl_core.export.markdown import plain
from qtl_core.export.notebook_file import Cell, notebook_file
from qtl_core.export.run_script import OWN_IMPORTS
from qtl_core.export.run_source import RunSource, run_source, weights_to_name, why_no_source
from qtl_core.export.script_parts import HELD_ARRAYS, READING, RUNNING
from qtl_core.inference.doubts import doubts
from qtl_core.inference.model_card import limits_elsewhere, model_card
from qtl_core.network.head_scores import class_scores, log_softmax
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.readout_words import exact_words

DIGITS = 6  # of the history's figures: more than a chart shows


def run_notebook(view: TrainedRun, name: str, file: str) -> bytes:
    """Returns the notebook.

    Args:
        view: A run with at least one epoch; its best one is taken.
        name: What the run is called, or "".
        file: What the notebook is called.

    Raises:
        UserError: It has a whole image network of its own, too large for a text.
    """
    if why := why_no_source(view):
        do = "" if why_no_head(view) else "Take the one file along."
        raise UserError("This run cannot be written as a notebook.", why, do)
    return notebook_file(_cells(view, run_source(view), name), file)


def _cells(view: TrainedRun, source: RunSource, name: str) -> Iterator[Cell]:
    yield from _beginning(view, source, name)
    yield from _figures(view)
    if source.circuit:
        yield Cell("markdown", f"## The circuit\n\nThe trained angles are in it; those of a {_one(view)} are 0 here.")
        yield Cell("code", f"{source.circuit}\n{parts.DRAWING}")
    yield Cell("markdown", _ANSWERS)
    yield Cell("code", source.head.strip("\n"))
    yield Cell("code", f"SAID = {_said(view)}\n\n{parts.CHECK.format(kind=_kind(view))}")
    yield from _asking(view, source)


def _beginning(view: TrainedRun, source: RunSource, name: str) -> Iterator[Cell]:
    said = [*model_card(view), *doubts(view), limits_elsewhere(view), exact_words(view.prepared.settings)]
    title = f"# {plain(name) or 'A trained run'}"
    how = (
        "Made by the Quantum transfer studio. It redraws the run and answers by itself: it needs "
        f"{source.packages.replace(' ', ', ')}, and nothing of the app."
    )
    yield Cell("markdown", "\n\n".join([title, *map(plain, filter(None, said)), how]))
    yield Cell("code", f"%pip install -q {source.packages}")
    if named := weights_to_name(view):
        first = (
            f"Before the cells that follow: upload {named}, to where this notebook lies, and put its name into WEIGHTS."
        )
        yield Cell("markdown", plain(first))
        yield Cell("code", parts.NAMED_WEIGHTS)
    yield Cell("code", "\n".join([*sorted(OWN_IMPORTS | {*source.own_imports}), "", *source.imports]))
    yield Cell("markdown", "The trained numbers follow, with what finds one of them by its name.")
    text = f"{source.constants}\n{source.arrays}{parts.FAILING}{HELD_ARRAYS}".rstrip("\n")
    yield Cell("code", text, folded="The trained numbers")


def _figures(view: TrainedRun) -> Iterator[Cell]:
    """Yields what redraws training, as far as there was one, and what became of every class."""
    confusions = {part: found.evaluation.confusion.tolist() for part, found in part_figures(view).items()}
    curved = not view.prepared.from_elsewhere
    if curved or confusions:
        yield Cell("code", parts.CHART.rstrip("\n"), folded="What draws charts")
    if curved:
        yield Cell("markdown", f"## Training\n\nAn epoch is one pass through the training {_one(view)}s.")
        yield Cell("code", f"{_history(view)}\n\n{parts.CURVES}")
    if confusions:
        yield Cell("markdown", "## What it took for what\n\nRows are the true classes, columns the answers.")
        yield Cell("code", f"CONFUSIONS = {confusions!r}\n\n{parts.CONFUSION}")


_ANSWERS = (
    "## Answers\n\nThe trained head, rebuilt. The cell after it compares its answers to two made-up inputs with those "
    "that the app gave when it wrote this notebook."
)


def _asking(view: TrainedRun, source: RunSource) -> Iterator[Cell]:
    if view.prepared.settings.data.is_numbers:
        yield Cell("markdown", "Ask it: put your own rows in.")
        yield Cell("code", f"COLUMNS = {list(view.prepared.feature_names)!a}\n{parts.ASKING_NUMBERS}")
        return
    yield Cell("markdown", f"The image network, {_whence(view)}, and what reads a picture as the app does.")
    text = (READING + source.decoder + source.network + RUNNING).strip("\n")
    yield Cell("code", text, folded="The image network and the reader of pictures")
    yield Cell("markdown", "Ask it: in Colab choose pictures; in Jupyter put some beside this notebook.")
    yield Cell("code", parts.ASKING if weights_to_name(view) else f"{parts.OTHER_WEIGHTS}\n{parts.ASKING}")


def _whence(view: TrainedRun) -> str:
    """Returns where the notebook has the image network's weights from."""
    if weights_to_name(view):
        return "whose weights are those of the file that WEIGHTS names"
    fetched = spec_of(view.prepared.settings.data.backbone).url
    return f"whose weights {'are fetched once' if fetched else 'come with a package'}"


def _one(view: TrainedRun) -> str:
    """Returns the word for one of what it learnt from."""
    data = view.prepared.settings.data
    return data.noun.removesuffix("s") if data.is_numbers else "picture"


def _history(view: TrainedRun) -> str:
    rows = [
        (each.epoch, *map(_known, (each.train_loss, each.train_accuracy, each.val_loss, each.val_accuracy)))
        for each in view.epochs
    ]
    lines = "\n".join(f"    {row!r}," for row in rows)
    return f"# epoch, training loss and accuracy, validation loss and accuracy\nHISTORY = [\n{lines}\n]"


def _known(value: float) -> float | None:
    return round(float(value), DIGITS) if math.isfinite(value) else None


def _said(view: TrainedRun) -> list[list[float]]:
    """Returns the app's answers to two rows of numbers that a notebook can make, too."""
    settings, size = view.prepared.settings, view.prepared.feature_size
    features = np.linspace(-1, 1, 2 * size).reshape(2, size)
    scores = class_scores(settings.circuit, view.checkpoint.best_weights, features, settings.model)
    return [[float(share) for share in row] for row in np.exp(log_softmax(scores))]


def _kind(view: TrainedRun) -> str:
    """Returns the precision of the head's inputs: the image network's, or that of a table's numbers."""
    return "float64" if view.prepared.settings.data.is_numbers else "float32"
