"""One epoch at a time on the Train page: the same run however it is trained, in a second tab and in a lesson."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import delete, list_runs, load_run
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from tests.helpers.page_words import words
from tests.pages.test_train import button, enter, folder, opened, wait_for, with_folder
from ui.session.link import JOB_PARAMETER

__all__ = ["folder"]  # a fixture

pytestmark = pytest.mark.usefixtures("own_managers")


def labels(app) -> list[str]:
    return [each.label for each in app.button]


def test_steps_before_the_first_run_ends_are_one_run_that_a_second_tab_finishes(folder, monkeypatch):
    monkeypatch.setattr("ui.session.training._DOUBLE_CLICK_SECONDS", 3600)  # however soon, Finish after Step counts
    app = with_folder(folder, epochs=4, schedule="one_cycle", engine="torch")
    button(app, "Step").click().run()
    wait_for(app, "**Paused after 1 of 4 epochs.** Step trains the next one, Finish all 3 that are left.")
    wait_for(app, "of 8 pictures right")  # its result is there after the first epoch
    button(app, "Step").click().run()
    wait_for(app, "Paused after 2 of 4")
    assert "other settings" not in words(app)
    second = opened(
        job=app.query_params[JOB_PARAMETER],
        source="folder",
        backbone="efficientnet_lite0",
        epochs="4",
        schedule="one_cycle",
        engine="torch",
    )
    enter(second, folder=str(folder))
    assert "**Paused after 2 of 4 epochs.** Step trains the next one, Finish all 2 that are left." in words(second)
    button(second, "Step").click().run()
    wait_for(second, "Paused after 3 of 4")
    button(second, "Finish").click().run()
    wait_for(second, "Finished after 4 epochs")
    assert "Finish" not in labels(second) and not button(second, "Start").disabled
    (record,) = list_runs()
    settings = RunSettings().changed(
        source="folder",
        folder=str(folder),
        backbone="efficientnet_lite0",
        epochs=4,
        schedule="one_cycle",
        engine="torch",
    )
    by_steps, at_once = load_run(record.id), train(settings, keep=False)
    for here, there in zip(by_steps.epochs, at_once.epochs, strict=True):
        assert here.val_loss == there.val_loss and np.array_equal(here.val_probabilities, there.val_probabilities)


def test_with_another_setting_a_step_begins_anew_and_start_is_back(folder):
    app = with_folder(folder, epochs=2)
    button(app, "Step").click().run()
    wait_for(app, "Paused after 1 of 2")
    enter(app, qubits=3)
    assert "Start" in labels(app) and "Finish" not in labels(app)
    assert "Paused after 1 of 2" in words(app) and "Step trains the next one" not in words(app)
    button(app, "Step").click().run()
    wait_for(app, "Paused after 1 of 2")
    assert len(list_runs()) == 2
    assert {record.settings.circuit.qubits for record in list_runs()} == {3, 4}
    assert {record.settings.training.epochs for record in list_runs()} == {2}


def test_a_lesson_has_the_step_unless_it_is_left_out(folder):
    assert "Step" in labels(opened(task="Look at the first epoch.", hide="depth"))
    assert "Step" not in labels(opened(hide="step"))


def press(app: AppTest, label: str) -> None:
    """Presses a button once it can be: what a run says of its end may come a moment before its job is over."""
    for _ in range(200):
        if not button(app, label).disabled:
            break
        app.run()
    button(app, label).click().run()


def test_a_run_that_is_deleted_while_it_pauses_is_not_brought_back_by_a_step(folder):
    app = with_folder(folder, epochs=4)
    button(app, "Step").click().run()
    wait_for(app, "Paused after 1 of 4")
    (record,) = list_runs()
    delete([record.id])
    for label in ("Step", "Finish"):
        press(app, label)
        assert "This run was deleted meanwhile." in "\n".join(each.value for each in app.error)
    assert not list_runs()
    button(app, "Reset").click().run()
    button(app, "Step").click().run()
    wait_for(app, "Paused after 1 of 4")
    assert [each.id for each in list_runs()] != [record.id] and len(list_runs()) == 1


def test_a_double_click_on_the_first_step_begins_one_run(folder, monkeypatch):
    monkeypatch.setattr("ui.session.training._DOUBLE_CLICK_SECONDS", 3600)

    def both_halves():
        from ui.base import job_managers
        from ui.session import session
        from ui.session.run_actions import step

        for _ in range(2):  # the second was on its way before the page said that the first was done
            step(None, session.screen.settings)
            job_managers.studio_jobs().wait(session.screen.job, 60)

    app = with_folder(folder, epochs=4, engine="torch")
    twice = AppTest.from_function(both_halves, default_timeout=120)
    twice.session_state["session_screen"] = app.session_state["session_screen"]
    twice.run()
    assert not twice.exception
    assert len(list_runs()) == 1


def test_a_step_right_after_reset_counts(folder, monkeypatch):
    monkeypatch.setattr("ui.session.training._DOUBLE_CLICK_SECONDS", 3600)
    app = with_folder(folder, epochs=4, engine="torch")
    for runs in (1, 2):
        button(app, "Step").click().run()
        wait_for(app, "Paused after 1 of 4")
        assert len(list_runs()) == runs
        button(app, "Reset").click().run()
