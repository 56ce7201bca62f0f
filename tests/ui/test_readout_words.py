"""Sentences on a readout, of readings that were really made."""

from __future__ import annotations

import pytest

from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.sweeps import SweepRequest, sweep_of
from qtl_core.settings import ReadoutSettings
from tests.readout.conftest import made_inputs
from ui.results.readout_words import kind_words, sweep_words

NOISE = ReadoutSettings(shots=20, depolarizing_two=0.02)
ESTIMATED = "estimated from 100 random courses of the noise for each picture"


@pytest.mark.parametrize("qubits", [3, 9])
def test_noise_on_many_qubits_says_that_it_is_estimated(qubits):
    inputs = made_inputs(2, qubits=qubits, depth=1)
    dialled = dial_reading(DialRequest(inputs, NOISE))
    said = kind_words(dialled)
    assert (
        f"One draw (20 shots, depolarising 0.02 after CNOTs), and how {dialled.spread.draws} further draws scatter."
        in said
    )
    swept = sweep_words(sweep_of(SweepRequest(inputs, NOISE, "shots"), values=(5,)), "pictures")
    assert [ESTIMATED in words for words in (said, swept)] == [qubits == 9] * 2
    assert ("standard error of its own, of at most 0.10" in said) == (qubits == 9)
