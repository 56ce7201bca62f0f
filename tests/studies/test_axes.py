"""Axes that stand for several settings, and what they are called."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies.axes import STANDING_FOR, Axis, axis_from, axis_spec, settings_behind
from qtl_core.studies.plan import value_of
from qtl_core.studies.words import place_words, setting_words, value_words


def test_a_variant_is_a_head_or_a_circuit_without_trained_gates():
    assert settings_behind({"variant": "depth_0", "qubits": 3}) == {"head": "dressed", "depth": 0, "qubits": 3}
    assert settings_behind({"variant": "mlp"}) == {"head": "mlp"}
    assert value_of(RunSettings().changed(depth=0), "variant") == "depth_0"
    assert value_of(RunSettings().changed(head="linear", depth=0), "variant") == "linear"


def test_gates_on_one_qubit_err_a_tenth_as_often():
    behind = settings_behind({"gate_errors": 0.1})
    assert behind == {"depolarizing_one": pytest.approx(0.01), "depolarizing_two": 0.1}
    assert value_of(RunSettings().changed(**behind), "gate_errors") == 0.1


@pytest.mark.parametrize("name", STANDING_FOR)
def test_they_have_words_and_limits_as_settings_have(name):
    spec = axis_spec(name)
    assert spec.label and spec.help.endswith(".") and spec.accepts(spec.default)
    with pytest.raises(UserError, match="not allowed"):
        Axis(name, ("nothing",))


def test_an_axis_knows_which_settings_it_varies_and_which_its_every_value_sets():
    both = axis_from("variant=linear,depth_0")
    assert (both.settings, both.always) == (("head", "depth"), ("head",))
    assert axis_from("variant=linear,mlp").settings == ("head",)
    assert axis_from("qubits=2:3").always == ("qubits",)


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("head", "mlp", "hidden layer (MLP)"),
        ("head", "dressed", "dressed circuit"),
        ("rotation", "ry", "RY"),
        ("optimiser", "adam", "Adam"),
        ("backbone", "mobilenet_v2", "MobileNetV2"),
        ("carry", "pre_net,circuit", "first layer and circuit"),
        ("per_class", 0, "all"),
        ("start_from", "", "a fresh start"),
        ("start_from", "20260101-000000-abcdef", "the run 20260101-000000-abcdef"),
        ("learning_rate", 0.0004, "0.0004"),
        ("learning_rate", 0.000005, "0.000005"),
        ("augmentation", True, "yes"),
    ],
)
def test_values_are_called_as_on_screen(setting, value, words):
    assert value_words(setting, value) == words


def test_what_speaks_for_itself_stands_alone():
    assert place_words({"variant": "depth_0", "qubits": 4}) == "no trained gates (depth 0), 4 qubits"
    assert place_words({"qubits": 1, "per_class": 5, "shots": 0}) == "1 qubit, 5 of each class, shots none, exact"
    assert place_words({"entangler": "none", "depth": 2}, bare=False) == "entangler none, depth 2"
    assert (
        place_words({"entangler": "none"}) == "no entangler" and place_words({"entangler": "ring"}) == "entangler ring"
    )
    assert place_words({"class_weights": "none"}) == "no class weights"
    assert place_words({"class_weights": "balanced"}) == "class weights balanced"
    assert place_words({"freeze": "circuit"}) == "circuit frozen" and place_words({"freeze": ""}) == "nothing frozen"
    assert place_words({"per_class": 0}) == "all of each class"
    assert setting_words("q_delta") == "initial spread (q_delta)" and setting_words("gate_errors") == "error of a CNOT"


def test_a_setting_may_be_named_as_its_option_is():
    assert axis_from("lr=0.001,0.01", {"lr": "learning_rate"}) == axis_from("learning-rate=0.001,0.01")


@pytest.mark.parametrize(("typed", "said"), [("learning_rat", "Is learning_rate meant?"), ("rate", "rate meant?")])
def test_a_name_that_is_no_setting_is_refused_with_the_one_like_it(typed, said):
    with pytest.raises(UserError, match="There is no setting") as refused:
        axis_from(f"{typed}=0.1")
    assert refused.value.do.endswith(said)
    with pytest.raises(UserError) as unknown:
        axis_from("zzzzzz=1")
    assert "Settings are" in unknown.value.do
