"""Links on the pages: a kept run that is opened, a lesson, and what the address says after each step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import delete, keep_run
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures, made_run
from tests.helpers.page_words import words
from ui.base.pages import PAGES
from ui.session import keys
from ui.session.lesson import HIDEABLE
from ui.session.link import HIDE_PARAMETER, RUN_PARAMETER
from ui.session.runs import Runs
from ui.shell import share
from ui.shell.room_address import RoomAddress

SETTINGS = RunSettings().changed(epochs=3, seed=11, source="drawn", backbone="efficientnet_lite0")


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    view = made_run(made_pictures(tmp_path / "photos"), settings=SETTINGS)
    weights = {"q_params": np.linspace(-1, 1, 24, dtype=np.float32)}
    checkpoint = replace(view.epochs[-1].checkpoint, best_weights=weights)
    return keep_run(replace(view, epochs=(*view.epochs[:-1], replace(view.epochs[-1], checkpoint=checkpoint))))


def opened(page: str = "pages/train.py", **query: str | list[str]) -> AppTest:
    """A page as a link opens it on a fresh server."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


def shown_keys(app: AppTest) -> set[str]:
    kinds = ("slider", "select_slider", "number_input", "selectbox", "toggle", "button_group", "text_input")
    return {element.key for kind in kinds for element in app.get(kind) if element.key}


def test_a_kept_run_opens_as_the_run_on_screen_with_its_settings(run_id):
    app = opened(run=run_id)
    said = words(app)
    assert "Finished after 3 epochs" in said
    assert "5 of 6" in said
    assert "other settings" not in said
    assert app.get_by_key(keys.field_key("seed")).value == 11
    assert app.get_by_key(keys.field_key("source")).value == "drawn"
    assert app.query_params[RUN_PARAMETER] == run_id
    assert any(button.label == "Continue for 10 more" for button in app.button)


def test_settings_changed_beside_an_opened_run_mark_it_and_come_back(run_id):
    app = opened(run=run_id)
    app.get_by_key(keys.field_key("qubits")).set_value(6).run()
    assert "These figures belong to other settings: Qubits 4 → 6" in words(app)
    again = opened(**dict(app.query_params.items()))
    assert again.get_by_key(keys.field_key("qubits")).value == 6
    assert "Qubits 4 → 6" in words(again)


def test_reset_takes_an_opened_run_off_screen_and_address(run_id):
    app = opened(run=run_id)
    next(button for button in app.button if button.label == "Reset").click().run()
    assert "Finished" not in words(app)
    assert RUN_PARAMETER not in app.query_params
    assert app.get_by_key(keys.field_key("seed")).value == 11


def test_the_circuit_page_begins_with_the_opened_run(run_id):
    app = opened("pages/circuit.py", run=run_id)
    assert "Trained for 3 [epochs](" in words(app)


def test_the_runs_page_begins_with_the_opened_run_ticked(run_id):
    app = opened("pages/runs.py", run=run_id)
    assert "5 of 6" in words(app)
    assert app.session_state[Runs.KEY].chosen == (run_id,)


def test_a_run_can_be_opened_from_the_runs_page(run_id):
    app = opened("pages/runs.py", run=run_id, seed="5", depth="2")
    next(button for button in app.button if button.label == "Open on Train").click().run()
    app.switch_page("pages/train.py").run()  # as the browser does
    assert "Finished after 3 epochs" in words(app)
    assert app.get_by_key(keys.field_key("seed")).value == 11
    assert app.query_params[RUN_PARAMETER] == run_id


def test_the_predict_page_begins_with_the_opened_run(run_id):
    app = opened("pages/predict.py", run=run_id)
    assert app.get_by_key(keys.PREDICT_MODEL).value == run_id
    assert words(app)


