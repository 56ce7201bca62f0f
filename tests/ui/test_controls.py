"""Widgets made from the settings, and the link that carries them."""

from __future__ import annotations

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES
from qtl_core.settings.groups import FIELDS
from ui.session import keys
from ui.widgets.settings_controls import rate_stops


def panel(query: dict[str, str] | None = None) -> AppTest:
    """A page of all widgets and nothing else, which says the settings it comes to."""

    def page():
        import json

        import streamlit as st

        from qtl_core.settings.groups import FIELDS
        from ui.session import session
        from ui.widgets.settings_controls import show_exact_rate, show_field, show_presets

        show_presets()
        for name in FIELDS:
            show_field(name)
        show_exact_rate()
        session.screen.write_link()
        st.code(json.dumps(session.screen.settings.to_dict()), language=None)
        for complaint in session.screen.complaints:
            st.warning(complaint)

    app = AppTest.from_function(page, default_timeout=30)
    for name, value in (query or {}).items():
        app.query_params[name] = value
    return app.run()


def settings_of(app: AppTest) -> RunSettings:
    assert not app.exception
    return RunSettings.from_dict(json.loads(app.code[0].value))


def widget(app: AppTest, name: str):
    return app.get_by_key(keys.field_key(name))


def test_every_setting_has_a_widget_that_says_what_it_does():
    app = panel()
    assert settings_of(app) == RunSettings()
    for name, spec in FIELDS.items():
        shown = widget(app, name)
        several = spec.kind == "several"
        assert shown.value == ([part for part in spec.default.split(",") if part] if several else spec.default)
        assert spec.help in shown.label
    assert "laptop" in widget(app, "qubits").help


def test_what_is_entered_becomes_the_setting():
    app = panel()
    widget(app, "qubits").set_value(7).run()
    widget(app, "entangler").set_value("ring").run()
    widget(app, "reuploading").set_value(True).run()
    widget(app, "gamma").set_value(0.5).run()
    widget(app, "head").set_value("bottleneck").run()
    widget(app, "freeze").set_value(["post_net", "pre_net"]).run()
    widget(app, "carry").set_value([]).run()
    wanted = RunSettings().changed(qubits=7, entangler="ring", reuploading=True, gamma=0.5)
    wanted = wanted.changed(head="bottleneck", freeze="pre_net,post_net", carry="")
    assert settings_of(app) == wanted


def test_the_rate_slider_has_the_recipes_stop_and_any_exact_value():
    assert {0.0004, 1e-6, 1.0} <= set(rate_stops(0.0004))
    assert 0.00037 in rate_stops(0.00037)
    app = panel()
    app.get_by_key(keys.EXACT_RATE).set_value(0.00037).run()
    assert settings_of(app).training.learning_rate == 0.00037
    assert widget(app, "learning_rate").value == 0.00037


def test_a_preset_sets_everything_and_is_marked():
    app = panel()
    widget(app, "qubits").set_value(7).run()
    assert app.get_by_key(keys.preset_key(1)).value is None
    app.get_by_key(keys.preset_key(1)).set_value("The PennyLane demo").run()
    assert settings_of(app) == RunSettings().changed(epochs=3)
    assert (widget(app, "qubits").value, widget(app, "epochs").value) == (4, 3)


def test_the_mark_moves_with_a_click_and_one_on_the_marked_preset_means_nothing():
    app = panel()
    assert app.get_by_key(keys.PRESET).value == "The paper"
    app.get_by_key(keys.PRESET).set_value("The PennyLane demo").run()
    assert app.get_by_key(keys.PRESET).value == "The PennyLane demo", "under another key the focus would be lost"
    app.get_by_key(keys.PRESET).set_value(None).run()
    assert settings_of(app) == RunSettings().changed(epochs=3)
    assert app.get_by_key(keys.preset_key(1)).value == "The PennyLane demo"


def test_a_message_sent_before_the_mark_was_seen_to_go_undoes_no_setting():
    """Two quick presses on a slider: the second message still says the preset that the first one unmarked."""
    app = panel()
    mark = app.get_by_key(keys.PRESET)._widget_state
    assert mark.string_array_value.data == ["The paper"]
    widget(app, "qubits").set_value(3).run()
    widget(app, "qubits").set_value(2)
    said = [state for state in app._tree.get_widget_states().widgets if state.id != mark.id]
    app._run(WidgetStates(widgets=[*said, mark]))
    assert settings_of(app).circuit.qubits == 2
    assert dict(app.query_params.items()) == {"qubits": "2"}


def test_a_link_carries_what_differs_and_brings_it_back():
    app = panel()
    widget(app, "qubits").set_value(7).run()
    widget(app, "augmentation").set_value(True).run()
    assert dict(app.query_params.items()) == {"qubits": "7", "augmentation": "true"}
    again = panel({"qubits": "7", "augmentation": "true"})
    assert settings_of(again) == settings_of(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [("qubits", "40"), ("depth", "many"), ("engine", "abacus"), ("backbone", "vgg"), ("gamma", "nan")],
)
def test_a_wrong_value_in_a_link_is_named_and_the_usual_one_used(name, value):
    app = panel({name: value, "epochs": "5"})
    assert settings_of(app) == RunSettings().changed(epochs=5)
    assert name in app.warning[0].value
    assert value in app.warning[0].value
    assert name not in app.query_params


def test_paths_are_never_taken_from_a_link_nor_put_into_one():
    app = panel({"folder": "/etc", "weights": "/etc/passwd"})
    assert settings_of(app) == RunSettings()
    assert not app.query_params
    widget(app, "folder").set_value(" /home/me/photos ").run()
    assert settings_of(app).data.folder == "/home/me/photos"
    assert not app.query_params


def test_every_message_about_a_widget_says_its_value():
    """A message that is lost because the page runs again at once must not leave a browser with the least value."""
    wanted = {
        "qubits": "7",
        "epochs": "500",
        "learning_rate": "0.01",
        "gamma": "0.5",
        "engine": "torch",
        "backbone": "mobilenet_v2",
        "augmentation": "true",
    }
    app = panel(wanted).run()  # the second message no longer sets anything anew
    engines = [choice.value for choice in FIELDS["engine"].choices]
    said = {name: widget(app, name).proto.default for name in wanted}
    assert list(said["qubits"]) == [7]
    assert (said["epochs"], said["gamma"], said["augmentation"]) == (500, 0.5, True)
    assert said["engine"] == engines.index("torch")
    assert list(BACKBONES)[said["backbone"]] == "mobilenet_v2"
    rates = widget(app, "learning_rate").proto
    assert rates.options[int(rates.default[0])] == "0.01"
