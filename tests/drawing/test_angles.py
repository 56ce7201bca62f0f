"""Which angles of a run a drawing shows: the last epoch's while it trains, the best epoch's at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.drawing.angles import run_angles, untrained_angles
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import made_run


def test_a_run_that_trains_shows_its_last_angles_and_one_that_is_over_its_best(tmp_path):
    now, best = np.full(24, 0.2, np.float32), np.full(24, 0.1, np.float32)
    over = made_run(tmp_path)
    checkpoint = replace(over.checkpoint, weights={"q_params": now}, best_weights={"q_params": best})
    over = replace(over, epochs=(*over.epochs[:-1], replace(over.epochs[-1], checkpoint=checkpoint)))
    before = untrained_angles(over.prepared.settings, over.prepared.feature_size)
    for view, shown in ((over, best), (replace(over, ended=None), now), (replace(over, epochs=()), before)):
        angles, start = run_angles(view)
        assert np.array_equal(angles, shown)
        assert np.array_equal(start, before)
    with pytest.raises(ValueError, match="prepared"):
        run_angles(RunView())