@pytest.mark.parametrize("name", ["../../x", "20260101-000000-abcdef", "x" * 10_000, "/etc/passwd", "<b>x</b>", "a\0b"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_a_run_that_is_not_there_is_said_on_every_page(entry, name: str):
    app = opened(entry.path, run=name, depth="3")
    assert "The link asks for the kept run" in words(app)
    assert "depth" in app.query_params
    assert RUN_PARAMETER not in app.query_params


def test_a_deleted_run_is_not_opened(run_id):
    delete([run_id])
    assert "was deleted" in words(opened(run=run_id))


def test_a_run_that_goes_while_it_is_open_is_said_and_the_page_lives_on(run_id):
    app = opened(run=run_id)
    delete([run_id])
    assert "was deleted" in words(app.run())
    assert not next(button for button in app.button if button.label == "Start").disabled
    assert "was deleted" not in words(app.run())


def test_a_damaged_run_is_said_and_the_page_lives_on(run_id, own_home):
    for file in (own_home / "runs" / run_id).iterdir():
        if file.is_file() and "weights" in file.name:
            file.write_bytes(b"nonsense")
    app = opened(run=run_id)
    assert run_id in "\n".join(warning.value for warning in app.warning)
    assert not next(button for button in app.button if button.label == "Start").disabled


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("folder", "views")])
def test_a_hidden_setting_is_nowhere_and_its_value_holds(name: str):
    app = opened(hide=name, seed="7")
    assert words(app)
    assert keys.field_key(name) not in shown_keys(app)
    assert app.query_params["seed"] == "7"


def test_parts_that_are_hidden_are_gone():
    usual, lesson = opened(), opened(hide="presets,playground,more,seeds,circuit")
    assert words(lesson)
    assert {keys.PRESET, keys.PLAYGROUND} <= shown_keys(usual)
    assert not {keys.PRESET, keys.PLAYGROUND} & shown_keys(lesson)
    expanders = [expander.label for expander in usual.expander]
    assert len([label for label in expanders if "More settings" in label or "luck" in label]) == 2
    assert not [expander.label for expander in lesson.expander if "More" in expander.label or "luck" in expander.label]
    assert "Circuit" not in [link.proto.label for link in lesson.get("page_link")]


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_with_everything_hidden_every_page_opens_and_start_stays(entry):
    app = opened(entry.path, hide=",".join(HIDEABLE))
    assert words(app)
    if entry.title == "Train":
        assert not next(button for button in app.button if button.label == "Start").disabled


TASK = "How few qubits are enough?\n<b>Try</b> *it*: [a](http://b)"


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_a_task_stands_on_every_page_as_plain_text_and_stays_in_the_address(entry):
    app = opened(entry.path, task=TASK)
    assert r"How few qubits are enough?  " + "\n" + r"\<b\>Try\</b\> \*it\*" in words(app)
    assert app.query_params["task"] == TASK


def labels(app: AppTest) -> set[str]:
    kinds = ("button", "expander", "text_input", "text_area", "toggle")
    return {each.label for kind in kinds for each in app.get(kind)}


@pytest.mark.parametrize("lesson", [{"hide": "seeds"}, {"task": "Look."}], ids=["hide", "task"])
def test_a_lesson_has_no_button_that_changes_things_for_everybody(run_id, lesson):
    usual, app = opened("pages/runs.py", run=run_id), opened("pages/runs.py", run=run_id, **lesson)
    assert "5 of 6" in words(app)
    labels = {each.label for each in (*app.button, *app.expander, *app.text_input, *app.text_area, *app.toggle)}
    before = {
        each.label for each in (*usual.button, *usual.expander, *usual.text_input, *usual.text_area, *usual.toggle)
    }
    assert before - labels == {"Delete", "Bring in a run or a head", "Name", "Note", "Star", "Name of this run"}


def test_no_pupil_downloads_what_everybody_would_train_on():
    """Without photos and weights both are offered, but not in a lesson."""
    assert {"Get ResNet-18", "Get the photos"} <= labels(opened(source="photos"))
    assert not {label for label in labels(opened(source="photos", task="Look around")) if label.startswith("Get ")}


