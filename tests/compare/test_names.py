"""What a run is called that nobody has named: what is not usual, and only what tells it from others beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.moments import moment
from qtl_core.compare.names import name_of, names_of
from qtl_core.runs.store.records import RunRecord
from qtl_core.settings import RunSettings

NOON = 1764072000.0  # 25 November 2025, 12:00 UTC


def record(number: int = 0, name: str = "", right: int | None = 148, created: float = NOON, **settings: object):
    chosen = RunSettings().changed(**settings)
    return RunRecord(
        id=f"20251125-120000-{number:06x}",
        version=1,
        name=name,
        note="",
        tags=(),
        starred=False,
        created=created,
        updated=created,
        state="finished",
        origin="trained",
        settings=chosen,
        backbone_title="ResNet-18",
        weights_sha256="",
        classes=("ants", "bees"),
        train_size=244,
        val_size=153,
        val_sha256="",
        epochs=30,
        best_epoch=3,
        best_val_accuracy=None if right is None else right / 153,
        best_val_loss=0.3,
        right=right,
        seconds=0.1,
        engine="compiled",
        device="cpu",
        size=1,
    )


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "Photos · usual settings"),
        ({"source": "drawn", "seed": 7}, "Drawn · seed 7"),
        ({"qubits": 2, "depth": 3, "entangler": "none"}, "Photos · 2 qubits · depth 3 · no CNOTs"),
        ({"qubits": 1, "entangler": "none"}, "Photos · 1 qubit"),  # which has no partner for a CNOT
        ({"head": "linear", "qubits": 7, "momentum": 0.5}, "Photos · linear layer"),
        ({"head": "mlp", "hidden_units": 32, "patience": 5}, "Photos · MLP · 32 hidden · patience 5"),
        ({"optimiser": "sgd", "momentum": 0.5, "schedule": "one_cycle"}, "Photos · SGD · one cycle · momentum 0.5"),
        ({"freeze": "pre_net,circuit"}, "Photos · first layer, circuit frozen"),
        ({"head": "linear", "freeze": "pre_net,circuit"}, "Photos · linear layer"),
        ({"per_class": 5, "test_share": 0.3}, "Photos · 5 a class · test part 30%"),
        ({"learning_rate": 0.01, "epochs": 1}, "Photos · rate 0.01 · 1 epoch"),
        ({"source": "folder", "folder": "/home/secret/insects"}, "insects · usual settings"),
        (
            {"backbone": "efficientnet_lite0"},
            "Photos · usual settings",
        ),  # where it stands in, in every name
        (
            {"qubits": 6, "depth": 2, "epochs": 5, "seed": 3, "batch_size": 8},
            "Photos · 6 qubits · depth 2 · 5 epochs +2",
        ),
        ({"engine": "pennylane"}, "Photos · engine PennyLane"),
        (
            {"learning_rate": 0.000001, "epochs": 25, "engine": "torch"},
            "Photos · rate 0.000001 · 25 epochs +1",
        ),  # a longer one would be cut
    ],
)
def test_a_name_says_what_is_not_usual(settings, name):
    assert name_of(record(**settings)) == name


def test_of_a_head_from_elsewhere_only_the_circuit_is_said():
    assert name_of(replace(record(seed=3), train_size=0)) == "Head from elsewhere · 4 qubits · depth 6"


def test_a_typed_name_wins_and_costs_the_others_nothing():
    typed = record(1, "Photos · usual settings")
    assert names_of([typed, record(2)]) == {typed.id: typed.name, record(2).id: "Photos · usual settings"}


def test_what_was_left_out_is_said_only_where_it_tells_runs_apart():
    alike = {"qubits": 6, "depth": 2, "entangler": "ring"}
    one, two, other = record(1, **alike, seed=1), record(2, **alike, seed=2), record(3, qubits=3)
    names = names_of([one, two, other])
    assert names[one.id] == "Photos · 6 qubits · depth 2 · ring +1 · seed 1"
    assert names[two.id] == "Photos · 6 qubits · depth 2 · ring +1 · seed 2"
    assert names[other.id] == name_of(other)


def test_equal_settings_are_told_apart_by_accuracy_then_time_then_identifier():
    best, worst = record(1, right=148), record(2, right=146)
    assert list(names_of([best, worst]).values()) == [
        "Photos · usual settings · 96.7%",
        "Photos · usual settings · 95.4%",
    ]
    later = record(3, created=NOON + 3600)
    minutes = [f"{moment(each.created):%H:%M}" for each in (best, later)]
    assert [name.rpartition(", ")[2] for name in names_of([best, later]).values()] == minutes
    moment_later = record(3, created=NOON + 5)
    assert [name[-3:] for name in names_of([best, moment_later]).values()] == [":00", ":05"]
    assert [name[-6:] for name in names_of([best, record(9)]).values()] == ["000001", "000009"]


def test_the_image_network_is_said_where_only_it_differs():
    one, two = record(1), record(2, backbone="mobilenet_v2")
    assert list(names_of([one, two]).values()) == [
        "Photos · usual settings · ResNet-18",
        "Photos · usual settings · MobileNetV2",
    ]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"qubits": st.integers(3, 4), "seed": st.integers(0, 1), "gamma": st.sampled_from([0.1, 0.5])}
        ),
        max_size=12,
    )
)
def test_no_two_runs_of_a_list_are_called_the_same_whatever_its_order(found):
    runs = [record(number, **settings) for number, settings in enumerate(found)]
    names = names_of(runs)
    assert len(set(names.values())) == len(runs)
    assert names_of(runs[::-1]) == names
