"""Measures a head from elsewhere on the validation pictures that are here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.exchange.heads.misreading import ImportedHead, alternative_readings, warnings_on
from qtl_core.inference.explanation import Explanation
from qtl_core.pictures.sources.catalogue import dataset_status, load_dataset
from qtl_core.pictures.sources.class_names import places_among
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings

STAGE = "Asking the head about the validation pictures"
ASKED_AT_ONCE = 16  # between two looks at whether to stop
NOT_SHOWN = np.zeros((0, 0, 3), np.uint8)  # in place of what the network was given: 150 KB a picture


def measured(
    imported: ImportedHead, data: DataSettings, report: Callable[[Progress], None], should_stop: ShouldStop
) -> ImportedHead:
    """Returns a head's run with what it says of the validation pictures, or with a note on why that is not known.

    Where another reading of its file is far better, that is said too.

    Raises:
        UserError: The image network's weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    view = imported.view
    dataset, why = _pictures(view.prepared.classes, data, should_stop)
    if dataset is None:
        return replace(imported, view=_noted(view, f"{why} So how many pictures it gets right is not known here."))
    pictures, explanations, unread = _asked(view, dataset.val, report, should_stop)
    if not pictures:
        unknown = "None of the validation pictures here can be read, so what it is worth is not known."
        return replace(imported, view=_noted(view, unknown))
    order = places_among(dataset.classes, view.prepared.classes)  # the head's own, whatever the folder's
    assert order is not None, "`_pictures` refuses those of other classes"
    labels = np.array([order[picture.label] for picture in pictures])
    files = tuple(str(picture.path) for picture in pictures)
    shares = [list(each.prediction.probabilities.values()) for each in explanations]
    found = Evaluation(view.prepared.classes, labels, np.array(shares, dtype=np.float32), files)
    otherwise = alternative_readings(found, explanations, imported.head.others)
    warnings = warnings_on(found, otherwise)
    return replace(
        imported, view=_with(_noted(view, *warnings), found, dataset, unread), alternatives=otherwise, warnings=warnings
    )


def _pictures(classes: tuple[str, ...], data: DataSettings, should_stop: ShouldStop) -> tuple[Dataset | None, str]:
    """Returns the pictures that are here already, or the sentence that says why not: nothing is fetched or drawn."""
    status = {each.source: each for each in dataset_status()}.get(data.source)
    if status and status.where is None:
        return None, f"{status.name} are not on this machine."
    try:
        dataset = load_dataset(data, should_stop=should_stop)
    except UserError as error:
        return None, str(error)
    if places_among(dataset.classes, classes) is None:
        return None, f"The pictures here show {', '.join(dataset.classes)}, other classes than the head's."
    return dataset, ""


def _asked(
    view: TrainedRun, pictures: Sequence[Picture], report: Callable[[Progress], None], should_stop: ShouldStop
) -> tuple[list[Picture], list[Explanation], list[tuple[str, str]]]:
    """Returns the pictures that can be read, what the head says of each, and the others with their reasons."""
    from qtl_core.inference.answering import all_answers
    from qtl_core.inference.predictor import Predictor
    from qtl_core.inference.requests import ImageRequest

    predictor, read, explanations, unread = Predictor(view), [], [], []
    for start in range(0, len(pictures), ASKED_AT_ONCE):
        if should_stop():
            raise StoppedByUser
        report(Progress(STAGE, start, len(pictures)))
        part = pictures[start : start + ASKED_AT_ONCE]
        asked = [ImageRequest(str(number), each.path.name, each.path) for number, each in enumerate(part)]
        for picture, answer in zip(part, all_answers(predictor, asked), strict=True):
            if answer.explanation is None:
                unread.append((str(picture.path), answer.error))
            else:
                read.append(picture)
                explanations.append(replace(answer.explanation, seen=NOT_SHOWN))
    report(Progress(STAGE, len(pictures), len(pictures)))
    return read, explanations, unread


def _with(view: TrainedRun, found: Evaluation, dataset: Dataset, unread: Sequence[tuple[str, str]]) -> TrainedRun:
    from qtl_core.pictures.backbones.loading import pick_device

    loss, accuracy = found.cross_entropy, found.accuracy
    prepared = replace(
        view.prepared,
        val_size=found.total,
        val_files=found.files,
        val_labels=tuple(found.labels.tolist()),
        passed_over=(*((str(each.path), each.reason) for each in dataset.skipped), *unread),
        device=pick_device(),
        notes=(*view.prepared.notes, *dataset.notes),
    )
    assert view.ended is not None, "a head that comes in is a run that has ended"
    epoch = view.epochs[0]
    checkpoint = replace(epoch.checkpoint, best_val_accuracy=accuracy, best_val_loss=loss)
    epoch = replace(
        epoch, val_loss=loss, val_accuracy=accuracy, val_probabilities=found.probabilities, checkpoint=checkpoint
    )
    ended = replace(view.ended, best_val_accuracy=accuracy, best_val_loss=loss)
    return replace(view, prepared=prepared, epochs=(epoch,), ended=ended)


def _noted(view: TrainedRun, *notes: str) -> TrainedRun:
    return replace(view, prepared=replace(view.prepared, notes=(*view.prepared.notes, *notes)))
