"""The Home page without a browser: a real worker answers, and what is handed to the browser is what it found."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.drawing.quantum_script import circuit_data
from qtl_core.explain.forward_pass import STEPS_PER_COLUMN, PictureTrace, choose_pictures, run_trace_job
from qtl_core.explain.kept_traces import kept_changes, kept_traces
from qtl_core.explain.training_change_words import conclusion_words, line_words
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import named_model
from qtl_core.jobs import JobView
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings.backbones import PRETRAINED_ON
from tests.conftest import PROJECT
from tests.helpers.page_words import wait_for_news
from ui.base import job_managers, theme
from ui.home import followed_pictures, trace_view
from ui.home.followed_pictures import BEFOREHAND, NOW, PICTURES, home_traces
from ui.home.page import record_words
from ui.home.trace_view import (
    INT16_SCALE,
    NO_TRACE_YET,
    answer_words,
    brief_stages,
    column_words,
    picture_words,
    traces_data,
    walk_stages,
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


def test_the_first_answers_are_there_at_once_and_said_to_be_from_beforehand():
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert not app.exception
    found = shown(app)
    assert len(found["walks"]) == found["total"] == PICTURES
    assert {walk["when"] for walk in found["walks"]} == {BEFOREHAND}
    deadline = time.monotonic() + PATIENCE
    while {walk["when"] for walk in shown(app)["walks"]} != {NOW} and time.monotonic() < deadline:
        wait_for_news()
        app.run()
    awake = shown(app)["walks"]
    assert [walk["id"] for walk in awake] == [walk["id"] for walk in found["walks"]], "the same pictures go on"
    assert [walk["truth"] for walk in awake] == ["ants", "bees"] * (PICTURES // 2)
    assert all(walk["drawn"] for walk in awake)
    for walk, before in zip(awake, found["walks"], strict=True):
        assert (walk["label"], walk["when"]) == (before["label"], NOW)
        assert walk["probabilities"] == pytest.approx(before["probabilities"], abs=0.01)
    assert any("145 of 153 real photos" in caption.value for caption in app.caption)


def test_each_answer_is_replaced_as_soon_as_it_is_found_and_the_others_stay_marked():
    kept = kept_traces()
    own = replace(kept[1], jpeg=b"own")
    found = home_traces(SimpleNamespace(is_over=False, view=JobView(result=(own,))))
    assert found.traces == (kept[0], own, *kept[2:])
    assert found.whens == (BEFOREHAND, NOW, *[BEFOREHAND] * (PICTURES - 2))
    assert found.total == PICTURES


def test_other_pictures_take_the_place_of_those_kept_from_the_first_one_found(traces):
    photo = replace(traces[0], picture=replace(traces[0].picture, file="a/photo.jpg", drawn=False))
    assert home_traces(SimpleNamespace(is_over=False, view=JobView(result=()))).traces == kept_traces()
    found = home_traces(SimpleNamespace(is_over=False, view=JobView(result=(photo,))))
    assert (found.traces, found.whens, found.total) == ((photo,), (NOW,), PICTURES)
    over = home_traces(SimpleNamespace(is_over=True, view=JobView(result=(photo,))))
    assert over.total == 1


def test_answers_that_do_not_fit_are_not_shown(monkeypatch):
    monkeypatch.setattr(followed_pictures, "kept_traces", lambda: ())
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert shown(app)["waiting"] == NO_TRACE_YET
    assert all(walk["when"] == NOW for walk in shown(app)["walks"])
    assert shown(app)["total"] == PICTURES


def test_what_is_said_of_the_run_is_what_its_numbers_are(model):
    said = record_words(model.run, kept_traces())
    assert "148 of 153 drawings" in said
    right = sum(trace.is_right for trace in kept_traces())
    assert right < PICTURES, "mistakes are among them"
    assert said.endswith(f"{right} right.")
    changes = kept_changes()
    line = line_words(changes, 0.5)
    assert f"the angles by {round(100 * changes.moved['q_params'].relative)}%" in line
    assert f"24 angles by {round(np.degrees(changes.moved['q_params'].most))}° at most" in line
    assert "whole angle, the random start included" in line
    assert "0.5 rad" in line
    assert all(f"{changes.resets[part].score.correct}" in line for part in ("pre_net", "q_params", "post_net"))
    assert line.endswith(f"drawings are right instead of 148. {conclusion_words(changes)}")
    assert "; every part, set back, makes the true class less likely" in line
    unasked = line_words(replace(changes, trained=None, resets={}), 0.5)
    assert "set back" not in unasked


def test_two_visitors_share_one_job():
    for _ in range(2):
        AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    assert len(job_managers.express_jobs().jobs) == 1


def test_numbers_arrive_as_they_were_computed(model, circuit, traces):
    data = traces_data(traces, model.run)
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
        stages = walk_stages(trace, circuit, "A network")
        assert "drawing" in stages[0].said
        assert f"{len(trace.explanation.features):,}" in stages[1].said
        assert ("that is right" in stages[-1].said) == trace.is_right
        assert all(here.end == there.first for here, there in pairwise(stages))
        assert stages[-1].first == columns
        assert len(list(column_words(trace, circuit))) == columns


def test_a_passer_by_is_told_the_same_in_four_short_stages(circuit, traces):
    assert traces
    for trace in traces:
        photo, numbers, inside, answer = brief_stages(trace, circuit, "A network")
        full = walk_stages(trace, circuit, "A network")
        assert full[0].said.startswith(photo.said)
        assert f"{len(trace.explanation.features):,}" in numbers.said
        assert (inside.first, inside.end) == (0, full[-1].end) == (0, answer.first)
        assert full[-1].said.endswith(answer.said.removeprefix("The answer: "))


def test_a_picture_is_never_said_to_be_new_in_a_way_that_it_is_not(traces):
    drawing = traces[0]
    photo = replace(drawing, picture=replace(drawing.picture, drawn=False))
    before = "; the image network has learnt from 1.3 million photos, perhaps this one too."
    made, real = "A drawing made by this app. ", "A real photo. "
    never, of_a_folder = (
        "The trained part never learnt from it, ",
        "The trained part learnt from the pictures of a folder",
    )
    unknown = "What the trained part learnt from is not known"
    assert picture_words(drawing) == f"{made}{never}but from other drawings."
    assert picture_words(photo, seen=PRETRAINED_ON) == f"{real}{never}nor from any other photo{before}"
    assert picture_words(drawing, "photos") == f"{made}{never}nor from any other drawing."
    assert picture_words(photo, "photos", seen=PRETRAINED_ON) == f"{real}{never}but from other photos{before}"
    assert picture_words(drawing, "folder") == f"{made}{of_a_folder}."
    assert picture_words(photo, "folder", seen=PRETRAINED_ON) == f"{real}{of_a_folder}{before}"
    assert picture_words(photo, "elsewhere", seen=PRETRAINED_ON) == f"{real}{unknown}{before}"
    assert picture_words(photo, "elsewhere") == f"{real}{unknown}."  # nobody knows what brought weights learnt from


def test_a_mistake_is_called_one(traces):
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
