"""Studies with figures that were made, not trained, for tests of what is said and drawn of them."""

from __future__ import annotations

import numpy as np

from qtl_core.settings import RunSettings
from qtl_core.studies.axes import axis_from
from qtl_core.studies.plan import CellRun, StudyPlan
from qtl_core.studies.rows import Outcome, outcome_of
from qtl_core.studies.store import StudyStore

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)


def made_study(*axes: str, seeds: int = 6, done: int | None = None, name: str = "made") -> StudyStore:
    """A study whose circuits are better by a tenth than other heads.

    Args:
        axes: As on a command line.
        seeds: How many.
        done: How many of its runs have a row; None for all.
        name: What it is called.
    """
    store = StudyStore.create(StudyPlan(name, MOONS, tuple(axis_from(axis) for axis in axes), seeds))
    store.add([outcome(run) for run in list(store.plan.runs().values())[:done]])
    return store


def outcome(run: CellRun) -> Outcome:
    """What came of a run: a figure by its head, depth and seed."""
    settings = run.settings
    value = 0.7 + 0.1 * settings.model.spec.has_circuit + 0.01 * settings.circuit.depth + 0.002 * (run.seed % 5)
    accuracy, loss = np.array([0.5, value]), np.array([0.5, 1 - value])
    curves = {"train_accuracy": accuracy, "val_accuracy": accuracy, "train_loss": loss, "val_loss": loss}
    return outcome_of(run.key, run.seed, curves, 2, None)
