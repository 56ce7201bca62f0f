"""A head trained exactly and read out afterwards from shots or under noise: its figures are those of the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.studies.plan import CellRun
from qtl_core.studies.rows import Row

if TYPE_CHECKING:
    from qtl_core.training.repeat import Run
    from qtl_core.training.task import KeptFeatures, TrainingTask


def trained_alike(run: CellRun) -> tuple[RunSettings, int, int]:
    """Returns what is equal for runs of which one training is enough, as they differ in how they are read out alone."""
    return run.settings, run.fold, run.folds


def row_read(
    run: CellRun, task: TrainingTask, came: Run, readout: ReadoutSettings, own: KeptFeatures, whole: KeptFeatures
) -> Row:
    """Returns what came of a run whose best weights are read out so.

    Only those weights are kept: the last epoch's figures are none of this reading, and are left out.

    Args:
        run: The run.
        task: What was trained.
        came: What came of that.
        readout: How it is read out; shots follow from the run's seed.
        own: Has the validation pictures that judge it.
        whole: Has the test pictures, if there are any.
    """
    from qtl_core.training.testing import figures_of, log_probabilities

    settings = RunSettings(task.circuit, task.training, model=task.model, readout=readout)
    loss, accuracy = figures_of(log_probabilities(settings, came.weights, own.val), own.val_labels)
    tested = None
    if whole.test is not None and whole.test_labels is not None:
        tested = figures_of(log_probabilities(settings, came.weights, whole.test), whole.test_labels)[1]
    return Row(
        run.key,
        run.seed,
        epochs=came.done,
        best_epoch=came.best_epoch,
        test_accuracy=tested,
        best_val_accuracy=accuracy,
        best_val_loss=loss,
    )
