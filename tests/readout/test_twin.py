"""The same training but for how the circuit was read: found among kept runs, and read out as the first one is."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.progress import never_stop
from qtl_core.readout.run_readout import RunReadout, readout_of_run
from qtl_core.readout.twin import run_twin_job, twin_among, twin_job, twin_settings
from qtl_core.runs.store import list_runs
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.training.run import train
from ui.results.trained_under import twin_words

POINTS = RunSettings().changed(source="points", points=40, epochs=2, qubits=2, depth=1, learning_rate=0.05)
NOISY = ReadoutSettings(depolarizing_two=0.1)


@pytest.fixture
def both(own_home) -> tuple[TrainedRun, TrainedRun]:
    """A run that was trained exactly, its twin under noise, and one of another seed beside them."""
    train(POINTS.changed(seed=7, depolarizing_two=0.1))
    return tuple(TrainedRun.of(train(POINTS.changed(depolarizing_two=rate))) for rate in (0.0, 0.1))


def test_each_of_two_is_the_other_s_twin_and_no_other_run_is(both):
    exact, noisy = both
    records = list_runs()
    assert len(records) == 3
    assert twin_among(records, exact.prepared.settings, NOISY).id == noisy.ended.run
    assert twin_among(records, noisy.prepared.settings, NOISY).id == exact.ended.run
    assert twin_among(records, exact.prepared.settings, ReadoutSettings(depolarizing_two=0.2)) is None
    assert twin_among(records, POINTS.changed(seed=8), NOISY) is None


def test_what_plays_no_part_makes_no_other_twin():
    other = twin_settings(POINTS.changed(machine="ibmqx4"), ReadoutSettings(machine="ibmqx4", depolarizing_one=0.3))
    assert other.readout.is_exact, "the rates play no part on a machine"


def test_the_twin_is_read_as_anybody_is(both):
    _, noisy = both
    spec = twin_job(noisy, ReadoutSettings(shots=5, depolarizing_two=0.1), ("readout",), seed=3)
    found: list[RunReadout] = []
    run_twin_job(spec.payload, found.append, never_stop)
    wanted = readout_of_run(noisy, ReadoutSettings(shots=5, depolarizing_two=0.1), seed=3, mitigate=("readout",))
    assert np.array_equal(found[0].probabilities, wanted.probabilities)


def test_the_words_are_of_both_runs_read_the_same_way(both):
    exact, noisy = both
    this, other = (readout_of_run(run, NOISY) for run in both)
    said = twin_words(noisy.prepared, "its name", this, other, "points")
    assert said.startswith("Trained with this readout (its name, else the same settings and seed): ")
    assert f"{other.evaluation.correct} of {other.size} points right so, this run {this.evaluation.correct}." in said
    assert "with other seeds the difference may be another" in said
    assert twin_words(exact.prepared, "its name", other, this, "points").startswith("Trained exactly (its name")
