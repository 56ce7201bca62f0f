"""A head trained exactly and read out afterwards from shots or under noise: its figures are those of the reading."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qtl_core.runs.events import Arrays
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.studies.plan import CellRun
from qtl_core.studies.rows import Outcome, Row
from qtl_core.training.task import KeptFeatures, TrainingTask
from qtl_core.training.testing import figures_of, log_probabilities


def outcome_read(
    run: CellRun,
    task: TrainingTask,
    readout: ReadoutSettings,
    curves: Mapping[str, np.ndarray],
    best_epoch: int,
    weights: Arrays,
    source: KeptFeatures,
) -> Outcome:
    """Returns what came of a run whose best weights are read out so.

    Only those weights are read: the last epoch's figures are none of this reading, and are left out.

    Args:
        run: The run.
        task: What was trained.
        readout: How it is read out; shots follow from the run's seed.
        curves: Of every epoch, of the exact training.
        best_epoch: From 1.
        weights: Those of that epoch.
        source: Has the validation and the test pictures.
    """
    settings = RunSettings(task.circuit, task.training, model=task.model, readout=readout)
    loss, accuracy = figures_of(log_probabilities(settings, weights, source.val), source.val_labels)
    tested = None
    if source.test is not None and source.test_labels is not None:
        tested = figures_of(log_probabilities(settings, weights, source.test), source.test_labels)[1]
    row = Row(
        run.key,
        run.seed,
        epochs=len(curves["val_loss"]),
        best_epoch=best_epoch,
        test_accuracy=tested,
        best_val_accuracy=accuracy,
        best_val_loss=loss,
    )
    return Outcome(row, curves)


def trained_alike(run: CellRun) -> tuple[RunSettings, int, int]:
    """Returns what is equal for runs of which one training is enough, as they differ in how they are read out alone."""
    return run.settings, run.fold, run.folds
