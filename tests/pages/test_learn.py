"""The Learn page: every topic opens, its numbers are those computed, and links lead to it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.learning.shifting import estimate
from qtl_core.learning.superposition import measure
from qtl_core.learning.topics import PARTS, TOPICS, topics_of
from tests.conftest import PROJECT
from ui import state
from ui.learn import gradients, superposition


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("pages/learn.py").run()


def widget(app: AppTest, kind: str, topic: str, name: str):
    return next(each for each in getattr(app, kind) if each.key == state.learn_key(topic, name))


def words(app: AppTest) -> str:
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.subheader, *app.info))


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.key)
def test_a_topic_opens_by_its_link_with_text_play_and_reference(topic):
    app = opened(topic=topic.key)
    said = words(app)
    assert topic.text in said
    assert topic.play in said
    assert topic.honest in said
    assert all(reference.address in said for reference in topic.references)
    assert [each.value for each in app.subheader] == [topic.title]
    assert [*app.slider, *app.select_slider, *app.button_group, *app.toggle], "something to play with"


def test_the_first_topic_opens_by_itself_and_an_unknown_one_is_called_so():
    assert next(iter(TOPICS.values())).text in words(opened())
    assert r"no topic “\<b\>x” here" in words(opened(topic="<b>x"))


def test_another_part_begins_with_its_first_topic_and_the_link_follows():
    app = opened(topic="entanglement")
    pills = next(each for each in app.button_group if each.key == state.LEARN_TOPIC)
    pills.set_value("gradients").run()
    assert TOPICS["gradients"].text in words(app)
    assert app.query_params["topic"] in ("gradients", ["gradients"])


def test_topics_are_kept_in_parts():
    assert [key for part in PARTS for key in topics_of(part)] == list(TOPICS)


def test_superposition_follows_its_sliders():
    app = opened(topic="superposition")
    widget(app, "slider", "superposition", "angle").set_value(90).run()
    widget(app, "select_slider", "superposition", "shots").set_value(1_000).run()
    assert superposition.words(measure(1.5707963267948966, 0, 1_000, 0)) in words(app)
    widget(app, "toggle", "superposition", "hadamard").set_value(True).run()
    assert "The chance of 1 is 0.0%; 0 of 1,000 shots" in words(app)


def test_at_ninety_degrees_the_pair_is_a_bell_pair():
    app = opened(topic="entanglement")
    widget(app, "slider", "entanglement", "angle").set_value(90).run()
    assert "Each arrow is 0.00 long, the entropy is **1.00 bit**" in words(app)
    widget(app, "toggle", "entanglement", "cnot").set_value(False).run()
    assert "Each arrow is 1.00 long, the entropy is **0.00 bit**" in words(app)


def test_a_curve_with_more_waves_than_the_circuit_has_cannot_be_learnt():
    app = opened(topic="variational")
    widget(app, "button_group", "variational", "shape").set_value("three waves").run()
    widget(app, "slider", "variational", "times").set_value(1).run()
    assert "error is 0.0764, with 4 trained angles. The best any sum of a constant and one wave" in words(app)


def test_other_shots_give_other_estimates():
    app = opened(topic="gradients")
    assert gradients.words(estimate(0.7853981633974483, 0.1, 1_000, 0)) in words(app)
    widget(app, "button", "gradients", "again").click().run()
    assert gradients.words(estimate(0.7853981633974483, 0.1, 1_000, 1)) in words(app)


def test_the_directions_say_what_is_trained():
    app = opened(topic="transfer")
    widget(app, "slider", "transfer", "qubits").set_value(12).run()
    assert "**72 in the circuit**" in words(app)
    widget(app, "button_group", "transfer", "direction").set_value("QQ").run()
    assert 'aria-label="Quantum to quantum: a frozen quantum circuit' in words(app)
