"""The paper's head gives the figures it gave before there were other heads, optimisers and schedules.

They were written by the compiled engine of that version, in double precision. Bits differ between processors, so the
last digits are left out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.torch_engine import train_with_torch
from tests.training.test_compiled_engine import VAL, epochs, task


class Figures(NamedTuple):
    """Losses and validation pictures right, epoch by epoch; the best epoch; a sum of every parameter's numbers."""

    train: tuple[float, ...]
    val: tuple[float, ...]
    right: tuple[int, ...]
    best: int
    weights: dict[str, float]


TASKS = {
    "recipe": task(CircuitSettings(), epochs=4, learning_rate=0.0004, batch_size=4, step_size=10, q_delta=0.01),
    "wide steps": task(),
    "rot, re-uploading": task(CircuitSettings(2, 2, "ring", "rot", True), batch_size=11, classes=3),
    "views, balanced, by loss": task(views=3, class_weights="balanced", best_by="loss", classes=3),
    "angles at random": replace(task(), model=ModelSettings("dressed_fixed")),
}
BEFORE = {
    "recipe": Figures(
        train=(0.724362701745, 0.718636205969, 0.714529812316, 0.709583073638),
        val=(0.779522746802, 0.776181355669, 0.772938489327, 0.769842762012),
        right=(3, 3, 3, 3),
        best=1,
        weights={
            "pre_net.weight": -0.0527025823615,
            "pre_net.bias": 0.366421350315,
            "q_params": -0.0476696546326,
            "post_net.weight": 0.950555644135,
            "post_net.bias": -0.261019300872,
        },
    ),
    "wide steps": Figures(
        train=(0.771893708255, 0.696390231852, 0.65789050701),
        val=(0.756502648097, 0.690253347655, 0.684173701579),
        right=(4, 4, 4),
        best=1,
        weights={
            "pre_net.weight": 0.152049842176,
            "pre_net.bias": -0.168612618581,
            "q_params": -1.43927614114,
            "post_net.weight": 0.374380830337,
            "post_net.bias": -0.255369822068,
        },
    ),
    "rot, re-uploading": Figures(
        train=(1.21790959749, 1.15053937611, 1.10541500371),
        val=(1.28010357681, 1.26116450682, 1.25876060034),
        right=(2, 2, 2),
        best=1,
        weights={
            "pre_net.weight": -0.497073146782,
            "pre_net.bias": 0.197753184354,
            "post_net.weight": -0.875201460651,
            "post_net.bias": 0.830751279118,
        },
    ),
    "views, balanced, by loss": Figures(
        train=(1.11005364416, 1.10935659029, 0.944579618959),
        val=(0.93513348074, 0.903281664512, 0.899880285379),
        right=(5, 5, 6),
        best=3,
        weights={
            "pre_net.weight": 0.0596618512061,
            "pre_net.bias": -0.00534889963581,
            "q_params": -1.37150474723,
            "post_net.weight": 0.119137752097,
            "post_net.bias": 0.201983179129,
        },
    ),
    "angles at random": Figures(
        train=(0.772133152908, 0.699108203987, 0.660172820846),
        val=(0.758735031792, 0.692011049868, 0.68579297654),
        right=(4, 4, 4),
        best=1,
        weights={
            "pre_net.weight": 0.161976145568,
            "pre_net.bias": -0.173407509428,
            "q_params": -1.3421981759,
            "post_net.weight": 0.373228190442,
            "post_net.bias": -0.255153464891,
        },
    ),
}


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
@pytest.mark.parametrize("name", TASKS)
def test_figures_are_those_of_before(engine, name):
    found, before = epochs(engine, TASKS[name]), BEFORE[name]
    assert [epoch.train_loss for epoch in found] == pytest.approx(before.train, abs=1e-9)
    assert [epoch.val_loss for epoch in found] == pytest.approx(before.val, abs=1e-9)
    assert tuple(round(VAL * epoch.val_accuracy) for epoch in found) == before.right
    last = found[-1].checkpoint
    assert last.best_epoch == before.best
    for parameter, total in before.weights.items():
        values = last.weights[parameter].ravel()
        assert (values * np.cos(np.arange(values.size))).sum() == pytest.approx(total, abs=1e-8), parameter
