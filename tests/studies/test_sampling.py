"""Which cells a study trains: the same on every machine, each once, and fewer among more."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from qtl_core.common.errors import InputError, UserError
from qtl_core.studies.plan import MOST_RUNS, StudyPlan
from qtl_core.studies.sampling import Grid, RandomSample, Search, grid_size
from tests.studies.test_comparisons import plan


def places(asked: StudyPlan) -> list[tuple[object, ...]]:
    return [tuple(cell.at.values()) for cell in asked.cells()]


def test_a_sample_is_of_the_grid_each_cell_once_and_fewer_are_among_more():
    grid = plan("qubits=1:8", "depth=0:9", "learning_rate=0.001,0.01")
    some, more = (replace(grid, sampling=RandomSample(count)) for count in (12, 40))
    assert len(set(places(more))) == 40 and set(places(more)) <= set(places(grid))
    assert places(more)[:12] == places(some)
    assert sorted(places(replace(grid, sampling=RandomSample(1000)))) == sorted(places(grid))


def test_a_sample_is_the_same_for_ever_and_another_for_another_seed():
    sample = replace(plan("qubits=1:8", "depth=0:9"), sampling=RandomSample(3))
    assert places(sample) == [(4, 0), (5, 4), (8, 4)]
    other = replace(sample, base=sample.base.changed(seed=1))
    assert places(other) != places(sample)


def test_a_sample_may_be_of_more_cells_than_could_ever_be_trained():
    axes = ("qubits=1:12", "depth=0:20", "epochs=1:500", "batch_size=1:256")
    with pytest.raises(UserError, match="runs"):
        plan(*axes)
    sample = replace(plan(seeds=2), axes=(), sampling=RandomSample(50))
    sample = replace(sample, axes=tuple(axis for text in axes for axis in plan(text, seeds=1).axes))
    assert grid_size(sample.axes) > MOST_RUNS and len(sample.runs()) == sample.size == 100


def test_a_search_has_asked_for_nothing_yet():
    asked = replace(plan("depth=0:9", seeds=5), sampling=Search(30))
    assert (asked.cells(), asked.runs(), asked.size, asked.planned) == ((), {}, 50, 50)
    some = replace(asked, sampling=Search(30, asked=((3,), (5,), (3,))))
    assert places(some) == [(3,), (5,)] and len(some.runs()) == 10


@pytest.mark.parametrize(
    "sampling", [Grid(), RandomSample(7), Search(9, "random", "best_val_loss", ((2, "linear"), (3, "mlp")))]
)
def test_it_is_read_as_it_was_written(sampling):
    asked = replace(plan("depth=0:9", "head=linear,mlp"), sampling=sampling)
    assert StudyPlan.from_dict(json.loads(json.dumps(asked.to_dict()))) == asked


def test_what_is_no_sampling_is_refused():
    for wrong in (lambda: RandomSample(0), lambda: Search(5, "magic"), lambda: Search(5, measure="beauty")):
        with pytest.raises(InputError):
            wrong()
    stored = plan("depth=1,2").to_dict() | {"sampling": {"kind": "oracle"}}
    with pytest.raises(UserError, match="newer version"):
        StudyPlan.from_dict(stored)
