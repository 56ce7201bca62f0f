"""Points and tables on the pages: chosen, drawn, trained by a real worker, asked; and no photo stands anywhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.runs.store import load_run
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import PRESETS, RunSettings, numbers_training, preset_of
from qtl_core.tables.kept import kept_tables
from qtl_core.training.run import train
from tests.conftest import PROJECT
from tests.helpers.page_words import wait_for_news
from ui.session import keys
from ui.session.screen import Screen

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy
FEW = RunSettings().changed(source="points", points=60, qubits=2, depth=1, epochs=3, batch_size=10, learning_rate=0.05)
TABLE = "length;width;kind\n" + "".join(f"{n},5;{n % 7};{'ab'[n > 20]}\n" for n in range(5, 45))

pytestmark = pytest.mark.usefixtures("own_managers")


def page(name: str, query: dict[str, str] | None = None) -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=LIMIT_SECONDS)
    for key, value in (query or {}).items():
        at.query_params[key] = value
    return at.run().switch_page(f"pages/{name}.py").run()


def said(at: AppTest) -> str:
    elements = (*at.markdown, *at.caption, *at.subheader, *at.warning, *at.info, *at.error)
    return "\n".join(each.value for each in elements)


def on_screen(at: AppTest) -> RunSettings:
    return at.session_state[Screen.KEY].settings


def button(at: AppTest, label: str):
    (found,) = [each for each in at.button if each.label == label]
    return found


def component(at: AppTest, name: str) -> dict:
    """The data of the last component of this name."""
    found = [each for each in at.get("bidi_component") if each.proto.component_name.endswith(name)]
    return json.loads(found[-1].proto.json)


def until(at: AppTest, is_there: Callable[[AppTest], bool]) -> AppTest:
    ends = time.monotonic() + LIMIT_SECONDS
    while not is_there(at):
        assert time.monotonic() < ends, said(at)
        wait_for_news()
        at.run()
    assert not at.exception
    return at


def test_points_are_chosen_and_drawn_before_anything_is_trained(own_home):
    at = page("train")
    at.selectbox(key=keys.field_key("source")).set_value("points").run()
    assert not at.exception
    assert {each.key for each in at.number_input} >= {keys.field_key("turns"), keys.field_key("spread")}
    assert "2,000 points of two spirals to learn from, 200 held out" in said(at)
    assert "Image network" not in said(at)
    data = component(at, "picture_map")
    assert data["bare"] and (data["along"], data["up"], data["classes"]) == ("x", "y", ["A", "B"])
    at.selectbox(key=keys.field_key("shape")).set_value("moons").run()
    assert keys.field_key("turns") not in {each.key for each in at.number_input}, "moons have no turns"
    assert component(at, "picture_map")["places"] != data["places"]


def test_what_is_drawn_and_set_aside_is_said_before_start(own_home):
    at = page("train", {"source": "points", "per_class": "20", "test_share": "0.25"})
    assert (
        "200 held out; 20 of each class are drawn to learn from, and 25.0% of the validation points are set aside "
        "for the test." in said(at)
    )


def test_the_papers_spirals_are_one_click(own_home):
    at = page("train")
    at.segmented_control(key=keys.PRESET).set_value("The paper's spirals").run()
    assert preset_of(on_screen(at)) is PRESETS[2]
    assert on_screen(at).data.source == "points"


def test_a_run_of_points_shows_its_surface_by_epoch_and_no_photo(own_home):
    view = train(FEW)
    at = until(page("train", {"run": view.ended.run}), lambda at: len(at.get("bidi_component")) > 0)
    data = component(at, "picture_map")
    assert data["epochs"][-1] == 3 and "held-out points right" in data["said"][-1]
    assert "60 points to train on, 10 for validation, 2 numbers each (x, y), as they are" in said(at)
    below_the_lead = said(at).split("Finished after", 1)[1].split("Repeat")[0].casefold()
    about_the_run = re.sub(r'\(/learn[^)"]*"[^"]*"\)', "", below_the_lead)  # the glossary explains words for all runs
    assert not re.findall(r".{0,60}(?:photo|picture|folder).{0,60}", about_the_run)
    assert "Try numbers of your own" in {each.label for each in at.button}


def test_a_table_is_brought_in_and_its_label_and_columns_chosen(own_home):
    at = page("train")
    at.selectbox(key=keys.field_key("source")).set_value("table").run()
    assert "No table is named" in said(at)
    at.get("file_uploader")[0].set_value([("plants.csv", TABLE.encode(), "text/csv")]).run()
    assert not at.exception
    table = kept_tables()[0]
    settings = on_screen(at)
    assert (settings.data.table, settings.training.standardise) == (table.id, True)
    assert "plants.csv: 28 rows to learn from and 12 held out, 2 columns of numbers, 2 classes" in said(at)
    assert settings.training == numbers_training(28, 2, settings.training)
    assert "Settings for 2 numbers a row: learning rate 0.05, 262 epochs." in said(at)
    assert keys.field_key("table") not in {each.key for each in at.text_input}, (
        "its name stands above, its mark nowhere"
    )
    button(at, "Use the paper's").click().run()
    assert on_screen(at).training.learning_rate == 0.0004 and on_screen(at).training.epochs == 30
    assert "0.05 learns more here" in said(at)
    button(at, "Use the settings for numbers").click().run()
    assert on_screen(at) == settings
    at.multiselect(key=keys.TABLE_COLUMNS).set_value(["width"]).run()
    assert on_screen(at).data.columns == "width" and "1 column of numbers" in said(at)
    at.selectbox(key=keys.TABLE_LABEL).set_value("width").run()
    assert on_screen(at).data.label == "width"


def test_a_table_that_cannot_be_read_is_refused_in_words(own_home):
    at = page("train", {"source": "table"})
    at.get("file_uploader")[0].set_value([("x.csv", b"a\n1\n", "text/csv")]).run()
    assert "one column only" in said(at) and not at.exception


def test_numbers_are_filled_in_and_answered_with_what_lies_between(own_home):
    view = TrainedRun.of(load_run(train(FEW).ended.run))
    at = page("predict", {"model": view.ended.run})
    assert not at.exception
    fields = [each for each in at.number_input if each.key.startswith(keys.POINT)]
    assert [each.label for each in fields] == ["x", "y"]
    fields[0].set_value(0.5)
    fields[1].set_value(-1.0).run()
    from qtl_core.inference.number_answers import answer_numbers

    found = answer_numbers(view, np.array([[0.5, -1.0]]))
    shown = at.dataframe[0].value
    np.testing.assert_allclose(shown["⟨Z⟩"], found.hidden[0], atol=1e-3)
    np.testing.assert_allclose(shown["angle (rad)"], found.angles[0], atol=1e-3)
    assert component(at, "pick_point")["point"] == [0.5, -1.0]
    assert "without an image network" in said(at)
