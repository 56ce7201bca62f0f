"""Runs of earlier versions that trained on after their numbers stopped being finite: every page opens them."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.store import keep_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures, made_run
from ui.predict import model_card
from ui.session import keys
from ui.session.runs import Runs

pytestmark = pytest.mark.usefixtures("own_managers")

WORD = re.compile(r"(?<![\w.])[-+]?(nan|inf(inity)?)\b(?! *\()", re.IGNORECASE)


def broken_run(folder: Path, first: int) -> RunView:
    """A run as an earlier version kept it: finished, with NaN in all that it holds from epoch `first` on."""
    settings = RunSettings().changed(source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=3)
    view = made_run(made_pictures(folder), settings=settings)
    weights = initial_weights(view.prepared.feature_size, 2, settings.circuit, 0.01, 0)
    best, epochs = min(2, first), []
    for epoch in view.epochs:
        broken = epoch.epoch >= first
        head = {name: values * (np.nan if broken else 1) for name, values in weights.items()}
        loss = math.nan if broken else epoch.val_loss
        checkpoint = replace(
            epoch.checkpoint,
            weights=head,
            best_epoch=best,
            best_val_loss=math.nan if first == 1 else 0.4,
            best_val_accuracy=view.epochs[best - 1].val_accuracy,
            best_weights={name: values * (np.nan if first == 1 else 1) for name, values in weights.items()},
        )
        epochs.append(
            replace(
                epoch,
                train_loss=loss,
                val_loss=loss,
                is_best=epoch.epoch == 1 or (epoch.epoch == 2 and first > 2),
                val_probabilities=epoch.val_probabilities * np.float32(math.nan if broken else 1),
                layer_gradients=(math.nan if broken else 0.01,) * 6,
                checkpoint=checkpoint,
            )
        )
    best_epoch = 2 if first > 2 else 1
    ended = replace(
        view.ended,
        best_epoch=best_epoch,
        best_val_accuracy=epochs[best_epoch - 1].val_accuracy,
        best_val_loss=epochs[best_epoch - 1].val_loss,
    )
    last = replace(epochs[-1], checkpoint=replace(epochs[-1].checkpoint, best_epoch=best_epoch))
    return replace(view, epochs=(*epochs[:-1], last), ended=ended)


@pytest.fixture(params=[1, 2, 3], ids="from epoch {}".format)
def run_id(request, tmp_path) -> str:
    return keep_run(broken_run(tmp_path / "mine", request.param), name="broken")


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(f"pages/{page}.py").run()


def words(app: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "warning", "info", "error", "success")
    texts = [str(element.value) for kind in kinds for element in getattr(app, kind)]
    texts += [str(metric.value) for metric in app.metric]
    texts += [html.proto.body for html in app.get("html")]
    return "\n".join(texts)


def assert_well(app: AppTest) -> None:
    assert not app.exception
    said = words(app)
    assert "unexpected" not in said.lower(), said
    assert not WORD.search(said), [line for line in said.splitlines() if WORD.search(line)]


@pytest.mark.parametrize("page", ["home", "train", "runs", "predict", "circuit", "data", "learn", "tour"])
def test_every_page_opens_with_it_in_the_address(run_id, page):
    assert_well(opened(page, run=run_id))


def test_the_result_says_that_and_when_training_broke_down(run_id, request):
    first = request.node.callspec.params["run_id"]
    assert f"Training broke down in epoch {first}" in words(opened("train", run=run_id))


@pytest.mark.parametrize("tab", ["The map", "Is it learning?", "All validation pictures"])
def test_every_tab_of_its_result_opens(run_id, tab):
    app = opened("train", run=run_id)
    app.session_state[keys.RESULT_TABS] = tab
    assert_well(app.run())


def test_the_circuit_page_draws_it(run_id, request):
    app = opened("circuit")
    app.segmented_control(key=keys.CIRCUIT_SOURCE).set_value("A kept run")
    app.run()
    assert_well(app)
    began_with = "These are the angles it began with." in words(app)
    assert began_with == (request.node.callspec.params["run_id"] == 1)


def test_the_predict_page_says_what_it_cannot_say(run_id, request, monkeypatch):
    app = opened("predict")
    app.selectbox(key=keys.PREDICT_MODEL).set_value(run_id)
    app.run()
    assert_well(app)
    assert "This run cannot answer here." in words(app), "its image network has other weights than are here"
    monkeypatch.setattr(model_card, "weights_problem", lambda _: None)
    app.run()
    assert_well(app)
    app.toggle(key=keys.PREDICT_TEMPERATURE).set_value(True)
    app.run()
    assert_well(app)
    if request.node.callspec.params["run_id"] == 1:
        assert "its training broke down" in words(app)


def test_two_of_them_are_compared(run_id, tmp_path):
    other = keep_run(broken_run(tmp_path / "other", 1), name="other")
    app = opened("runs")
    app.session_state[Runs.KEY] = Runs(chosen=(run_id, other))
    assert_well(app.run())


def strict(text: str) -> object:
    def refuse(word: str) -> object:
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_all_json_that_is_written_of_it_is_json(run_id, own_home):
    files = [file for file in own_home.rglob("*.json") if file.is_file()]
    assert files
    for file in files:
        strict(file.read_text(encoding="utf-8"))
