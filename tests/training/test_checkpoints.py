"""What a training may go on from: anything else is refused by name, before any engine sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import InputError
from qtl_core.runs.events import Checkpoint, EpochDone
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.checkpoints import checked_start
from qtl_core.training.engines import ENGINES
from qtl_core.training.task import KeptFeatures, TrainingTask

RNG = np.random.default_rng(0)
SOURCE = KeptFeatures(RNG.random((4, 3)), RNG.random((2, 3)), [0, 1, 0, 1], [0, 1], classes=2)
TASK = TrainingTask(CircuitSettings(2, 1), TrainingSettings(epochs=3), SOURCE)


@pytest.fixture(scope="module")
def start() -> Checkpoint:
    work = replace(TASK, training=replace(TASK.training, epochs=1))
    return list(ENGINES["torch"](work, None, lambda: False))[-1].checkpoint


def put(start: Checkpoint, group: str, name: str, values: object) -> Checkpoint:
    return replace(start, **{group: {**getattr(start, group), name: values}})


BROKEN = {
    "another width": (lambda start: put(start, "weights", "pre_net.weight", np.zeros((2, 4))), "pre_net.weight.*shape"),
    "another depth": (lambda start: put(start, "weights", "q_params", np.zeros(4)), r"q_params'\] has shape \(4,\)"),
    "NaN": (
        lambda start: put(start, "weights", "post_net.bias", [0.0, np.nan]),
        r"post_net.bias'\] holds nan at \[1\]",
    ),
    "infinite memory": (lambda start: put(start, "second_moments", "q_params", [0, np.inf]), "second_moments.*inf"),
    "memory of another shape": (lambda start: put(start, "first_moments", "q_params", [0.0]), "first_moments.*shape"),
    "a stranger": (lambda start: put(start, "weights", "head.weight", [0.0]), "weights has an array 'head.weight'"),
    "one missing": (lambda start: replace(start, weights={}), "weights has no pre_net.weight"),
    "half a memory": (lambda start: replace(start, second_moments={}), "second_moments has other parameters"),
    "a negative epoch": (lambda start: replace(start, epoch=-1), "start.epoch is -1"),
    "half a step": (lambda start: replace(start, steps=1.5), "start.steps is 1.5"),
    "no checkpoint": (lambda start: {"weights": start.weights}, "start is of type dict"),
}


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize("what", list(BROKEN))
def test_no_engine_goes_on_from_what_does_not_fit(engine, what, start):
    broken, said = BROKEN[what]
    with pytest.raises(InputError, match=said):
        next(ENGINES[engine](TASK, broken(start), lambda: False))


@pytest.mark.parametrize("engine", list(ENGINES))
def test_arrays_of_other_kinds_go_on_all_the_same(engine, start):
    other = replace(start, weights={name: values.astype(">f8") for name, values in start.weights.items()})
    ends = [
        [event for event in ENGINES[engine](TASK, each, lambda: False) if isinstance(event, EpochDone)][-1]
        for each in (start, other)
    ]
    assert ends[0].val_loss == ends[1].val_loss


def test_nothing_stays_nothing_and_what_fits_is_not_copied(start):
    assert checked_start(TASK, None) is None
    found = checked_start(TASK, start)
    assert np.shares_memory(found.weights["q_params"], start.weights["q_params"])
