"""A whole run under a readout: its answers, what changed, and which runs have none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.network.head_scores import class_scores, log_softmax
from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.inputs import run_inputs_job, why_no_readout
from qtl_core.readout.reading import has_law
from qtl_core.readout.run_readout import margins_of, readout_of, readout_of_run
from qtl_core.readout.sweeps import SweepRequest, sweep_of
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.training.run import train
from tests.readout.conftest import made_inputs

NOISY = ReadoutSettings(depolarizing_one=0.05, depolarizing_two=0.1)


@pytest.fixture(scope="module")
def spirals(tmp_path_factory) -> TrainedRun:
    """A short run on the paper's spirals: points keep no features on disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        return TrainedRun.of(train(RunSettings().changed(source="points", shape="spirals", epochs=3)))


def test_exactly_read_out_a_run_answers_as_its_head_does(spirals):
    found = readout_of_run(spirals, ReadoutSettings())
    kept = spirals.best.val_probabilities
    assert found.kind == "exact" and found.changed.size == 0 and found.size == len(kept)
    np.testing.assert_allclose(found.probabilities, kept, atol=1e-5)
    np.testing.assert_array_equal(found.probabilities, found.exact_probabilities)
    assert found.accuracy == found.exact_accuracy == pytest.approx(spirals.best.val_accuracy)
    assert (found.reading.errors == 0).all() and found.mean_error == 0


def test_features_given_are_read_in_place_of_the_kept_ones(spirals):
    features, labels = np.array([[0.2, -0.4], [1.0, 0.3], [-0.5, 0.9]]), np.array([0, 1, 1])
    settings, head = spirals.prepared.settings, spirals.checkpoint.best_weights
    wanted = np.exp(log_softmax(class_scores(settings.circuit, head, features)))
    found = readout_of_run(spirals, ReadoutSettings(), features=features, labels=labels, files=("x", "y", "z"))
    np.testing.assert_allclose(found.probabilities, wanted, atol=1e-12)
    assert found.accuracy == pytest.approx((wanted.argmax(axis=1) == labels).mean())


def test_the_worker_finds_the_same_inputs(spirals):
    found = []
    run_inputs_job((spirals.prepared, spirals.checkpoint.best_weights), found.append, lambda: False)
    here = readout_of(found[0], NOISY)
    np.testing.assert_array_equal(here.probabilities, readout_of_run(spirals, NOISY).probabilities)


def test_noise_lowers_confidence_and_what_changed_is_counted():
    inputs = made_inputs(60)
    found = readout_of(inputs, NOISY)
    assert found.kind == "average"
    assert found.mean_confidence < found.exact_mean_confidence
    by_hand = np.flatnonzero(found.probabilities.argmax(axis=1) != found.exact_probabilities.argmax(axis=1))
    np.testing.assert_array_equal(found.changed, by_hand)
    assert found.exact_accuracy == pytest.approx(40 / 60)  # a third of the labels are others
    right = (found.probabilities.argmax(axis=1) == inputs.labels).sum()
    assert found.accuracy == pytest.approx(right / 60)


def test_shots_are_one_draw_that_a_seed_repeats():
    inputs, readout = made_inputs(), ReadoutSettings(shots=10)
    first, again, other = (readout_of(inputs, readout, seed=seed) for seed in (1, 1, 2))
    assert first.kind == "draw" and first.cost.shots == 120
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    assert (first.probabilities != other.probabilities).any()


def test_margins_are_between_the_two_highest():
    np.testing.assert_allclose(margins_of(np.array([[0.2, 0.5, 0.3], [0.9, 0.1, 0.0]])), [0.2, 0.8])


def test_a_run_that_cannot_be_read_out_says_why(spirals):
    assert why_no_readout(spirals) == ""
    assert "first epoch" in why_no_readout(RunView())
    for changes, words in (
        ({"head": "linear"}, "no circuit"),
        ({"backbone_mode": "published"}, "drifts"),
    ):
        settings = spirals.prepared.settings.changed(**changes)
        other = dataclasses.replace(spirals, prepared=dataclasses.replace(spirals.prepared, settings=settings))
        assert words in why_no_readout(other)
    gone = dataclasses.replace(spirals.prepared, val_labels=(*spirals.prepared.val_labels[1:], 0))
    if gone != spirals.prepared:
        with pytest.raises(UserError, match="cannot be read out"):
            readout_of_run(dataclasses.replace(spirals, prepared=gone), ReadoutSettings())


def test_the_law_of_wide_circuits_is_estimated_and_its_draws_have_bands():
    inputs = made_inputs(3, qubits=9, depth=1)
    readout = ReadoutSettings(shots=20, depolarizing_two=0.02)
    assert has_law(inputs.circuit, ReadoutSettings(shots=20)) and not has_law(inputs.circuit, readout)
    found = dial_reading(DialRequest(inputs, readout))
    assert found.run.kind == "draw" and found.spread.draws >= 20 and found.trajectories == 100
    swept = sweep_of(SweepRequest(inputs, ReadoutSettings(depolarizing_two=0.02), "shots"), values=(5, 20))
    assert swept.draws >= 20 and swept.trajectories == 100
    assert (np.diff(swept.band("accuracy")[[0, 2]], axis=0) >= 0).all()
    without = sweep_of(SweepRequest(inputs, ReadoutSettings(), "shots"), values=(5,))
    assert without.trajectories == 0
    assert dial_reading(DialRequest(inputs, dataclasses.replace(readout, shots=0))).run.kind == "estimate"
