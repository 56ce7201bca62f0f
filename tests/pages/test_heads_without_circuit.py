"""Pages that speak of a circuit, with a head that has none: it is said, with what there is instead and where to go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.store import keep_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count
from tests.conftest import PROJECT
from tests.helpers.made_runs import CLASSES, made_pictures, made_run
from ui.session import keys

WITHOUT = [name for name, spec in HEADS.items() if not spec.has_circuit]


def kept(folder: Path, head: str) -> str:
    """A kept run with a head of this kind; returns its identifier."""
    settings = RunSettings().changed(head=head, hidden_units=9)
    view: RunView = made_run(made_pictures(folder), settings=settings)
    sizes = 512, len(CLASSES), settings.circuit
    weights = initial_weights(*sizes, 0.01, 0, settings.model)
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, weights=weights, best_weights=weights, best_epoch=2, best_val_accuracy=5 / 6)
    prepared = replace(view.prepared, parameters=parameter_count(*sizes, settings.model))
    epochs = (*view.epochs[:-1], replace(last, checkpoint=checkpoint))
    return keep_run(replace(view, prepared=prepared, epochs=epochs))


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.info))


@pytest.mark.parametrize("head", WITHOUT)
def test_the_circuit_page_says_that_there_is_none_and_what_training_changed_instead(tmp_path, head):
    app = opened("circuit", circuit=kept(tmp_path, head))
    said = words(app)
    assert "No circuit here" in said
    assert HEADS[head].title in said and "no gates and no qubits" in said
    assert "and 2 classes. Nothing" in said
    assert "What did training change?" in said
    assert "quantum part" not in said
    assert not app.get("plotly_chart"), "there is nothing to draw"
    links = [link.proto.label for link in app.get("page_link")]
    assert "See what it makes of a picture" in links and "Choose a head with a circuit" in links


@pytest.mark.parametrize("head", WITHOUT)
def test_the_settings_of_a_head_without_a_circuit_have_none_to_show_either(head):
    app = opened("circuit", head=head)
    assert "No circuit here" in words(app)
    assert HEADS[head].about in words(app)


def test_a_circuit_left_at_random_is_shown_and_said_to_be_so(tmp_path):
    app = opened("circuit", circuit=kept(tmp_path, "dressed_fixed"))
    assert "leaves them at their random start" in words(app)
    assert app.get("plotly_chart")


@pytest.mark.parametrize("head", HEADS)
def test_the_table_of_runs_shows_qubits_of_circuits_alone(tmp_path, head):
    kept(tmp_path, head)
    app = opened("runs")
    row = app.dataframe[0].value.iloc[0]
    assert row["Head"] in HEADS[head].title
    has_circuit = HEADS[head].has_circuit
    assert (row["Qubits"] == 4) == (row["Depth"] == 6) == (row["Ansatz"] != "") == has_circuit
    assert not has_circuit or row["Ansatz"] == "Brick · RY"


@pytest.mark.parametrize("head", HEADS)
def test_a_kept_run_opens_on_train_with_no_step_into_a_circuit_that_is_not_there(tmp_path, head):
    app = opened("train", run=kept(tmp_path, head))
    labels = {button.label for button in app.button}
    assert ("Look inside the circuit" in labels) == HEADS[head].has_circuit
    assert ("What did the quantum part do?" in labels) == HEADS[head].has_circuit
    assert "Try your own photo" in labels


@pytest.mark.parametrize("head", HEADS)
def test_the_predict_page_calls_a_run_by_what_its_head_is_made_of(tmp_path, head):
    app = opened("predict", model=kept(tmp_path, head))
    chosen = next(box for box in app.selectbox if box.key == keys.PREDICT_MODEL)
    assert chosen.value
    card = words(app)
    assert ("without a circuit" in card) == (not HEADS[head].has_circuit)
