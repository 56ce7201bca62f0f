"""The Home page without a browser: a real worker answers, and what is handed to the browser is what it found."""

from __future__ import annotations

import base64
import json
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.explain.forward_pass import STEPS_PER_COLUMN, PictureTrace, choose_pictures, run_trace_job
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import named_model
from qtl_core.network.ansatz import build_circuit
from tests.conftest import PROJECT
from ui.base import job_managers, theme
from ui.home import trace_view
from ui.home.followed_pictures import PICTURES
from ui.home.trace_view import (
    INT16_SCALE,
    NO_TRACE_YET,
    answer_words,
    circuit_data,
    picture_words,
    sentences,
    traces_data,
)

PATIENCE = 300  # seconds for a worker to start and to load an image network, on a machine that is busy


pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module")
def model():
    return named_model(RUN_ID)


@pytest.fixture(scope="module")
def circuit(model):
    return build_circuit(model.run.prepared.settings.circuit)


@pytest.fixture(scope="module")
def traces(model) -> list[PictureTrace]:
    made: list[PictureTrace] = []
    run_trace_job((model, choose_pictures(None, 4)), made.append, lambda: False)
    return made


def shown(app: AppTest) -> dict:
    """What the component was given."""
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_it_answers_by_itself_for_pictures_it_never_saw():
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert shown(app)["waiting"] == NO_TRACE_YET
    deadline = time.monotonic() + PATIENCE
    while len(shown(app)["walks"]) < PICTURES and time.monotonic() < deadline:
        time.sleep(0.3)
        app.run()
    found = shown(app)["walks"]
    assert [trace["truth"] for trace in found] == ["ants", "bees"] * (PICTURES // 2)
    assert all(trace["drawn"] for trace in found)
    assert any("143 of 153 real photos" in caption.value for caption in app.caption)


def test_two_visitors_share_one_job():
    for _ in range(2):
        AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert len(job_managers.express_jobs().jobs) == 1


def test_numbers_arrive_as_they_were_computed(model, circuit, traces):
    data = traces_data(traces, circuit, ("ants", "bees"), "The network")
    json.dumps(data)
    assert traces
    for sent, trace in zip(data["walks"], traces, strict=True):
        path = np.frombuffer(base64.b64decode(sent["path"]), "<i2").reshape(trace.path.shape) / INT16_SCALE
        np.testing.assert_allclose(path, trace.path, atol=1e-4)
        assert sent["probabilities"] == list(trace.explanation.prediction.probabilities.values())
        assert sent["expectations"] == pytest.approx(trace.explanation.expectations.tolist(), abs=0.006)
        assert len(base64.b64decode(sent["features"])) == len(trace.explanation.features)


def test_every_stage_has_its_words(circuit, traces):
    columns = circuit_data(circuit)["columns"] - 1  # the last is the measurement
    assert len(traces[0].path) == columns * STEPS_PER_COLUMN + 1
    for trace in traces:
        said = list(sentences(trace, circuit, "A network"))
        assert len(said) == 2 + columns + 1  # the picture, the features, and the answer
        assert "drawing" in said[0]
        assert f"{len(trace.explanation.features):,}" in said[1]
        assert ("that is right" in said[-1]) == trace.is_right


def test_a_picture_is_never_said_to_be_new_in_a_way_that_it_is_not(traces):
    from dataclasses import replace

    photo = replace(traces[0], picture=replace(traces[0].picture, drawn=False))
    assert "from other drawings" in picture_words(traces[0])
    assert "from drawings alone" in picture_words(photo)
    assert "from other photos" in picture_words(photo, "photos")


def test_a_mistake_is_called_one(traces):
    from dataclasses import replace

    right = next(trace for trace in traces if trace.is_right)
    other = {"ants": "bees", "bees": "ants"}[right.picture.truth]
    wrong = replace(right, picture=replace(right.picture, file=right.picture.file.replace(right.picture.truth, other)))
    assert f"that is wrong: it shows {other}" in answer_words(wrong)


def test_its_colours_mean_what_they_mean_elsewhere():
    assert trace_view.STATE_COLOUR == theme.STATE_ZERO
    assert trace_view.WRONG_COLOUR == theme.WRONG
    assert theme.CLASSES[: len(trace_view.CLASS_COLOURS)] == trace_view.CLASS_COLOURS


def test_a_link_with_settings_that_names_no_page_still_leads_to_train():
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["qubits"] = "5"
    assert "Teach a quantum circuit" in app.run().title[0].value
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["note"] = "kept"
    assert "See a quantum circuit" in app.run().title[0].value
