"""The Learn page: every topic opens, its numbers are those computed, and links lead to it."""

from __future__ import annotations

import math

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.learn.anomaly import nearest_scores, quantum_scores
from qtl_core.learn.bell import MeasuredChsh, best_directions, measured_chsh
from qtl_core.learn.glossary.entries import TERMS
from qtl_core.learn.images import filtered
from qtl_core.learn.parameter_shift import estimate
from qtl_core.learn.qubits import measure, pair
from qtl_core.learn.topics import PARTS, TOPICS, topics_of
from tests.conftest import PROJECT
from ui.learn import anomaly, bell_test, chemistry, gradients, images, superposition
from ui.session import keys


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("pages/learn.py").run()


def widget(app: AppTest, kind: str, topic: str, name: str):
    return next(each for each in getattr(app, kind) if each.key == keys.learn_key(topic, name))


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
    pills = next(each for each in app.button_group if each.key == keys.LEARN_TOPIC)
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


def test_the_bell_test_is_that_of_the_state_on_screen():
    app = opened(topic="entanglement")
    widget(app, "slider", "entanglement", "angle").set_value(90).run()
    found = measured_chsh(state := pair(math.pi / 2), best_directions(state), 1_000, 0)
    assert bell_test.bell_words(2 * math.sqrt(2), found) in words(app)
    assert "**2.828**: hidden socks cannot do that" in words(app)
    widget(app, "toggle", "entanglement", "cnot").set_value(False).run()
    assert "**2.000**: hidden socks can do that" in words(app)


def test_the_bell_test_claims_what_the_shots_bear():
    said = [bell_test.bell_words(2.5, MeasuredChsh(value, 0.05, 100)) for value in (1.9, 2.1, 2.5)]
    assert ["not above 2" in each for each in said] == [True, False, False]
    assert said[1].endswith("above 2 by only 2.0 standard errors, which luck gives.")
    assert said[2].endswith(": 10 standard errors above 2.")
    assert "few shots may do that by luck" in bell_test.bell_words(2.5, MeasuredChsh(2.8, 0.0, 10)), "of ten, no error"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2.00002, "above 2 by less than 0.1 standard errors, which luck gives."),
        (2.0005, "above 2 by only 0.5 standard errors, which luck gives."),
        (2.0025, "above 2 by only 2.5 standard errors, which luck gives now and then."),
        (2.004, ": 4 standard errors above 2: this time luck alone did it."),
        (1.9999, ", not above 2."),
    ],
)
def test_many_shots_above_the_bound_are_luck_where_the_exact_value_is_not(value, said):
    words = bell_test.bell_words(2.0, MeasuredChsh(value, 0.001, 100_000))
    assert "hidden socks can do that" in words
    assert words.endswith(said)
    assert "so few" not in words


def test_a_coin_of_the_same_bias_is_told_apart_only_by_a_later_gate():
    assert "nothing tells them apart" in superposition.words(measure(1.0, 0.0, 100, 0))
    assert "1 in 50.0%: the coherence shows" in superposition.words(measure(1.0, 0.0, 100, 0, again=True))
    assert "the same, so at this" in superposition.words(measure(1.0, math.pi / 2, 100, 0, again=True))


def test_the_price_of_a_gradient_is_counted_in_the_circuit():
    assert "needs 56 measured circuits" in TOPICS["gradients"].honest


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


def test_hydrogens_knob_is_found():
    app = opened(topic="chemistry")
    assert chemistry.words(1.5, 0.0) in words(app)
    widget(app, "toggle", "chemistry", "found").set_value(True).run()
    assert "0.0000 below" in words(app)


def test_angles_of_one_bond_length_are_kept_at_all_others():
    app = opened(topic="chemistry")
    widget(app, "select_slider", "chemistry", "learnt_LiH").set_value(2.2).run()
    assert "learnt at 2.20 Å and kept as they are" in words(app)
    assert "from 1.98 to 2.40 Å, of 1.20 to 3.60 shown" in words(app)
    widget(app, "button_group", "chemistry", "molecule").set_value("HeH+").run()
    assert "of 0.50 to 1.30 shown" in words(app)


def test_the_highest_point_of_the_map_can_be_gone_to():
    app = opened(topic="optimisation")
    widget(app, "button_group", "optimisation", "graph").set_value("ring of 5").run()
    widget(app, "toggle", "optimisation", "highest").set_value(True).run()
    assert "the mean is 3.75 pairs apart, of at most 4. A best split comes up in 88% of the shots" in words(app)


def test_a_filter_without_layers_leaves_nothing_but_a_weighted_sum():
    app = opened(topic="images")
    widget(app, "slider", "images", "depth").set_value(0).run()
    assert images.words(filtered("ants", 3, 0, 0)) in words(app)
    assert "1,024 runs of the circuit" in words(app)