def share_opened(**query: str) -> AppTest:
    """The Train page of a link, with the popover of Share or of the lesson open."""
    app = opened(**query)
    app.session_state[keys.SHARE_OPEN] = True
    return app.run()


def shared_link(app: AppTest) -> dict[str, str]:
    """What the link in the popover brings."""
    (box,) = [each for each in app.get("bidi_component") if "share_link" in each.proto.id]
    return dict(parse_qsl(json.loads(box.proto.json)["query"]))


def test_a_lesson_leaves_the_teachers_result_out_until_it_is_asked_for(run_id):
    app = share_opened(run=run_id)
    assert shared_link(app)[RUN_PARAMETER] == run_id
    app.text_area(key=keys.SHARE_TASK).set_value("Look.").run()
    assert RUN_PARAMETER not in shared_link(app)
    assert shared_link(app)["task"] == "Look."
    app.toggle(key=keys.SHARE_RUN_IN_LESSON).set_value(True).run()
    assert shared_link(app)[RUN_PARAMETER] == run_id
    app.text_area(key=keys.SHARE_TASK).set_value("").run()
    assert shared_link(app)[RUN_PARAMETER] == run_id
    hiding = share_opened(run=run_id)
    hiding.button_group(key=keys.share_hide_key("The circuit")).set_value(["depth"]).run()
    assert (shared_link(hiding)["hide"], RUN_PARAMETER in shared_link(hiding)) == ("depth", False)


def test_a_pupil_gets_the_link_and_the_way_out_but_no_editor_and_no_server_to_start(run_id):
    app = share_opened(run=run_id, task="Look.", hide="depth,learn")
    assert "stop it and start it with" not in words(app)
    assert not {keys.SHARE_TASK, keys.SHARE_RUN_IN_LESSON} & {each.key for each in (*app.text_area, *app.toggle)}
    assert not [each for each in app.expander if "For a lesson" in each.label]
    assert shared_link(app) == dict(app.query_params.items())
    next(button for button in app.button if button.label == "Show everything").click().run()
    assert "task" not in app.query_params
    app.session_state[keys.SHARE_OPEN] = True
    app.run()
    assert app.text_area(key=keys.SHARE_TASK).value == "Look.", "its teacher goes on with it"
    assert (shared_link(app)["task"], shared_link(app)["hide"]) == ("Look.", "depth,learn")


def test_a_lesson_is_asked_for_above_who_reaches_the_server(monkeypatch):
    monkeypatch.setattr(share, "page_address", lambda: RoomAddress(only_here=True))
    app = share_opened()
    assert any("Only this computer" in each.value for each in app.info)
    order = [each.type for each in app.main if each.type in ("expander", "info")]
    assert order.index("expander") < order.index("info")


def test_behind_a_proxy_nobody_is_told_to_start_the_app_past_it(monkeypatch):
    monkeypatch.setenv("QTL_OPEN", "1")
    monkeypatch.setattr(share, "page_address", lambda: RoomAddress(is_proxied=True))
    said = words(share_opened())
    assert "through a proxy, such as nginx" in said
    assert "0.0.0.0" not in said


def test_a_lesson_asks_for_no_path():
    app = opened(task="Look.")
    assert keys.field_key("weights") not in shown_keys(app)
    assert "A folder of your own" not in app.get_by_key(keys.field_key("source")).options
    assert "A folder of your own" in opened().get_by_key(keys.field_key("source")).options


def test_retraining_at_every_change_travels_and_stays_on_from_page_to_page():
    app = opened(playground="on", hide="playground")
    assert not app.exception
    assert app.session_state[keys.PLAYGROUND]
    app.switch_page("pages/learn.py").run()
    assert app.query_params["playground"] == "on"
    switched = opened()
    switched.get_by_key(keys.PLAYGROUND).set_value(True).run()
    assert switched.query_params["playground"] == "on"
    switched.switch_page("pages/learn.py").run()
    assert switched.query_params["playground"] == "on"


