"""The figures that were published, as carried into the project."""

from __future__ import annotations

import json

import pytest

from qtl_core.runs.published import DRESSED, FILE, LINEAR, published_run
from qtl_core.settings import CircuitSettings
from qtl_core.settings.parameters import parameter_count
from tests.conftest import SHARED, needs_shared


def test_the_dressed_network_s_published_run():
    run = published_run()
    assert [epoch.epoch for epoch in run.epochs] == list(range(1, 31))
    assert [round(epoch.val_accuracy * 153) for epoch in (run.epochs[0], run.epochs[1], run.epochs[-1])] == [
        122,
        125,
        145,
    ]
    assert (round(run.best_val_accuracy * 153), run.seconds) == (148, 87 * 60 + 21)
    assert max(epoch.val_accuracy for epoch in run.epochs) == run.best_val_accuracy
    assert run.parameters == parameter_count(512, 2, CircuitSettings())


def test_the_linear_layer_s_published_run():
    run = published_run(LINEAR)
    assert len(run.epochs) == 30
    assert (round(run.best_val_accuracy * 153), run.seconds) == (146, 9 * 60 + 56)
    assert run.parameters == 513 * 2


@pytest.mark.parametrize("name", [DRESSED, LINEAR])
def test_accuracies_are_shares_of_the_published_numbers_of_photos(name):
    assert len(published_run(name).epochs) == 30
    for epoch in published_run(name).epochs:
        for accuracy, photos in ((epoch.train_accuracy, 244), (epoch.val_accuracy, 153)):
            assert 0 < accuracy < 1
            assert abs(accuracy * photos - round(accuracy * photos)) < 0.0125  # given to four places
        assert 0 < epoch.val_loss < 1


def test_a_published_run_cannot_be_changed():
    with pytest.raises(AttributeError):
        published_run().epochs[0].val_accuracy = 1.0


def test_the_source_is_named():
    assert "arXiv:1912.08278" in json.loads(FILE.read_text())["about"]


@needs_shared
@pytest.mark.shared
def test_nothing_was_changed_on_the_way():
    given = json.loads((SHARED / "published_runs.json").read_text())
    assert json.loads(FILE.read_text())["runs"] == given["runs"]
