"""Both directions on states of light, on the Learn page: trained by a button, shown at once to the next visitor."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_learn import opened, widget, words
from ui.session import keys


@pytest.mark.parametrize(
    ("direction", "name", "said"),
    [
        ("QC", "q2c", "What does better without a network"),
        ("QQ", "q2q", "the edge of the simulation"),
    ],
)
def test_a_direction_is_trained_and_the_next_visitor_sees_it_at_once(direction, name, said):
    app = _at(direction)
    if name == "q2q":
        widget(app, "select_slider", "transfer", "batches").set_value(200)
        next(each for each in app.button_group if each.key == keys.learn_key("transfer", "before")).set_value("whole")
        app.run()
    widget(app, "button", "transfer", f"{name}_start").click().run()
    _wait(app)
    assert said in words(app) and "right on average over 20 seeds" in words(app)
    app = _at(direction)
    if name == "q2c":
        assert said in words(app), "with the same settings it is there"
        assert not [each for each in app.button if each.key == keys.learn_key("transfer", "q2c_start")]


def test_both_others_lead_to_the_train_page_with_their_head():
    app = _at("CC")
    widget(app, "button", "transfer", "train").click().run()
    assert not app.exception


def _at(direction: str) -> AppTest:
    app = opened(topic="transfer")
    group = next(each for each in app.button_group if each.key == keys.learn_key("transfer", "direction"))
    return group.set_value(direction).run()


def _wait(app: AppTest, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and "on average over 20 seeds" not in words(app):
        time.sleep(0.2)
        app.run()
