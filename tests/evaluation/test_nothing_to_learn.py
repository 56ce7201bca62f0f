"""Labels dealt out at random give chance, and it is said that there is nothing to learn: in real trainings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.nothing_to_learn import nothing_to_learn
from qtl_core.evaluation.diagnosis.while_training import HELD_EPOCHS, warnings_so_far
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.runs.store.tables import summary
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings, numbers_rate
from qtl_core.training.engines import ENGINES
from qtl_core.training.task import KeptFeatures, task_of
from tests.helpers.made_histories import by_heart, history
from tests.helpers.made_runs import made_run
from tools.diagnosis_false_alarms import with_labels_at_random

TRAIN, VAL, FEATURES = 244, 153, 64


@pytest.fixture(scope="module")
def features() -> KeptFeatures:
    """Features of two classes that the recipe tells apart, as many as of the paper's photos."""
    dice = np.random.default_rng(1)
    labels = np.arange(TRAIN + VAL) % 2
    drawn = dice.normal(size=(TRAIN + VAL, FEATURES)) + (2 * labels - 1)[:, None] * dice.normal(0, 0.4, FEATURES)
    return KeptFeatures(drawn[:TRAIN], drawn[TRAIN:], labels[:TRAIN], labels[TRAIN:], classes=2)


def trained(features: KeptFeatures, **changes: object) -> RunView:
    """The run of a real training on these features."""
    settings = RunSettings().changed(**changes)
    prepared = replace(
        made_run(Path("/nowhere")).prepared,
        settings=settings,
        train_size=len(features.train),
        val_size=len(features.val),
        val_files=tuple(map(str, range(len(features.val)))),
        val_labels=tuple(features.val_labels.tolist()),
        train_counts=tuple(np.bincount(features.train_labels).tolist()),
        feature_size=features.feature_size,
    )
    view = RunView(prepared=prepared)
    for event in ENGINES["compiled"](task_of(settings, features), None, lambda: False):
        view = view.apply(event)
    return view.apply(summary(view))


@pytest.fixture(scope="module")
def at_random(features) -> RunView:
    """The recipe's run on the same features, their labels dealt out anew."""
    return trained(with_labels_at_random(features, seed=3))


def test_labels_at_random_give_chance_and_it_is_said(features, at_random):
    told, view = trained(features), at_random
    assert diagnose(told) == ()
    assert evaluation_of(told).accuracy > 0.85
    last = evaluation_of(view, view.epochs[-1])
    assert abs(last.correct - VAL / 2) < 3 * np.sqrt(VAL / 4), "chance"
    (finding,) = diagnose(view)
    assert finding.kind == "nothing to learn"
    assert finding.what == (
        f"Nothing to learn was found: after the last epoch {last.correct} of 153 validation photos are right, no more "
        "than luck gives."
    )
    assert "dealt out at random" in finding.why


def test_it_is_said_on_the_page_and_only_once_training_is_over(at_random):
    def page():
        import streamlit as st

        from ui.results.diagnosis import show_findings

        show_findings(st.session_state["view"])

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["view"] = at_random
    assert "Nothing to learn was found" in app.run().warning[0].value
    assert nothing_to_learn(TrainedRun.of(replace(at_random, ended=None))) is None


def test_of_few_steps_another_rate_or_a_network_that_was_better_it_is_not_said():
    halves = ((20, 20), (20, 20))
    flat = {"train": (122, 122), "confusion": halves, "losses": [0.69] * 30, "accuracy": 0.5}
    assert [each.kind for each in diagnose(history(**flat))] == ["nothing to learn"]
    too_small_a_step = {"optimiser": "sgd", "momentum": 0.0}
    for changes in ({"learning_rate": 0.0001}, {"learning_rate": 0.01}, too_small_a_step, {"freeze": "pre_net"}):
        assert [each.kind for each in diagnose(history(**flat, **changes))] == ["nothing learnt"]
    assert [each.kind for each in diagnose(history(**flat | {"losses": [0.69] * 20}))] == ["nothing learnt"]
    assert [each.kind for each in diagnose(by_heart())] == ["overfitting"], "something was learnt, and lost again"


@pytest.mark.parametrize(
    ("optimiser", "is_said"),
    [
        ({"momentum": 0.9}, True),  # 0.0004 is as wide a step of SGD's as ten times it without what a push carries on
        ({"momentum": 0.0, "learning_rate": 0.004}, True),
        ({"momentum": 0.0, "learning_rate": 0.02}, False),
        ({"momentum": 0.9, "learning_rate": 0.02}, False),
    ],
)
def test_of_sgd_the_rate_that_suits_depends_on_its_momentum(optimiser, is_said):
    flat = {"train": (122, 122), "confusion": ((20, 20), (20, 20)), "losses": [0.69] * 30, "accuracy": 0.5}
    kind = "nothing to learn" if is_said else "nothing learnt"
    assert [each.kind for each in diagnose(history(**flat, optimiser="sgd", **optimiser))] == [kind]


def test_rows_and_points_with_labels_at_random_have_nothing_to_learn():
    """Real trainings at the rate that suits two numbers a row, which is 125 times the paper's."""
    dice = np.random.default_rng(0)
    labels = np.arange(500) % 2
    x = dice.normal(size=(500, 2)) + (2 * labels - 1)[:, None] * [0.8, -0.5]
    rows = KeptFeatures(x[:350], x[350:], labels[:350], labels[350:], classes=2)
    for changes in ({"source": "table", "table": "rows.csv", "epochs": 30}, {"source": "points", "epochs": 12}):
        asked = {"learning_rate": numbers_rate(2), **changes}
        assert diagnose(trained(rows, **asked)) == ()
        (finding,) = diagnose(trained(with_labels_at_random(rows, seed=1), **asked))
        assert finding.kind == "nothing to learn"
        assert "which suits such" in finding.why or "learnt by heart" in finding.why
        assert "picture" not in "".join((finding.what, finding.why, finding.do))


def test_while_it_trains_a_finding_is_said_once_it_has_held(monkeypatch):
    losses = [0.69, 0.6, 1.2, 0.9, 1.4, 1.1, 1.6]
    view = history((40, 40), losses=losses, over=False)
    said = [warnings_so_far(replace(view, epochs=view.epochs[:done])) for done in range(len(losses) + 1)]
    first = next(done for done, found in enumerate(said) if found)
    assert [finding.kind for finding in said[first]] == ["jumping"]
    assert [bool(diagnose(replace(view, epochs=view.epochs[:done]))) for done in range(first + 1)].index(True) == (
        first - HELD_EPOCHS + 1
    )
    assert said[-1] == diagnose(view)
    assert warnings_so_far(replace(view, ended=summary(view))) == ()


def test_that_nothing_is_learnt_yet_is_not_said_while_the_rate_climbs():
    """By one cycle a sixth of trainings that end well stand still in their first epochs, at a 25th of the rate."""
    view = history((40, 40), ((28, 2), (28, 2)), [0.69] * 4, accuracy=0.5, over=False)
    assert {finding.kind for finding in warnings_so_far(view)} <= {"collapsed", "nothing learnt"} != set()
    assert warnings_so_far(view)
    epochs = [replace(epoch, learning_rate=0.001 * epoch.epoch) for epoch in view.epochs]
    assert warnings_so_far(replace(view, epochs=tuple(epochs))) == ()
