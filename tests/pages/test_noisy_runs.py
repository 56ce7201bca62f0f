"""Runs trained from shots or under noise, on every page that shows them: what is theirs, and what is exact, is said."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.compare.sides import sides_of
from qtl_core.exchange.heads.writing import remarks
from qtl_core.inference.requests import TrainedModel
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import exact_words, figures_words
from qtl_core.settings.relevant import READOUT
from qtl_core.training.run import train
from tests.helpers.made_runs import made_run
from tests.helpers.page_words import words
from tests.pages.test_train import button, opened, shown, wait_for
from ui.circuit.source import _of_run
from ui.results.diagnosis import readout_caveat
from ui.results.did_it_help import planned_trainings
from ui.runs.compare import read_words
from ui.session import keys

POINTS = {"source": "points", "points": 40, "epochs": 2, "qubits": 3, "depth": 2, "learning_rate": 0.05}
READOUTS = {"exact": {}, "noise": {"depolarizing_two": 0.05}, "shots": {"shots": 20}}

pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module", params=READOUTS)
def run(request, tmp_path_factory) -> TrainedRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(tmp_path_factory.mktemp("home")))
        return TrainedRun.of(train(RunSettings().changed(**POINTS, **READOUTS[request.param])))


def changes_page(run):
    from ui.results.training_changes import show_training_changes

    show_training_changes(run)


def plane_page(run):
    from ui.results.plane import show_plane

    show_plane(run)


def card_page(model):
    from ui.predict.model_card import show_model_card

    show_model_card(model)


def results_page(run):
    from ui.results.panel import show_results

    show_results(run)


def said_on(page, *args) -> str:
    """All that a page says at once, while what takes a worker is still under way."""
    return words(AppTest.from_function(page, args=args, default_timeout=60).run())


@pytest.mark.parametrize("page", [changes_page, plane_page, card_page], ids=lambda page: page.__name__)
def test_what_is_computed_exactly_says_so_of_no_other_run(page, run):
    said = said_on(page, TrainedModel("a run", run) if page is card_page else run)
    exact = exact_words(run.prepared.settings)
    assert said.count("exact circuit") == bool(exact) and exact in said


def test_the_circuit_and_the_head_taken_along_say_so_too(run):
    exact = exact_words(run.prepared.settings)
    assert _of_run(run).words.endswith(exact) and ("exact circuit" in _of_run(run).words) == bool(exact)
    assert (exact in remarks(run)) == bool(exact)


def test_results_say_what_their_figures_are(run):
    said, settings = said_on(results_page, run), run.prepared.settings
    assert figures_words(settings) in said
    assert ("one draw" in said, "average over the noise" in said) == (
        bool(settings.readout.shots),
        settings.readout.is_noisy,
    )
    assert ("luckiest draw" in said) == bool(settings.readout.shots)


def test_the_readout_tab_has_every_setting_and_says_who_trains():
    app = opened(source="points", depolarizing_two="0.02")
    assert set(READOUT) - shown(app) == {"layout", "gate_times"}, "these are of a machine alone"
    said = words(app)
    assert "A real machine gives [shots](" in said and "The torch engine trains this" in said
    assert "engine" not in shown(app)
    exactly = opened(source="points")
    assert "torch engine" not in words(exactly)
    assert "engine" in shown(exactly)


def test_what_cannot_be_trained_is_said_before_start():
    app = opened(source="points", depolarizing_two="0.02", qubits="9")
    assert "A circuit of 9 qubits cannot be trained under noise here." in words(app)
    assert button(app, "Start").disabled and button(app, "Step").disabled
    assert "Repeat with 50 seeds" not in [each.label for each in app.button]
    app.get_by_key(keys.field_key("qubits")).set_value(3).run()
    assert "cannot be trained under noise" not in words(app)
    assert not button(app, "Start").disabled


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"machine": "ibmqx4", "layout": "9,9,9,9"}, "“9,9,9,9” is no layout of this circuit"),
        ({"source": "folder", "folder": ""}, "No folder is named yet."),
    ],
)
def test_why_start_is_grey_stands_beside_it_whatever_the_reason(wrong, what):
    app = opened(**wrong)
    assert button(app, "Start").disabled
    (said,) = (each.value for each in app.caption if each.value.startswith("Start has to wait: "))
    assert what in said


def test_trainings_of_did_it_help_are_counted_by_their_data(run):
    prepared = run.prepared
    both = planned_trainings(prepared)
    there = min(prepared.train_counts)
    smaller = [2 * each / prepared.train_size for each in (5, 10, 20, 50) if each < there]
    assert smaller and both == pytest.approx(2 * 20 * (1 + sum(smaller)))


def learning_page(run):
    from ui.results.diagnosis import show_trainability

    show_trainability(run)


def test_findings_and_gradients_say_what_the_readout_does_to_them(run):
    settings = run.prepared.settings
    assert bool(readout_caveat(settings)) != settings.reads_exactly
    assert ("measured from shots" in said_on(learning_page, run)) == bool(settings.readout.shots)


def test_compare_says_of_each_run_what_its_figures_are(run, tmp_path):
    plain = made_run(tmp_path, settings=RunSettings())
    record = SimpleNamespace(id="2", settings=run.prepared.settings)
    sides = sides_of(
        [(SimpleNamespace(id="1", settings=RunSettings()), plain), (record, run)], {"1": "one", "2": "two"}
    )
    assert read_words(sides) == [f"B: {said}" for said in (figures_words(run.prepared.settings),) if said]


def test_time_circuits_and_many_trainings_are_said_before_start():
    app = wait_for(opened(**{name: str(value) for name, value in POINTS.items()}, shots="20"), "circuits of 20 shots")
    assert "circuits of 20 shots each)" in words(app)
    said = next(each.value for each in app.caption if "one after another" in each.value)
    assert "With 20 shots they are trained one after another" in said and "by the forecast of one" in said
