"""What is said of a run that was trained from shots or under noise: of its own figures, and of what is exact."""

from __future__ import annotations

import pytest

from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.settings.readout_words import exact_words, figures_words, noise_in_words, readout_in_words


def test_figures_of_shots_are_one_draw_and_those_of_noise_are_averages():
    drawn = figures_words(RunSettings().changed(shots=100, depolarizing_two=0.02))
    assert drawn.startswith(
        "Each figure is one draw: every circuit is measured with 100 shots, depolarising 0.02 after CNOTs."
    )
    average = figures_words(RunSettings().changed(readout_flip=0.1))
    assert "an average over the noise (0.1 of the bits read wrongly)" in average and "draw" not in average


def test_what_is_exact_is_said_with_how_the_run_was_trained():
    said = exact_words(RunSettings().changed(machine="ibmqx4", layout="4,2,0,1", shots=1))
    assert "exact circuit" in said and "1 shot, the errors of ibmqx4 on its qubits 4,2,0,1;" in said


@pytest.mark.parametrize("changes", [{}, {"shots": 9, "head": "linear"}, {"machine": "ibmqx4", "head": "mlp"}])
def test_nothing_is_said_of_a_run_that_was_read_exactly_or_has_no_circuit(changes):
    settings = RunSettings().changed(**changes)
    assert exact_words(settings) == figures_words(settings) == ""


def test_a_stranger_s_machine_is_no_more_than_a_name():
    readout = RunSettings().changed(machine='x"""\nimport os\n[a](b)`', layout="1,0`*").readout
    assert readout_in_words(readout) == "averages over the noise, the errors of ximportosab on its qubits 1,0"


def test_noise_is_said_alone_where_the_sentence_says_the_rest():
    noisy = ReadoutSettings(shots=9, depolarizing_two=0.1, readout_flip=0.05)
    assert noise_in_words(noisy) == "depolarising 0.1 after CNOTs, 0.05 of the bits read wrongly"
    assert noise_in_words(ReadoutSettings(shots=9)) == ""
    left_open = noise_in_words(ReadoutSettings(machine="fake_lima"))
    assert left_open == "the errors of fake_lima on qubits that the app chose"  # there Qiskit does, not by least error
