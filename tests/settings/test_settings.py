"""Settings: the recipe's defaults, every limit of every field, round trips, presets, errors that name everything."""

from __future__ import annotations

import dataclasses
import json
import math
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.settings import (
    PRESETS,
    CircuitSettings,
    DataSettings,
    FieldSpec,
    RunSettings,
    SettingsError,
    TrainingSettings,
    TransferSettings,
    preset_of,
    specs,
    steps_of,
)
from qtl_core.settings.groups import GROUPS, group_of
from tests.helpers.earlier import with_what_is_said_since

FIELDS = [(group, name, spec) for group in GROUPS.values() for name, spec in specs(group).items()]
NAMES = [name for _, name, _ in FIELDS]
NUMBERS = [field for field in FIELDS if field[2].kind in ("whole", "real")]
each_field = pytest.mark.parametrize(("group", "name", "spec"), FIELDS, ids=NAMES)
each_number = pytest.mark.parametrize(("group", "name", "spec"), NUMBERS, ids=[name for _, name, _ in NUMBERS])


def refused(group: type, name: str, value: Any) -> SettingsError:
    """The error for one wrong value."""
    with pytest.raises(SettingsError) as caught:
        group(**{name: value})
    return caught.value


def allowed_values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Any allowed value of a field."""
    return {
        "whole": lambda: st.integers(int(spec.low), int(spec.high)),
        "real": lambda: st.floats(spec.low, spec.high),
        "flag": st.booleans,
        "choice": lambda: st.sampled_from([choice.value for choice in spec.choices]),
        "several": lambda: st.lists(st.sampled_from([choice.value for choice in spec.choices])).map(
            lambda names: spec.in_order(",".join(names))
        ),
        "text": lambda: st.text(st.characters(exclude_characters="\0"), max_size=60),
    }[spec.kind]()


def run_settings() -> st.SearchStrategy[RunSettings]:
    """Any allowed settings."""
    groups = {
        key: st.builds(kind, **{name: allowed_values(spec) for name, spec in specs(kind).items()})
        for key, kind in GROUPS.items()
    }
    return st.builds(RunSettings, **groups)


# The recipe


def test_every_default_is_the_recipe_s():
    first = {
        "circuit": {"qubits": 4, "depth": 6, "entangler": "brick", "rotation": "ry", "reuploading": False},
        "training": {
            "learning_rate": 0.0004,
            "epochs": 30,
            "batch_size": 4,
            "step_size": 10,
            "gamma": 0.1,
            "q_delta": 0.01,
            "seed": 0,
            "augmentation": False,
            "views": 8,
            "best_by": "accuracy",
            "backbone_mode": "frozen",
            "engine": TrainingSettings().engine,
        },
        "data": {"source": "photos", "folder": "", "backbone": "resnet18", "weights": ""},
    }
    assert RunSettings().to_dict() == with_what_is_said_since(first)


def test_the_app_s_limits_of_the_circuit():
    limits = {name: (spec.low, spec.high) for name, spec in specs(CircuitSettings).items() if spec.kind == "whole"}
    assert limits == {"qubits": (1, 12), "depth": (0, 20)}


@pytest.mark.parametrize(("rotation", "each"), [("ry", 1), ("rot", 3)])
def test_trained_angles_of_a_circuit(rotation, each):
    settings = CircuitSettings(qubits=5, depth=7, rotation=rotation)
    assert (settings.angles_per_rotation, settings.weight_count) == (each, 35 * each)


# What every field knows


@each_field
def test_every_field_is_ready_to_be_shown(group, name, spec):
    assert group(**{name: spec.default}) == group()
    assert spec.label
    assert spec.help.endswith(".")
    if spec.kind in ("whole", "real"):
        assert spec.reason, "a limit gives its reason"
        assert -math.inf < spec.low < spec.high < math.inf
    if spec.kind in ("choice", "several"):
        values = [choice.value for choice in spec.choices]
        assert set(filter(None, spec.default.split(","))) <= set(values)
        assert len(set(values)) == len(values) > 1


def test_field_names_are_unique_over_all_groups():
    assert len(set(NAMES)) == len(NAMES)


# What is refused, and in which words


@each_number
def test_both_limits_are_allowed_and_what_lies_beyond_is_not(group, name, spec):
    step = 1 if spec.kind == "whole" else abs(spec.low) / 2 or 1e-9
    kind = int if spec.kind == "whole" else float
    for value in (kind(spec.low), kind(spec.high)):
        assert getattr(group(**{name: value}), name) == value
    for value in (kind(spec.low) - step, kind(spec.high) + step):
        error = refused(group, name, value)
        assert error.field == name
        assert f"{name} = {value!r}" in error.what
        limits = [float(text.replace(",", "")) for text in re.findall(r"[\d.,e+-]*\d", error.why)[:2]]
        assert limits == pytest.approx([spec.low, spec.high], rel=5e-6)
        assert not re.search(r"\de\+", error.why), "a limit is said with all its digits"
        assert spec.reason in error.why


@each_number
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, "1", None, True, False, [1], 1 + 0j])
def test_a_number_is_nothing_else(group, name, spec, value):
    refused(group, name, value)


@pytest.mark.parametrize("name", [name for _, name, spec in FIELDS if spec.kind == "whole"])
def test_a_whole_number_has_no_fraction_not_even_a_zero_one(name):
    for value in (2.5, 2.0):
        with pytest.raises(SettingsError):
            RunSettings().changed(**{name: value})


def test_a_real_number_may_be_whole():
    assert TrainingSettings(learning_rate=1).learning_rate == 1


@each_field
@given(value=st.one_of(st.none(), st.binary(), st.lists(st.integers()), st.complex_numbers(), st.just(object())))
def test_no_field_takes_a_value_of_another_kind(group, name, spec, value):
    assert name in refused(group, name, value).what


@pytest.mark.parametrize("field", [field for field in FIELDS if field[2].kind == "choice"], ids=lambda field: field[1])
@given(value=st.text())
def test_a_choice_is_one_of_its_values(field, value):
    group, name, spec = field
    values = [choice.value for choice in spec.choices]
    if value in values:
        assert getattr(group(**{name: value}), name) == value
    else:
        assert refused(group, name, value).why.startswith(f"Allowed: {', '.join(values)}")


@pytest.mark.parametrize("value", ["circuit,pre_net", "circuit,circuit", "circuit, post_net", ",", "all", None, 1])
@pytest.mark.parametrize("name", ["carry", "freeze"])
def test_several_are_named_once_and_in_order(name, value):
    assert refused(TransferSettings, name, value).why == (
        "Allowed: none or some of pre_net,circuit,post_net, separated by commas."
    )


@pytest.mark.parametrize("value", [0, 1, "true", "", None])
@pytest.mark.parametrize("name", ["reuploading", "augmentation"])
def test_a_flag_is_true_or_false(name, value):
    with pytest.raises(SettingsError, match="true or false"):
        RunSettings().changed(**{name: value})


@pytest.mark.parametrize("value", ["x" * 4097, "a\0b", b"bytes", None])
def test_a_path_is_a_text_that_a_file_can_have(value):
    assert refused(DataSettings, "folder", value).field == "folder"


def test_a_long_value_is_cut_short_in_the_error():
    error = refused(DataSettings, "folder", "x" * 5000)
    assert len(error.what) < 120
    assert "..." in error.what


@pytest.mark.parametrize("name", ["qbits", "", "Qubits", "circuit"])
def test_an_unknown_field_is_named_with_those_there_are(name):
    for attempt in (lambda: RunSettings().changed(**{name: 1}), lambda: RunSettings().value(name)):
        with pytest.raises(SettingsError) as caught:
            attempt()
        assert repr(name) in caught.value.what
        assert all(known in caught.value.why for known in NAMES)


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        CircuitSettings().qubits = 3


# Round trips


@given(settings=run_settings())
def test_settings_survive_being_stored(settings):
    assert RunSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert pickle.loads(pickle.dumps(settings)) == settings
    assert hash(settings) == hash(RunSettings.from_dict(settings.to_dict()))


@given(settings=run_settings())
def test_every_field_survives_a_link(settings):
    """A link or a command line carries a value as the text `str` makes of it."""
    assert NAMES
    for name in NAMES:
        spec = specs(GROUPS[group_of(name)])[name]
        assert spec.parse(str(settings.value(name))) == settings.value(name)


def test_what_is_not_stored_takes_its_default():
    assert RunSettings.from_dict({}) == RunSettings()
    assert RunSettings.from_dict({"circuit": {"qubits": 3}}) == RunSettings().changed(qubits=3)


@pytest.mark.parametrize(
    "stored",
    [
        {"circuit": {"qubits": 99}},
        {"circuit": {"qbits": 4}},
        {"training": {"qubits": 4}},
        {"circus": {}},
        {"circuit": None},
        {"circuit": [4, 6]},
        {"data": {1: 2}},
        "circuit",
        None,
    ],
)
def test_what_was_stored_wrongly_is_refused(stored):
    with pytest.raises(SettingsError):
        RunSettings.from_dict(stored)


def test_changed_reaches_every_group_and_leaves_the_rest():
    changed = RunSettings().changed(qubits=2, epochs=5, source="drawn")
    assert (changed.value("qubits"), changed.value("epochs"), changed.value("source")) == (2, 5, "drawn")
    assert changed.changed(qubits=4, epochs=30, source="photos") == RunSettings()


# Reading from a text


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("qubits", "7", 7),
        ("qubits", " 7 ", 7),
        ("learning_rate", "1e-3", 1e-3),
        ("learning_rate", "1", 1.0),
        ("reuploading", "true", True),
        ("reuploading", "ON", True),
        ("reuploading", "0", False),
        ("entangler", "ring", "ring"),
        ("carry", "post_net, circuit,circuit", "circuit,post_net"),
        ("carry", "none", ""),
        ("freeze", "", ""),
        ("folder", "/a b/ç", "/a b/ç"),
    ],
)
def test_values_are_read_from_texts(name, text, value):
    parsed = specs(GROUPS[group_of(name)])[name].parse(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qubits", ""),
        ("qubits", "four"),
        ("qubits", "4.0"),
        ("qubits", "9" * 5000),
        ("learning_rate", "nan"),
        ("learning_rate", "inf"),
        ("learning_rate", "1e999"),
        ("learning_rate", "0,1"),
        ("reuploading", "maybe"),
        ("entangler", "Ring"),
        ("freeze", "circuit,tail"),
        ("folder", "a\0b"),
    ],
)
def test_what_cannot_be_read_is_refused_as_it_was_written(name, text):
    parsed = specs(GROUPS[group_of(name)])[name].parse(text)
    with pytest.raises(SettingsError) as caught:
        RunSettings().changed(**{name: parsed})
    assert caught.value.field == name


# Presets


def test_the_presets():
    paper, demo, spirals = PRESETS
    assert (paper.name, demo.name, spirals.name) == ("The paper", "The PennyLane demo", "The paper's spirals")
    assert (paper.training.epochs, demo.training.epochs) == (30, 3)
    assert paper.circuit == demo.circuit == CircuitSettings()
    assert dataclasses.replace(demo.training, epochs=30) == paper.training


def test_the_papers_spirals_bring_their_points_and_the_paper_takes_them_away():
    paper, _, spirals = PRESETS
    chosen = spirals.applied_to(RunSettings().changed(source="points", shape="moons", turns=2.0, folder="x", qubits=9))
    data = chosen.data
    assert (data.source, data.shape, data.turns, data.spread, data.points, data.folder) == (
        *("points", "spirals", 1.52, 0.7, 2000),
        "x",
    )
    assert (chosen.circuit.qubits, chosen.circuit.depth, chosen.training.learning_rate) == (5, 5, 0.07)
    assert steps_of(chosen.training, data.points) == 1000
    assert preset_of(chosen) is spirals
    assert preset_of(chosen.changed(turns=2.0)) is None
    assert paper.applied_to(chosen).data.source == "photos"
    assert preset_of(paper.applied_to(chosen)) is paper


@pytest.mark.parametrize("preset", PRESETS[:2], ids=lambda preset: preset.name)
def test_a_preset_leaves_the_data_as_they_are(preset):
    before = RunSettings().changed(source="drawn", qubits=9, learning_rate=0.1)
    after = preset.applied_to(before)
    assert after.data == before.data
    assert preset_of(after) is preset


def test_a_preset_brings_back_the_head_a_fresh_start_and_all_pictures():
    before = RunSettings().changed(head="mlp", start_from="x", freeze="circuit", test_share=0.3, per_class=5)
    assert preset_of(before) is None
    assert PRESETS[0].applied_to(before) == RunSettings()


@pytest.mark.parametrize(
    "change", [{"seed": 7}, {"engine": "pennylane"}, {"views": 3}, {"momentum": 0.5}, {"hidden_units": 3}]
)
def test_what_does_not_change_the_experiment_keeps_the_preset(change):
    assert preset_of(RunSettings().changed(**change)) is PRESETS[0]


@pytest.mark.parametrize(
    "change",
    [
        {"qubits": 5},
        {"epochs": 29},
        {"augmentation": True},
        {"backbone_mode": "published"},
        {"best_by": "loss"},
        {"head": "dressed_fixed"},
        {"optimiser": "sgd"},
        {"patience": 5},
        {"freeze": "circuit"},
        {"test_share": 0.3},
    ],
)
def test_what_changes_the_experiment_leaves_the_preset(change):
    assert preset_of(RunSettings().changed(**change)) is None


# Errors on their way from a worker


@pytest.mark.parametrize(
    "error",
    [
        SettingsError("qubits", 99, "a whole number from 1 to 12 (why)"),
        UserError("What.", "Why.", "Do."),
        UserError("What."),
    ],
)
def test_errors_pickle_whole(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (copy.what, copy.why, copy.do, str(copy)) == (error.what, error.why, error.do, str(error))
    assert vars(copy) == vars(error)


def test_an_error_reads_as_sentences():
    assert str(UserError("What.", "", "Do.")) == "What. Do."
    assert str(refused(CircuitSettings, "qubits", 13)) == (
        "qubits = 13 is not allowed. Allowed: a whole number from 1 to 12 (12 qubits hold 4,096 amplitudes a picture, "
        "about what a laptop still trains while one watches)."
    )
