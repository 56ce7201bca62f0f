"""A carried start over many seeds, and at every change of a setting: the numbers are those of single runs."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.network.head_scores import class_scores
from qtl_core.runs.store import delete, load_run, purge
from qtl_core.runs.view import RunView
from qtl_core.training import playground, repeat
from qtl_core.training.preparation import prepare
from qtl_core.training.repeat import SeedRequest, repeat_keeping_weights
from qtl_core.training.run import train
from qtl_core.training.transfer.beginning import begin, kept_for, kept_start, starting_point
from tests.training.test_transfer_run import POINTS, from_it


@pytest.fixture(autouse=True)
def with_torch(monkeypatch):
    """The reference: nothing has to be compiled, and single runs are the same to the last bit."""
    monkeypatch.setattr(repeat, "_engine", lambda *_: "torch")
    monkeypatch.setattr(playground, "_wait_for_compiler", lambda *_: None)


@pytest.fixture
def ancestor() -> RunView:
    return train(POINTS)


def repeated(request: SeedRequest):
    return repeat_keeping_weights(request, lambda _: None, lambda: False)


def test_every_seed_starts_from_the_same_numbers_and_draws_its_own_fresh_ones(ancestor):
    settings = from_it(ancestor, depth=3, carry="pre_net,circuit", freeze="pre_net,circuit")
    band, weights, _ = repeated(SeedRequest(settings, 5))
    assert band.prepared.lineage[0].run == ancestor.ended.run
    assert band.prepared.trained_parameters == 3 + 8
    trained = ancestor.checkpoint.best_weights
    for seed, found in zip(band.seeds, weights, strict=True):
        single = train(settings.changed(seed=seed), keep=False)
        for name, values in single.checkpoint.best_weights.items():
            np.testing.assert_array_equal(found[name], values)
        np.testing.assert_array_equal(found["q_params"][:6], trained["q_params"])
    assert len({found["post_net.bias"].tobytes() for found in weights}) == 5


def test_seeds_start_from_what_a_run_keeps_when_its_ancestor_is_gone(ancestor):
    settings = from_it(ancestor, depth=3, freeze="pre_net")
    run_id = train(settings).ended.run
    before = repeated(SeedRequest(settings, 5))[1]
    delete([ancestor.ended.run])
    purge([ancestor.ended.run])
    with pytest.raises(UserError, match="cannot be used"):
        repeated(SeedRequest(settings, 5))
    after = repeated(SeedRequest(settings, 5, kept=kept_start(load_run(run_id))))[1]
    for one, other in zip(before, after, strict=True):
        for name, values in one.items():
            np.testing.assert_array_equal(values, other[name])


def test_every_fold_standardises_by_its_own_points(ancestor):
    settings = from_it(ancestor, standardise=True)
    preparation = prepare(settings, lambda _: None, lambda: False)
    begun = begin(preparation.prepared, preparation.features, starting_point(settings))
    half = preparation.features.drawn(np.arange(20))
    task = begun.task_with_seed(half, 3)
    mean = half.train.mean(axis=0)
    np.testing.assert_allclose(task.start["standardise.mean"], mean, rtol=1e-5)
    assert not np.allclose(begun.weights["standardise.mean"], mean)
    points = preparation.features.val
    trained = class_scores(POINTS.circuit, ancestor.checkpoint.best_weights, points)
    np.testing.assert_allclose(class_scores(POINTS.circuit, task.start, points), trained, atol=1e-5)


def test_a_kept_start_is_for_the_same_head_on_the_same_data_alone(ancestor):
    view = train(from_it(ancestor))
    asked = view.prepared.settings
    assert kept_for(asked.changed(seed=9, epochs=7), view).weights is view.checkpoint.start_weights
    for changes in ({"depth": 3}, {"carry": "pre_net"}, {"standardise": True}, {"points": 80}, {"start_from": ""}):
        assert kept_for(asked.changed(**changes), view) is None
    assert kept_for(asked, ancestor) is None


def test_a_try_at_every_change_starts_from_the_ancestor_too(ancestor):
    settings = from_it(ancestor, engine="compiled")
    tried = playground.try_out(settings, lambda: False)
    assert tried.prepared.lineage[0].run == ancestor.ended.run
    expected = ancestor.checkpoint.best_weights
    for name, values in expected.items():
        np.testing.assert_array_equal(tried.checkpoint.start_weights[name], values)


def test_a_try_from_a_run_that_is_gone_says_so():
    with pytest.raises(UserError, match="There is no run"):
        playground.try_out(POINTS.changed(engine="compiled", start_from="20200101-000000-abcdef"), lambda: False)
