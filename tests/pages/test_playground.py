"""Playground mode and the band over seeds on the Train page, with real training in real workers."""

from __future__ import annotations

import time

import pytest

from qtl_core.runs.store import kept_runs
from tests.helpers.page_words import words
from tests.pages.test_train import button, enter, folder, wait_for, with_folder  # noqa: F401
from ui.base import job_managers
from ui.session import keys
from ui.session.link import JOB_PARAMETER

pytestmark = pytest.mark.usefixtures("own_managers")
NOT_KEPT = "not kept on disk: press Start to keep it"


def finished(app, epochs: int) -> str:
    return words(wait_for(app, f"Finished after {epochs} epochs"))


def trained(folder, **query):  # noqa: F811
    """The page after a first Start, so that features are kept, with the switch on."""
    app = with_folder(folder, **query)
    button(app, "Start").click().run()
    finished(app, 2)
    return app.get_by_key(keys.PLAYGROUND).set_value(True).run()


def test_every_change_retrains_and_the_figures_are_those_of_the_settings_on_screen(folder):  # noqa: F811
    app = trained(folder)
    assert NOT_KEPT not in words(app)  # the run that was started stays while nothing changes
    started = app.query_params[JOB_PARAMETER]
    enter(app, epochs=5)
    assert NOT_KEPT in finished(app, 5)
    enter(app, qubits=3)
    said = words(wait_for(app, "training took"))  # which is said of the settings on screen alone
    assert "Finished after 5 epochs" in said
    assert "other settings" not in said
    assert "Retraining" not in said
    shown = app.query_params[JOB_PARAMETER]
    assert shown != started
    assert (
        job_managers.find_run_job(shown[0] if isinstance(shown, list) else shown).view.prepared.settings.circuit.qubits
        == 3
    )
    assert len(kept_runs()) == 1


def test_a_try_replaces_the_one_before_it_and_a_started_run_stays(folder):  # noqa: F811
    app = trained(folder)
    for qubits in (2, 3, 5):
        enter(app, qubits=qubits)
        wait_for(app, "training took")
    assert len(job_managers.playground_jobs().jobs) == 1
    assert len(job_managers.studio_jobs().jobs) == 1


def test_a_try_can_be_continued_and_is_then_kept(folder):  # noqa: F811
    app = trained(folder)
    enter(app, epochs=3)
    finished(app, 3)
    time.sleep(0.7)  # a click right after Start would count as a double click
    button(app, "Continue for 10 more").click().run()
    assert NOT_KEPT not in finished(app, 13)
    assert len(kept_runs()) == 2


def test_it_steps_back_with_a_word_where_features_are_not_kept_yet(folder, monkeypatch):  # noqa: F811
    monkeypatch.setattr(
        "ui.train.page.show_forecast", lambda really: None
    )  # it may be first, and keeps what it measures
    app = with_folder(folder)
    app.get_by_key(keys.PLAYGROUND).set_value(True).run()
    wait_for(app, "features of 16 pictures are not computed yet. Press Start")
    assert not button(app, "Start").disabled
    button(app, "Start").click().run()
    finished(app, 2)


def test_it_steps_back_with_a_word_for_a_slow_kind_of_run(folder):  # noqa: F811
    app = trained(folder)
    enter(app, engine="torch")
    said = words(app)
    assert "Only the compiled engine is quick enough. Press Start for this one." in said
    assert "other settings" in said


def test_a_link_to_a_try_finds_it(folder):  # noqa: F811
    from tests.pages.test_train import opened

    app = trained(folder)
    enter(app, epochs=4)
    finished(app, 4)
    finished(opened(job=app.query_params[JOB_PARAMETER]), 4)


def test_repeat_with_seeds_and_the_band_is_marked_when_the_settings_change(folder):  # noqa: F811
    app = with_folder(folder)
    app.get_by_key(keys.SEEDS).set_value(5).run()
    button(app, "Repeat with 5 seeds").click().run()
    said = words(wait_for(app, "for 90% of the seeds"))
    assert "of 8 pictures right, and between" in said
    assert "Best validation accuracy of 5 runs" in said
    assert "other settings" not in said
    assert "Beside the paper" not in said
    assert "other settings: Qubits 4 → 6" in words(enter(app, qubits=6))
    assert "other settings" not in words(enter(app, qubits=4, seed=7))


def test_repeating_can_be_stopped(folder):  # noqa: F811
    app = with_folder(folder, epochs=500)
    app.get_by_key(keys.SEEDS).set_value(200).run()
    button(app, "Repeat with 200 seeds").click().run()
    button(app, "Stop repeating").click().run()
    wait_for(app, "Stopped before all runs were done")
