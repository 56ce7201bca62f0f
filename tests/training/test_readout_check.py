"""Training under a readout: what is refused beforehand, and how many circuits it takes, counted while it trains."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.training import readout_simulator
from qtl_core.training.forecast import forecast
from qtl_core.training.readout_check import check_readout, readout_note, training_circuits
from qtl_core.training.run import train

POINTS = RunSettings().changed(source="points", points=40, epochs=2, qubits=2, depth=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"shots": 3},
        {"shots": 3, "freeze": "circuit"},
        {"shots": 3, "freeze": "pre_net", "depolarizing_two": 0.1},
        {"shots": 3, "head": "dressed_fixed"},
        {"shots": 3, "reuploading": True},
        {"depolarizing_one": 0.1},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_circuits_are_counted_as_training_runs_them(monkeypatch, own_home, changes):
    ran, plain = [], readout_simulator.probabilities_of_each

    def counting(noisy, angles, rows):
        ran.append(len(angles) * len(rows))
        return plain(noisy, angles, rows)

    monkeypatch.setattr(readout_simulator, "probabilities_of_each", counting)
    settings = POINTS.changed(**changes)
    prepared = train(settings, keep=False).prepared
    assert sum(ran) == training_circuits(settings, prepared.train_size, prepared.val_size) > 0
    assert forecast(settings).circuits == training_circuits(settings, prepared.train_size, prepared.val_size)


def test_what_is_read_exactly_runs_none_and_is_never_refused():
    assert training_circuits(POINTS, 9, 9) == 0 and readout_note(POINTS) == ""
    check_readout(POINTS.changed(qubits=12))
    check_readout(POINTS.changed(qubits=9, depolarizing_two=0.1, head="linear"))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"qubits": 9, "depolarizing_one": 0.01}, "A circuit of 9 qubits cannot be trained under noise here."),
        ({"machine": "nowhere"}, "nowhere"),
        ({"machine": "ibmqx4", "qubits": 6}, "ibmqx4"),
        ({"machine": "ibmqx4", "layout": "0,0,1,2"}, "layout"),
    ],
    ids=["wires", "no machine", "too small", "layout"],
)
def test_what_cannot_be_trained_is_refused_before_anything_is_measured(changes, what):
    for refuse in (check_readout, forecast):
        with pytest.raises(UserError, match=what):
            refuse(RunSettings().changed(source="points", **changes))


def test_shots_without_noise_are_trained_on_any_number_of_qubits():
    check_readout(POINTS.changed(qubits=12, shots=10))


def test_the_note_says_which_engine_did_it_and_what_shots_mean():
    assert readout_note(POINTS.changed(shots=5)).endswith(
        "The torch engine did it, as no other knows shots or noise. Other shots would have given other numbers."
    )
    assert "engine" not in readout_note(POINTS.changed(readout_flip=0.1, engine="torch"))
