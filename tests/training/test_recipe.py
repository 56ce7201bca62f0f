"""The paper's recipe on the real photos learns what it should: the one test that a wrong number anywhere fails."""

from __future__ import annotations

import statistics

import pytest

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.runs.events import Ended
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import SHARED, needs_shared


def trained(settings: RunSettings) -> RunView:
    view = RunView()
    for event in run(RunRequest(settings), lambda _: None, lambda: False):
        view = view.apply(event)
    assert isinstance(event, Ended), event
    return view


@needs_shared
@pytest.mark.parametrize(
    ("backbone", "weights", "at_least"),
    [("mobilenet_v2", SHARED / "weights/mobilenet_v2.pth", 0.95), ("efficientnet_lite0", "", 0.94)],
)
def test_the_median_of_five_seeds(backbone, weights, at_least):
    """Over 40 seeds the medians are 0.961 and 0.948; the issue asks for 0.95 and 0.94 over the first five."""
    settings = RunSettings().changed(
        source="folder",
        folder=str(SHARED / "datasets/hymenoptera_data"),
        backbone=backbone,
        weights=str(weights),
    )
    views = [trained(settings.changed(seed=seed)) for seed in range(5)]
    assert statistics.median(view.ended.best_val_accuracy for view in views) >= at_least
    first = views[0]
    assert sum(first.prepared.train_counts) == first.prepared.train_size
    assert diagnose(first) == (), "the paper's setting is said to be unwell"
