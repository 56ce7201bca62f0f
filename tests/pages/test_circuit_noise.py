"""The Circuit page under noise, by what it holds: the switch, the words, the charts, the colours."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.page_words import wait_for_news
from tests.pages.test_circuit import keyed, opened, words
from ui.circuit.colours import NOISE
from ui.session import keys
from ui.widgets.readout_dial import STEPS

pytestmark = pytest.mark.usefixtures("own_managers")
LIMIT_SECONDS = 300  # a worker starts first, on a machine that may be busy


def noisy() -> AppTest:
    """The page with the switch on, once the states are there."""
    app = opened()
    keyed(app, "toggle", keys.CIRCUIT_NOISE).set_value(True).run()
    deadline = time.monotonic() + LIMIT_SECONDS
    while "At the end the fidelity" not in words(app):
        assert not app.exception and time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
    return app


def test_without_the_switch_nothing_speaks_of_noise():
    app = opened()
    assert not keyed(app, "toggle", keys.CIRCUIT_NOISE).value
    assert "purity" not in words(app)


def test_the_switch_begins_with_light_noise_and_tells_noise_from_entanglement():
    app = noisy()
    keyed(app, "slider", keys.CIRCUIT_STEP).set_value(6).run()
    said = words(app)
    assert app.session_state["session_readout"].settings == STEPS["Light noise"]
    assert "With its noise: purity " in said
    assert "it would be 1 without noise, whatever the entanglement" in said
    assert "costs most: without it alone the fidelity would be" in said
    assert not app.exception


def test_the_colours_can_show_what_each_gates_noise_costs():
    app = noisy()
    keyed(app, "button_group", keys.CIRCUIT_COLOURS).set_value(NOISE).run()
    assert "would grow if that gate alone had no noise" in words(app)
    keyed(app, "toggle", keys.CIRCUIT_NOISE).set_value(False).run()
    assert not app.exception
    assert "had no noise" not in words(app)


def test_shots_alone_are_said_to_leave_the_state_as_it_is():
    app = noisy()
    app.session_state["session_readout"].settings = STEPS["Shots"]
    app.run()
    assert "Shots alone leave the state as it is" in words(app)
    assert "At the end the fidelity" not in words(app)


def test_pictures_and_noise_are_waited_for_at_once():
    def page():
        from ui.circuit.validation_angles import show_waiting

        show_waiting("Looking for the validation pictures …", lambda: False)
        show_waiting("Computing the states under noise …", lambda: False)

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and not app.error
    assert all(each in words(app) for each in ("Looking for the validation pictures", "Computing the states"))
