"""Start from: the section of the Train page, its recipes and parts, and what it refuses before Start."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.store import delete
from qtl_core.settings import RunSettings
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from tests.helpers.page_words import words
from tests.helpers.trained_ancestors import DRAWN, keep_ancestor
from ui.session import keys
from ui.session.screen import Screen

pytestmark = pytest.mark.usefixtures("own_managers")
FEATURES = 1280  # of EfficientNet-Lite0


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in ({"source": "drawn", "backbone": "efficientnet_lite0"} | query).items():
        app.query_params[name] = value
    return app.switch_page("pages/train.py").run()


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def tick(app: AppTest, name: str, part: str):
    return app.get_by_key(keys.part_key(name, part))


def settings_of(app: AppTest) -> RunSettings:
    return app.session_state[Screen.KEY].settings


def learning(app: AppTest) -> str:
    """The line that counts the numbers that learn."""
    return next(line for line in words(app).splitlines() if "numbers learn**" in line)


def test_a_kept_run_is_chosen_and_a_recipe_after_it():
    run = keep_ancestor()
    app = opened()
    assert "carried over" not in words(app).replace("can be carried over", "")
    app.get_by_key(keys.START_FROM).set_value(run).run()
    said = words(app)
    assert "Dressed circuit, 4 qubits, depth 6; learnt ants, bees" in said
    assert "through EfficientNet-Lite0: 83.3% right at its best epoch." in said
    count = sum(values.size for values in initial_weights(FEATURES, 2, DRAWN.circuit, 0.01, 0).values())
    assert learning(app) == f"**{count:,} of {count:,} numbers learn**; 0 stand still."
    assert settings_of(app).transfer.carried_parts == ("pre_net", "circuit", "post_net")
    button(app, "Keep the circuit, new ends").click().run()
    transfer = settings_of(app).transfer
    assert (transfer.start_from, transfer.carry, transfer.freeze) == (run, "circuit", "circuit")
    assert learning(app) == f"**{count - 24:,} of {count:,} numbers learn**; 24 stand still."
    assert not button(app, "Start").disabled
    assert "Starts from Grandmother: circuit carried over." in words(app)
    button(app, "Add layers to a trained circuit").click().run()
    assert settings_of(app).circuit.depth == 8
    assert "its 6 trained layers come first, and 2 fresh layers behind." in words(app)


def test_parts_are_ticked_one_by_one_and_a_fresh_start_forgets_them():
    app = opened(start_from=keep_ancestor())
    assert [tick(app, "carry", part).value for part in ("pre_net", "circuit", "post_net")] == [True] * 3
    tick(app, "carry", "post_net").uncheck().run()
    tick(app, "freeze", "pre_net").check().run()
    transfer = settings_of(app).transfer
    assert (transfer.carry, transfer.freeze) == ("pre_net,circuit", "pre_net")
    assert "The last layer starts fresh." in words(app)
    assert app.query_params["freeze"] == "pre_net"
    app.get_by_key(keys.START_FROM).set_value("").run()
    assert settings_of(app).transfer == RunSettings().transfer
    assert "numbers learn**" not in words(app)


def test_a_part_that_the_head_has_not_is_said_to_stand_nowhere():
    app = opened(head="bottleneck", freeze="circuit")
    assert "Starts fresh." in words(app) and "The circuit has no place here" in words(app)
    assert not button(app, "Start").disabled


def test_nothing_left_to_learn_is_refused_before_start():
    app = opened(start_from=keep_ancestor())
    assert "Press **Start**" in words(app)
    for part in ("pre_net", "circuit", "post_net"):
        tick(app, "freeze", part).check().run()
    assert "Press **Start**" not in words(app) and "Once training can start" in words(app)
    assert "Nothing is left to learn." in words(app)
    assert button(app, "Start").disabled
    tick(app, "freeze", "post_net").uncheck().run()
    assert not button(app, "Start").disabled


def test_what_cannot_travel_says_why():
    run = keep_ancestor(DRAWN.changed(qubits=3))
    app = opened(start_from=run)
    assert tick(app, "carry", "pre_net").disabled and not tick(app, "carry", "pre_net").value
    said = words(app)
    assert "The circuit cannot travel: it has 3 qubits there and 4 qubits here." in said
    assert "Nothing of that run would be carried over." in said
    assert button(app, "Start").disabled
    button(app, "Go on learning").click().run()  # a recipe fits the settings to the run
    assert settings_of(app).circuit.qubits == 3
    assert not button(app, "Start").disabled
    assert not tick(app, "carry", "circuit").disabled


def test_other_classes_get_a_fresh_last_layer(tmp_path):
    run = keep_ancestor(classes=("cats", "dogs"))
    app = opened(start_from=run)
    said = words(app)
    assert r"none of its classes (cats and dogs) is here (ants and bees)." in said
    assert tick(app, "carry", "post_net").disabled
    assert not button(app, "Start").disabled
    folder = made_pictures(tmp_path / "photos", each=4)
    app = opened(start_from=keep_ancestor(), source="folder")  # of the same name: the choice tells them apart
    app.get_by_key(keys.field_key("folder")).set_value(str(folder)).run()
    assert not tick(app, "carry", "post_net").disabled


def test_a_run_that_is_gone_or_broke_down_is_refused_before_start():
    gone = keep_ancestor()
    app = opened(start_from=gone)
    assert not button(app, "Start").disabled
    delete([gone])  # as in another tab
    app.run()
    assert "The run to start from was deleted." in words(app)
    assert button(app, "Start").disabled
    app = opened(start_from=keep_ancestor(broken=True))
    assert "Among its numbers are some that are not finite" in words(app)
    assert button(app, "Start").disabled


def test_a_finished_run_leads_to_the_next():
    run = keep_ancestor()
    app = opened(run=run)
    button(app, "Use it for other pictures").click().run()
    assert settings_of(app).transfer.start_from == run
    assert app.get_by_key(keys.START_FROM).value == run


def test_a_lesson_can_leave_it_out():
    app = opened(hide="start_from")
    assert keys.START_FROM not in [each.key for each in app.selectbox]