def test_words_have_no_meaning_before_training():
    app = opened(topic="language")
    assert "16 of the 16 sentences" in words(app)
    widget(app, "slider", "language", "step").set_value(0).run()
    assert "16 of the 16 sentences" not in words(app)


def test_a_pole_with_good_gains_stands():
    app = opened(topic="control")
    assert "With the qubit the pole fell after" in words(app)
    widget(app, "select_slider", "control", "angle_gain").set_value(1.6).run()
    assert "With the qubit the pole stood all of the 6 s" in words(app)


def test_a_born_machine_gives_bars_and_stripes_after_training():
    app = opened(topic="generative")
    widget(app, "slider", "generative", "depth").set_value(4).run()
    assert 'aria-label="24 samples, 24 of them bars or stripes"' in words(app)
    widget(app, "slider", "generative", "step").set_value(0).run()
    assert 'aria-label="24 samples, 24 of them' not in words(app)


def test_a_swap_needs_three_cnots():
    app = opened(topic="compilation")
    assert "the likeness to SWAP is 0.5000. That is not the same gate." in words(app)
    widget(app, "slider", "compilation", "cnots").set_value(3).run()
    assert "the likeness to SWAP is 1.0000. They do the same" in words(app)


def test_random_states_cannot_be_pressed_together():
    app = opened(topic="compression")
    assert "empty in 100.0% of the cases for the states learnt from, and in 100.0% for the others" in words(app)
    widget(app, "button_group", "compression", "family").set_value("random").run()
    assert "empty in 64.2% of the cases for the states learnt from, and in 5" in words(app)


def test_the_plain_distance_is_told_beside_the_overlap():
    app = opened(topic="anomaly")
    assert anomaly.words(quantum_scores(1.0, 0), nearest_scores(0), "turns") in words(app)
    widget(app, "button_group", "anomaly", "way").set_value("nearest").run()
    assert "this way (nearest point)" in words(app)


def test_the_risk_is_the_binomial_one():
    app = opened(topic="finance")
    assert "at least 2 of 5 fail in 8.15% of the cases" in words(app)
    widget(app, "slider", "finance", "least").set_value(5).run()
    assert "at least 5 of 5 fail in 0.00% of the cases" in words(app)


def test_the_directions_say_what_is_trained():
    app = opened(topic="transfer")
    widget(app, "slider", "transfer", "qubits").set_value(12).run()
    assert "**72 in the circuit**" in words(app)
    widget(app, "slider", "transfer", "qubits").set_value(4).run()
    assert "With ResNet-18 (512 features), 4 qubits, 6 layers and two classes, 2,086 numbers are trained" in words(app)
    assert "with another the count is another: 5,158 with EfficientNet-Lite0 (1,280 features)" in words(app)
    smaller = opened(topic="transfer", backbone="efficientnet_lite0")
    assert "5,158 numbers are trained" in words(smaller)
    assert "2,086 with ResNet-18 (512 features)" in words(smaller)
    widget(app, "button_group", "transfer", "direction").set_value("QQ").run()
    assert 'aria-label="Quantum to quantum: a frozen quantum circuit' in words(app)


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.name)
def test_a_term_opens_by_its_link(term):
    app = opened(term=term.name)
    said = words(app)
    assert next(each.value for each in app.subheader) == term.name
    assert said.count(term.sentence) == 2, "in its entry and in the list"
    formulas = [each.value for each in app.latex]
    assert len(formulas) == bool(term.formula)
    assert all(term.formula in formula for formula in formulas)


def test_another_name_or_case_finds_the_term_and_an_unknown_one_is_called_so():
    assert next(each for each in opened(term="QUBITS").subheader).value == "qubit"
    assert r"“\<script\>” is not in the glossary" in words(opened(term="<script>"))


def test_a_term_leads_to_its_topic_and_page():
    app = opened(term="entropy")
    assert "See it on the Circuit page" in [link.proto.label for link in app.get("page_link")]
    next(button for button in app.button if button.label == "Play with it: Entanglement").click().run()
    assert TOPICS["entanglement"].text in words(app)


def test_looking_a_word_up_writes_the_link():
    app = opened(term="qubit")
    app.selectbox(keys.LEARN_TERM).set_value("loss").run()
    assert next(each for each in app.subheader).value == "loss"
    assert app.query_params["term"] in ("loss", ["loss"])
    assert "topic" not in app.query_params


def test_the_glossary_is_a_part_beside_the_topics():
    app = opened(topic="finance")
    next(each for each in app.button_group if each.key == keys.LEARN_PART).set_value("glossary").run()
    assert next(each for each in app.subheader).value == "qubit"
    next(each for each in app.button_group if each.key == keys.LEARN_PART).set_value("ideas").run()
    assert TOPICS["transfer"].text in words(app)
