"""Training from shots or under noise from a shell: its options, its last line, and what is said of the run later."""

from __future__ import annotations

import json

import pytest

from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import exact_words
from qtl_core.settings.relevant import READOUT
from tests.helpers.shell import shell

POINTS = {"points": 40, "epochs": 2, "qubits": 2, "depth": 1, "shots": 9, "depolarizing_two": 0.1}
EXACT = exact_words(RunSettings().changed(source="points", **POINTS))


def asked(**changes: object) -> list[object]:
    words = [[f"--{name.replace('_', '-')}", value] for name, value in (POINTS | changes).items()]
    return ["--data", "spirals", "--lr", 0.05, *(each for pair in words for each in pair)]


def last_of(capsys, **changes: object) -> dict:
    done = shell(capsys, "train", *asked(**changes), "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def run(capsys) -> str:
    return last_of(capsys)["run"]


def test_every_setting_of_the_readout_is_an_option_of_train(capsys):
    said = shell(capsys, "train", "--help").stdout
    assert READOUT and all(f"--{name.replace('_', '-')}" in said for name in READOUT)


def test_the_last_line_says_how_the_circuit_was_read(capsys):
    found = last_of(capsys)
    assert found["readout"]["shots"] == 9 and found["readout"]["depolarizing_two"] == 0.1
    assert found["notes"][-1].startswith("Trained, validated and tested with 9 shots, depolarising 0.1 after CNOTs")
    assert last_of(capsys, shots=0, depolarizing_two=0)["readout"] is None


def test_the_same_command_gives_the_same_figures(capsys):
    first, again = (
        {name: value for name, value in last_of(capsys).items() if name != "run" and not name.startswith("seconds")}
        for _ in range(2)
    )
    assert first == again


def test_what_cannot_be_trained_is_refused_with_what_to_do(capsys):
    done = shell(capsys, "train", *asked(qubits=9))
    assert done.returncode == 2 and "A circuit of 9 qubits cannot be trained under noise here." in done.stderr
    assert "Choose 8 qubits or fewer" in done.stderr


def test_what_is_exact_is_said_beside_and_never_in_the_figures(capsys, run: str):
    answered = shell(capsys, "predict", "--run", run, "--json", "0.1,0.2")
    assert EXACT in answered.stderr and json.loads(answered.stdout)["label"]
    changes = shell(capsys, "runs", "changes", run)
    assert changes.stdout.splitlines()[-1] == EXACT
    assert json.loads(shell(capsys, "runs", "changes", run, "--json").stdout)["exact_circuit"] == EXACT
    drawn = shell(capsys, "draw", "--run", run, "--format", "qasm2", "--output", "-")
    assert EXACT in drawn.stderr and drawn.stdout.startswith("OPENQASM")


def test_nothing_of_it_is_said_of_a_run_that_was_read_exactly(capsys):
    run = last_of(capsys, shots=0, depolarizing_two=0)["run"]
    for words in (("predict", "--run", run, "0.1,0.2"), ("draw", "--run", run, "--format", "qasm2", "--output", "-")):
        assert "exact circuit" not in shell(capsys, *words).stderr
