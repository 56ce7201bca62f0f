"""The Train page as a person uses it, with real training of a tiny folder in real worker processes."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import keep_run, start_run
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.settings.relevant import READOUT
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures, made_run
from tests.helpers.page_words import until, words
from ui.base import job_managers
from ui.session import keys
from ui.session.lesson import OF_SOURCES
from ui.session.link import JOB_PARAMETER
from ui.train.run_panel import BROKEN_OFF

pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture
def folder(tmp_path) -> Path:
    return made_pictures(tmp_path / "photos", each=4)


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("pages/train.py").run()


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def enter(app: AppTest, **values: object) -> AppTest:
    for name, value in values.items():
        app.get_by_key(keys.field_key(name)).set_value(value).run()
    return app


def with_folder(folder: Path, epochs: int = 2, **query: str) -> AppTest:
    """The page with a tiny folder of one's own chosen, and the network that needs no download."""
    app = opened(source="folder", backbone="efficientnet_lite0", epochs=str(epochs), **query)
    return enter(app, folder=str(folder))


def wait_for(app: AppTest, sentence: str) -> AppTest:
    until(app, sentence)
    return app


def test_it_opens_ready_to_start_and_says_what_will_be_used():
    app = opened()
    said = words(app)
    assert "Press **Start**: " in said
    assert "drawn ants and bees; the real photos (45 MB) are not here" in said
    assert "offline EfficientNet-Lite0 stands in" in said
    assert "Measuring a few steps on this machine" in said
    assert not button(app, "Start").disabled
    assert button(app, "Stop").disabled
    assert not app.warning


def test_every_setting_is_on_the_page():
    elsewhere = {"start_from", "carry", "freeze"}  # have a section of their own
    of_sources = {"folder", *OF_SOURCES, *PRIVATE} - {"weights"}
    assert elsewhere | of_sources < set(FIELDS)
    app = opened(source="folder", augmentation="true", optimiser="sgd", head="mlp", test_share="0.2", divided_into="3")
    of_machines = {"layout", "gate_times"}
    without = {"qubits", "depth", "entangler", "rotation", "reuploading", "q_delta", *READOUT} - of_machines
    assert shown(app) == set(FIELDS) - elsewhere - of_sources - without - of_machines | {"folder"}
    assert without < shown(opened())
    assert {"dataset", "dataset_version"} < shown(opened(source="dataset", dataset_version="2"))


def test_what_plays_no_part_is_not_on_the_page_and_comes_with_what_it_belongs_to():
    app = opened()
    assert not {"momentum", "hidden_units", "test_from", "views", "folder"} & shown(app)
    assert {"step_size", "gamma"} < shown(app)
    assert "5,158 numbers: 5,124 before the circuit, 24 in it, 10 behind." in words(app)
    app = enter(app, schedule="cosine", optimiser="sgd", head="bottleneck")
    assert {"momentum", "qubits", "depth"} < shown(app)
    assert not {"step_size", "gamma", "entangler", "q_delta"} & shown(app)
    assert "4 wide: 5,134 numbers, the dressed circuit has 5,158." in words(app)
    app = enter(app, head="linear")
    assert not {"qubits", "depth"} & shown(app)
    assert "No circuit: qubits and depth play no part." in words(app)
    assert app.query_params == {"head": "linear", "optimiser": "sgd", "schedule": "cosine"}


def shown(app: AppTest) -> set[str]:
    """The settings that have a widget on the page."""
    assert not app.exception
    found = set()
    for name in FIELDS:
        with suppress(KeyError):
            app.get_by_key(keys.field_key(name))
            found.add(name)
    return found


def test_a_folder_must_be_named_before_start():
    app = opened(source="folder", folder="/etc")
    assert "No folder is named yet" in words(app)
    assert button(app, "Start").disabled


def test_a_wrong_value_in_a_link_is_named_and_gone_once_something_is_chosen():
    app = opened(qubits="40")
    assert "qubits = 40, which is not allowed" in words(app)
    assert app.get_by_key(keys.field_key("qubits")).value == 4
    assert "not allowed" not in words(enter(app, qubits=3))


