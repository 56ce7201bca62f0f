"""Pictures, or rows, that a run is evaluated on: its own validation pictures, or others that a person names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.inference.number_answers import column_names
from qtl_core.inference.requests import ImageRequest
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.pictures.sources.folder_walk import files_below
from qtl_core.readout.inputs import REFUSED, ReadoutInputs, inputs_of, validation_inputs, why_no_readout
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings
from qtl_core.tables.catalogue import load_numbers

UNKNOWN = -1  # the label of a picture whose class nobody says, or the run does not know
STAGE = "Pictures seen"


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Pictures or rows that a run is evaluated on.

    Attributes:
        inputs: The pictures at the circuit's door; where the class is not known, its label there means nothing.
        unread: Files that cannot be used, each with its reason.
        unknown: Files whose class nobody says, or the run does not know.
    """

    inputs: ReadoutInputs
    unread: tuple[tuple[str, str], ...] = ()
    unknown: frozenset[str] = frozenset()

    def accuracy(self, answers: Evaluation) -> float | None:
        """Returns the share predicted correctly of those whose class is known; None where none is."""
        known = np.array([file not in self.unknown for file in answers.files])
        return float((answers.predicted == answers.labels)[known].mean()) if known.any() else None


def own_pictures(run: TrainedRun, report: ReportProgress, should_stop: ShouldStop) -> Evaluated:
    """Returns a run's validation pictures; features that are not kept any more are computed.

    Raises:
        UserError: They cannot be read out, or are no longer those it was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import NotComputedYet
    from qtl_core.training.preparation import prepare

    if why := why_no_readout(run):
        raise UserError(REFUSED, why, "")
    try:
        return Evaluated(validation_inputs(run, should_stop))
    except NotComputedYet:
        prepare(run.prepared.settings.changed(augmentation=False), report, should_stop, allow_fallback=False)
        return Evaluated(validation_inputs(run, should_stop))


def other_pictures(
    run: TrainedRun, data: DataSettings, report: ReportProgress, should_stop: ShouldStop, weights: str = ""
) -> Evaluated:
    """Returns the pictures or rows that settings name, as a run's circuit takes them in.

    Of what has a validation part of its own, that part; of any other folder or table, all. A folder without folders of
    classes is taken, too: nothing is known then of what is right.

    Args:
        run: The run.
        data: Names them.
        report: Told how far it has come.
        should_stop: Asked often.
        weights: A weights file for its image network, where that lies elsewhere now.

    Raises:
        UserError: They cannot be used, or are of another kind than the run learnt.
        StoppedByUser: `should_stop` said so.
    """
    settings = run.prepared.settings
    if not settings.model.spec.has_circuit:
        raise UserError(REFUSED, why_no_readout(run), "")
    if data.is_numbers != settings.data.is_numbers:
        learnt = "numbers, not pictures" if settings.data.is_numbers else "pictures, not numbers"
        raise UserError(f"This run learnt {learnt}.", "", "Name what it can read with --data.")
    if data.is_numbers:
        return _rows(run, data)
    pictures, classes, skipped = _pictures(data, report, should_stop)
    return _seen(run, pictures, _labels(pictures, classes, run), skipped, report, should_stop, weights)


def _rows(run: TrainedRun, data: DataSettings) -> Evaluated:
    learnt = run.prepared.settings.data
    named = replace(learnt, source=data.source, shape=data.shape, table=data.table)
    if data.source == "table" and learnt.source == "points":
        named = data
    numbers = load_numbers(named)
    wanted = column_names(run)
    if len(numbers.columns) != len(wanted):
        raise UserError(f"This run reads {len(wanted)} numbers a row.", f"There are {len(numbers.columns)} here.", "")
    order = [numbers.columns.index(name) for name in wanted] if set(wanted) == set(numbers.columns) else slice(None)
    part = numbers.dataset
    rows = part.val if data.source == "points" else (*part.train, *part.val, *part.test)
    return _evaluated(run, rows, numbers.values(rows)[:, order], _labels(rows, part.classes, run))


def _pictures(
    data: DataSettings, report: ReportProgress, should_stop: ShouldStop
) -> tuple[Sequence[Picture], tuple[str, ...], tuple[tuple[str, str], ...]]:
    try:
        dataset, used, _ = find_dataset(data, report, should_stop, allow_fallback=False)
    except UserError:
        if data.source != "folder" or not (plain := _plain(Path(data.folder))):
            raise
        return plain, (), ()
    skipped = tuple((str(each.path), each.reason) for each in dataset.skipped)
    return _part(dataset, used), dataset.classes, skipped


def _part(dataset: Dataset, data: DataSettings) -> tuple[Picture, ...]:
    """Returns the validation part where the source itself has one, else everything."""
    divided = data.source != "folder" or any(
        (Path(data.folder) / name).is_dir() for name in ("val", "valid", "validation")
    )
    return dataset.val if divided else (*dataset.train, *dataset.val, *dataset.test)


def _plain(folder: Path) -> list[Picture]:
    """Returns the files that lie in a folder itself, of no known class."""
    if not folder.is_dir():
        return []
    return [Picture(each, UNKNOWN, "val") for each in files_below(folder) if isinstance(each, Path)]


def _labels(pictures: Sequence[Picture], classes: tuple[str, ...], run: TrainedRun) -> np.ndarray:
    known = {name: label for label, name in enumerate(run.prepared.classes)}
    return np.array(
        [known.get(classes[each.label], UNKNOWN) if each.label >= 0 else UNKNOWN for each in pictures], dtype=np.int64
    )


def _seen(
    run: TrainedRun,
    pictures: Sequence[Picture],
    labels: np.ndarray,
    skipped: tuple[tuple[str, str], ...],
    report: ReportProgress,
    should_stop: ShouldStop,
    weights: str,
) -> Evaluated:
    from qtl_core.inference.answering import all_answers
    from qtl_core.inference.predictor import Predictor

    predictor = Predictor(run, weights)
    requests = [ImageRequest(str(at), str(each.path), each.path) for at, each in enumerate(pictures)]
    features, places, unread = [], [], list(skipped)
    for done, answer in enumerate(all_answers(predictor, requests, should_stop=should_stop), 1):
        if answer.explanation is None:
            unread.append((answer.name, answer.error))
        else:
            features.append(answer.explanation.features)
            places.append(int(answer.id))
        report(Progress(STAGE, done, len(requests)))
    if not features:
        raise UserError("There is no picture to evaluate on.", "None of the files can be read as one.", "Name others.")
    rows = [pictures[place] for place in places]
    return _evaluated(run, rows, np.stack(features), labels[places], unread)


def _evaluated(
    run: TrainedRun,
    pictures: Sequence[Picture],
    features: np.ndarray,
    labels: np.ndarray,
    unread: Sequence[tuple[str, str]] = (),
) -> Evaluated:
    files = tuple(str(each.path) for each in pictures)
    found = inputs_of(
        run.prepared, run.checkpoint.best_weights, features, labels=np.where(labels == UNKNOWN, 0, labels), files=files
    )
    unknown = frozenset(file for file, label in zip(files, labels, strict=True) if label == UNKNOWN)
    return Evaluated(found, tuple(unread), unknown)
