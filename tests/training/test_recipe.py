"""The paper's recipe on the real photos learns what it should: the one test that a wrong number anywhere fails."""

from __future__ import annotations

import statistics

import pytest

from qtl_core.runs.events import Ended
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import SHARED, needs_shared


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
    best = []
    for seed in range(5):
        *_, last = run(RunRequest(settings.changed(seed=seed)), lambda _: None, lambda: False)
        assert isinstance(last, Ended), last
        best.append(last.best_val_accuracy)
    assert statistics.median(best) >= at_least