def test_a_name_that_cannot_be_hidden_is_said():
    app = opened(hide="start,<script>")
    assert "The link hides 'start', '\\<script\\>', which is nothing that can be hidden" in words(app)
    assert HIDE_PARAMETER not in app.query_params


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_the_address_is_right_on_every_page_from_the_start(entry):
    app = opened(entry.path, qubits="40", depth="3", seed="5", note="kept", seeds_job="forged", job="forged\0<b>")
    assert "qubits = 40, which is not allowed" in words(app)
    found = dict(app.query_params.items())
    assert (found["depth"], found["seed"], found["note"]) == ("3", "5", "kept")
    assert "qubits" not in found


def reloaded(app: AppTest, page: str) -> AppTest:
    """The page as a browser's reload opens it: another session, with nothing but the address."""
    return opened(page, **{name: app.query_params[name] for name in app.query_params})


def test_the_run_that_answers_is_in_the_address_and_the_circuit_page_shows_it(run_id):
    app = opened("pages/predict.py")
    assert app.get_by_key(keys.PREDICT_MODEL).value == "bundled"
    app.get_by_key(keys.PREDICT_MODEL).set_value(run_id).run()
    assert app.query_params["model"] == run_id
    again = reloaded(app, "pages/predict.py")
    assert again.get_by_key(keys.PREDICT_MODEL).value == run_id
    for session in (app, again):
        session.switch_page("pages/circuit.py").run()
        assert "Trained for 3 [epochs](" in words(session)
    again.get_by_key(keys.CIRCUIT_SOURCE).set_value("Settings, untrained").run()
    assert "Not trained yet" in words(reloaded(again, "pages/circuit.py"))


def test_a_kept_run_on_the_circuit_page_is_in_the_address(run_id):
    app = opened("pages/circuit.py")
    app.get_by_key(keys.CIRCUIT_SOURCE).set_value("A kept run").run()
    assert app.query_params["circuit"] == run_id
    assert "Trained for 3 [epochs](" in words(reloaded(app, "pages/circuit.py"))


def test_an_opened_run_and_ticked_ones_are_in_the_address_of_the_runs_page(run_id):
    app = opened("pages/runs.py")
    app.session_state[Runs.KEY].opened = run_id
    app.run()
    assert app.query_params["open"] == run_id
    again = reloaded(app, "pages/runs.py")
    assert "5 of 6" in words(again)
    assert "5 of 6" in words(again.run())
    app.session_state[Runs.KEY].select([run_id])
    app.run()
    assert app.query_params["ticked"] == run_id
    assert reloaded(app, "pages/runs.py").session_state[Runs.KEY].chosen == (run_id,)


@pytest.mark.parametrize("name", ["model", "compare", "circuit", "open", "ticked"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_a_selected_run_that_is_not_there_is_said_on_every_page(entry, name: str):
    app = opened(entry.path, **{name: "20990101-000000-ffffff"})
    assert "The link asks for the kept run '20990101-000000-ffffff'" in words(app)
    assert name not in app.query_params


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_a_job_that_is_not_there_is_said_on_every_page(entry):
    app = opened(entry.path, job="20990101-000000-ffffff")
    assert "The run that this link names is no longer on this server." in words(app)
    assert "job" not in app.query_params


def test_a_run_that_is_deleted_while_its_job_is_on_screen_is_said_to_be(run_id):
    app = opened(job=run_id)
    assert "was deleted" not in words(app)
    delete([run_id])
    assert "**Continue** trains it further and keeps it again" in words(app.run())


def test_a_study_that_is_open_stays_in_the_link_of_a_lesson():
    study = "20260101-000000-abcdef"
    app = share_opened(study=study)
    assert shared_link(app)["study"] == study
    app.text_area(key=keys.SHARE_TASK).set_value("Look.").run()
    assert shared_link(app) == {"task": "Look.", "study": study}
    app.toggle(key=keys.SHARE_STUDY).set_value(False).run()
    assert shared_link(app) == {"task": "Look."}