def test_a_link_to_a_run_that_is_gone_says_so():
    app = opened(job="0123456789abcdef")
    assert "no longer on this server" in words(app)
    assert JOB_PARAMETER not in app.query_params
    assert not button(app, "Start").disabled
    assert "no longer on this server" in words(app.run()), "it was gone before anybody could read it"


def test_a_link_to_a_run_of_a_server_that_is_gone_shows_it_as_it_was_kept(folder):
    view, run = made_run(folder), "20260101-000000-aaaaaa"
    writing = start_run(run, replace(view, ended=None))
    writing.close()  # as when its process is killed: no end is written
    app = opened(job=run)
    said = words(app)
    assert BROKEN_OFF in said
    assert "Stopped after 3 epochs" in said
    assert app.query_params[JOB_PARAMETER] == run
    assert button(app, "Continue for 10 more")
    finished = words(opened(job=keep_run(view)))
    assert "Finished after 3 epochs" in finished
    assert BROKEN_OFF not in finished
    stopped = words(opened(job=keep_run(replace(view, ended=replace(view.ended, how="stopped")))))
    assert "Stopped after 3 epochs" in stopped
    assert BROKEN_OFF not in stopped, "a person stopped it"


def test_open_train_continue_and_reset(folder):
    app = with_folder(folder)
    button(app, "Start").click().run()
    assert button(app, "Start").disabled
    assert not button(app, "Stop").disabled
    wait_for(app, "Finished after 2 epochs")
    wait_for(app, "of 8 pictures right")  # the page may have looked a moment before its panel did
    assert app.get_by_key(keys.MORE_EPOCHS).set_value(3).run()
    time.sleep(0.7)  # a click right after Start would count as a double click
    button(app, "Continue for 3 more").click().run()
    wait_for(app, "Finished after 5 epochs")
    assert "other settings" not in words(app)
    button(app, "Reset").click().run()
    assert "Finished" not in words(app)
    assert app.get_by_key(keys.field_key("epochs")).value == 5


def test_a_run_that_is_stopped_says_so_and_can_be_started_again(folder):
    app = with_folder(folder, epochs=500, engine="pennylane")
    button(app, "Start").click().run()
    button(app, "Stop").click().run()
    wait_for(app, "Stopped")  # at once, but for a worker that a busy machine has yet to start
    again = next(each for each in app.button if each.label in ("Start", "Finish"))  # it may have done an epoch by then
    assert not again.disabled


def test_a_double_click_starts_one_run():
    def two_clicks():
        from ui.session.run_actions import start

        start()
        start()

    assert not AppTest.from_function(two_clicks, default_timeout=30).run().exception
    assert len(job_managers.studio_jobs().active()) == 1


def test_a_second_tab_finds_the_run_by_its_link_and_another_person_does_not(folder):
    app = with_folder(folder)
    button(app, "Start").click().run()
    second = opened(job=app.query_params[JOB_PARAMETER])
    wait_for(second, "Finished after 2 epochs")
    assert "Finished" not in words(opened())


def test_other_settings_on_screen_mark_the_result_as_stale(folder):
    app = with_folder(folder)
    button(app, "Start").click().run()
    wait_for(app, "Finished after 2 epochs")
    assert "other settings" not in words(app)
    enter(app, qubits=6)
    assert "These figures belong to other settings: Qubits 4 → 6" in words(app)


def test_a_run_that_cannot_go_on_says_why_and_leaves_the_page_alive(folder, tmp_path):
    app = with_folder(tmp_path / "nowhere")
    button(app, "Start").click().run()
    wait_for(app, "nowhere cannot be read.**")  # in bold: the run's own words, not the forecast's
    enter(app, folder=str(folder))
    time.sleep(0.7)
    button(app, "Start").click().run()
    wait_for(app, "Finished after 2 epochs")


def test_a_download_that_fails_says_what_to_do_by_hand():
    app = opened()
    button(app, "Get the photos").click().run()
    wait_for(app, "by other means and unpack it")
    assert not button(app, "Start").disabled


def test_the_forecast_is_measured_before_start(folder):
    app = with_folder(folder)
    wait_for(app, "then training ")
    assert job_managers.studio_jobs().active() == []
