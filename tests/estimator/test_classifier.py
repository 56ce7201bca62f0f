"""The network as scikit-learn's own tools see it: its checks, pipelines, searches, and the engine behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import check_estimator

from qtl_core import QuantumTransferClassifier
from qtl_core.common.errors import InputError
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.training import engines
from qtl_core.training.task import KeptFeatures, task_of
from tests.helpers.made_runs import CLASSES, made_pictures

IRIS, KINDS = load_iris(return_X_y=True)
EXPECTED_TO_FAIL: dict[str, str] = {}  # name of a check -> why; none is


def quick(**changes: object) -> QuantumTransferClassifier:
    return QuantumTransferClassifier(**{"qubits": 2, "depth": 1, "epochs": 3, "random_state": 0, **changes})


def test_it_passes_scikit_learns_checks():
    network = quick(epochs=10, learning_rate=0.05)
    done = check_estimator(network, expected_failed_checks=EXPECTED_TO_FAIL, on_skip=None)
    assert len(done) > 50
    assert {each["check_name"] for each in done if each["status"] != "passed"} <= {"check_array_api_input"}


def test_a_search_in_a_pipeline_chooses_among_heads_and_circuits():
    pipeline = make_pipeline(MinMaxScaler(), quick(epochs=15))
    step = "quantumtransferclassifier"
    grid = {f"{step}__qubits": [1, 3], f"{step}__head": ["dressed", "linear"]}
    found = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(IRIS, KINDS)
    assert len(found.cv_results_["params"]) == 4
    assert found.best_score_ > 0.85
    assert cross_val_score(found.best_estimator_, IRIS, KINDS, cv=3, error_score="raise").min() > 0.8


@pytest.mark.parametrize("head", HEADS)
def test_every_head(head):
    network = quick(head=head, epochs=40, hidden_units=6).fit(IRIS, np.array(["a", "b", "c"])[KINDS])
    shares = network.predict_proba(IRIS)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-12)
    assert network.classes_.tolist() == ["a", "b", "c"]
    assert set(network.predict(IRIS)) <= {"a", "b", "c"}
    assert network.score(IRIS, np.array(["a", "b", "c"])[KINDS]) > 0.7


def test_a_fit_is_one_training_of_the_compiled_engine_and_nothing_is_held_out(monkeypatch):
    tasks, trained = [], engines.ENGINES["compiled"]

    def watched(task, start, should_stop):
        tasks.append(task)
        return trained(task, start, should_stop)

    monkeypatch.setitem(engines.ENGINES, "compiled", watched)
    monkeypatch.setitem(engines.ENGINES, "torch", None)
    network = quick().fit(IRIS, KINDS)
    (task,) = tasks
    assert (len(task.source.train), len(task.source.val)) == (len(IRIS), 1)
    settings = RunSettings().changed(
        qubits=2, depth=1, epochs=3, seed=0, batch_size=16, learning_rate=0.01, standardise=True
    )
    assert network.settings_ == settings
    bare = task_of(settings, KeptFeatures(IRIS, IRIS[:1], KINDS, KINDS[:1], classes=3))
    last = list(trained(bare, None, lambda: False))[-1]
    for name, values in last.checkpoint.weights.items():
        np.testing.assert_array_equal(network.weights_[name], values)


def test_a_warm_start_goes_on_from_what_was_learnt():
    once = quick(epochs=10).fit(IRIS, KINDS)
    warm = quick(epochs=10, warm_start=True).fit(IRIS, KINDS)
    np.testing.assert_array_equal(once.predict_proba(IRIS), warm.predict_proba(IRIS))
    first = warm.loss_curve_
    assert warm.fit(IRIS, KINDS).loss_curve_[-1] < first[-1]
    assert once.fit(IRIS, KINDS).loss_curve_ == first
    for rows, labels in ((IRIS[:100], KINDS[:100]), (IRIS[:, :2], KINDS)):
        with pytest.raises(InputError, match="warm_start"):
            warm.fit(rows, labels)


def test_pictures_by_path_by_content_and_as_arrays(tmp_path):
    folder = made_pictures(tmp_path)
    paths = sorted((folder / "train").rglob("*.jpg"))
    labels = [path.parent.name for path in paths]
    network = quick(backbone="efficientnet_lite0", epochs=20).fit(paths, labels)
    assert network.n_features_in_ == 1280
    assert network.classes_.tolist() == list(CLASSES)
    assert network.score(paths, labels) == 1
    wanted = network.predict_proba(paths)
    opened = [Image.open(path) for path in paths]
    ways = ([str(path) for path in paths], [path.read_bytes() for path in paths], opened, [*map(np.asarray, opened)])
    for way in ways:
        np.testing.assert_allclose(network.predict_proba(way), wanted, atol=1e-4)
    search = GridSearchCV(network, {"qubits": [1, 2]}, cv=3, error_score="raise").fit(paths, labels)
    assert search.predict(paths[:1]).tolist() in ([name] for name in CLASSES)


@pytest.mark.parametrize("wrong", [[Path("no/such.jpg")], [b"no picture"], [np.zeros((4, 4))], [None], "a picture.jpg"])
def test_what_is_no_picture_is_named(wrong):
    with pytest.raises(Exception, match=r"no/such|picture"):
        quick(backbone="efficientnet_lite0").fit(wrong, ["a"])


def test_an_argument_that_cannot_be_is_said_at_fit_with_what_can():
    with pytest.raises(InputError, match=r"qubits.*12"):
        quick(qubits=40).fit(IRIS, KINDS)
    with pytest.raises(ValueError, match=r"random_state is -1\. It should be"):
        quick(random_state=-1).fit(IRIS, KINDS)
    with pytest.raises(NotFittedError):
        quick().predict(IRIS)
