"""Settings that count: what plays no part is no difference, whatever else is chosen, and all that is read counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.compare.sides import differing_settings
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.heads import HEADS
from qtl_core.settings.relevant import counts, relevant, train_the_same, value_that_counts
from tests.settings.test_settings import run_settings

OF_A_CIRCUIT = {"qubits", "depth", "entangler", "rotation", "reuploading", "q_delta"}


@pytest.mark.parametrize("head", HEADS)
def test_a_head_without_a_circuit_has_none_of_its_settings(head: str):
    found = {name for name in OF_A_CIRCUIT if counts(RunSettings().changed(head=head), name)}
    width = {"qubits", "depth", "rotation"} if head == "bottleneck" else set()
    assert found == (OF_A_CIRCUIT if HEADS[head].has_circuit else width)


@pytest.mark.parametrize(
    ("name", "without", "with_it"),
    [
        ("momentum", {"optimiser": "adamw"}, {"optimiser": "sgd"}),
        ("step_size", {"schedule": "cosine"}, {"schedule": "step"}),
        ("gamma", {"schedule": "constant"}, {"schedule": "step"}),
        ("hidden_units", {"head": "bottleneck"}, {"head": "mlp"}),
        ("entangler", {"qubits": 1}, {"qubits": 2}),
        ("reuploading", {"depth": 0}, {"depth": 1}),
        ("views", {"augmentation": False}, {"augmentation": True}),
        ("views", {"augmentation": True, "backbone_mode": "published"}, {"augmentation": True}),
        ("backbone", {"source": "points"}, {"source": "drawn"}),
        ("shape", {"source": "table"}, {"source": "points"}),
        ("turns", {"source": "points", "shape": "moons"}, {"source": "points"}),
        ("label", {"source": "points"}, {"source": "table"}),
        ("folder", {"source": "photos"}, {"source": "folder"}),
        ("dataset", {"source": "folder"}, {"source": "dataset"}),
        ("test_from", {"test_share": 0.0}, {"test_share": 0.2}),
        ("carry", {"start_from": ""}, {"start_from": "20261125-203000-abcdef"}),
    ],
)
def test_what_depends_on_another_setting_counts_with_it_alone(name: str, without: dict, with_it: dict):
    assert not counts(RunSettings().changed(**without), name)
    assert counts(RunSettings().changed(**with_it), name)


def test_a_part_that_the_head_has_not_got_neither_travels_nor_stands_still():
    linear = RunSettings().changed(head="linear", start_from="x", carry="circuit,post_net", freeze="circuit")
    assert (value_that_counts(linear, "carry"), value_that_counts(linear, "freeze")) == (FIELDS["carry"].default, "")
    bottleneck = linear.changed(head="bottleneck", freeze="pre_net,circuit")
    assert (value_that_counts(bottleneck, "carry"), value_that_counts(bottleneck, "freeze")) == ("post_net", "pre_net")


@given(run_settings(), st.data())
def test_what_plays_no_part_may_have_any_value(settings: RunSettings, data: st.DataObject):
    silent = [name for name in FIELDS if not counts(settings, name)]
    name = data.draw(st.sampled_from(silent)) if silent else "seed"
    values = [choice.value for choice in FIELDS[name].choices] or [FIELDS[name].default]
    other = settings.changed(**{name: data.draw(st.sampled_from(values))}) if silent else settings
    assert train_the_same(settings, other)
    assert not differing_settings((settings, other))


@given(run_settings(), run_settings())
def test_settings_of_different_runs_always_differ_in_one_that_counts_for_both(one: RunSettings, other: RunSettings):
    assert relevant(relevant(one)) == relevant(one)
    found = [values for values in differing_settings((one, other)).values() if None not in values]
    assert bool(found) != train_the_same(one, other)
