"""What training changed, on the Circuit and the Train page: the figures are those of the core for this very run."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.explain.training_change_words import summary_words, turn_words
from qtl_core.explain.training_changes import (
    ANGLES,
    LAYER_BEFORE,
    changes_payload,
    movements_of,
    run_training_changes_job,
)
from tests.pages.test_circuit import keyed, opened, words
from tests.pages.test_probe import shown_circuit, until, view  # noqa: F401
from ui.results.training_changes import TITLE, angle_table, part_table

pytestmark = pytest.mark.usefixtures("own_managers")


def changes_of(run):
    found = []
    run_training_changes_job(changes_payload(run), found.append, lambda: False)
    return found[0]


def test_the_circuit_page_says_what_training_changed_in_its_run(view):  # noqa: F811
    app = shown_circuit(view)
    until(app, lambda: "back to where they started changes" in words(app))
    expected = changes_of(view)
    assert TITLE in words(app)
    assert summary_words(expected, "answers for validation pictures") in words(app)
    table = part_table(expected)
    shown = next(frame.value for frame in app.dataframe if "Part" in frame.value)
    assert shown.to_dict("list") == table
    angles = next(frame.value for frame in app.dataframe if "Start" in frame.value)
    moved = np.degrees(expected.angles)
    np.testing.assert_allclose(angles["Change"], moved, atol=0.006)


def test_the_tables_say_only_what_was_computed(view):  # noqa: F811
    moved = movements_of(view)
    table = part_table(moved)
    assert set(table) == {"Part", "Numbers", "Moved by, rms", "Most of all", "Moved by, of its start"}
    assert table["Moved by, rms"][1] == f"{moved.moved[ANGLES].rms:.4f} rad"
    assert table["Numbers"][0] == f"{moved.moved[LAYER_BEFORE].numbers:,}"
    assert angle_table(view)["Layer"] == [1, 1]


def test_where_pictures_cannot_be_asked_it_says_so_and_keeps_to_what_it_knows(view, monkeypatch):  # noqa: F811
    monkeypatch.setattr("ui.results.training_changes.why_no_answers", lambda _: "No features are kept.")
    app = opened()
    keyed(app, "button_group", "circuit_source").set_value("A kept run").run()
    assert not app.exception
    assert "What that changes in the answers cannot be said. No features are kept." in words(app)
    assert turn_words(movements_of(view)) in words(app)
    assert "set back" not in words(app)


def test_what_the_quantum_part_did_opens_right_below_the_button_that_asks(view):  # noqa: F811
    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    def ask(app):
        return next(each for each in app.button if each.label == TITLE)

    def numbers(app):
        return next(each for each in app.expander if each.label == "The numbers, part by part")

    app = AppTest.from_function(page, args=(view,), default_timeout=60).run()
    assert not ask(app).disabled
    assert not numbers(app).proto.expanded
    assert [each.value for each in app.subheader].count(TITLE) == 1
    ask(app).click().run()
    assert not app.exception
    assert ask(app).disabled
    assert numbers(app).proto.expanded
    headings = [each.value for each in app.subheader]
    assert (headings[1], headings.count(TITLE)) == (TITLE, 1)  # right after the result itself
