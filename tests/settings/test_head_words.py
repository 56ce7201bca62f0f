"""A head in a few words names what plays a part in it, and nothing else."""

from __future__ import annotations

import pytest

from qtl_core.settings import RunSettings
from qtl_core.settings.head_words import counted, head_in_words
from qtl_core.settings.heads import HEADS

SAID = {
    "dressed": "4 qubits, depth 6",
    "dressed_fixed": "4 qubits, depth 6, angles left at random",
    "linear": "linear layer",
    "bottleneck": "bottleneck of 4 units",
    "mlp": "hidden layer of 16 units",
}


@pytest.mark.parametrize("head", HEADS)
def test_every_head_is_said_in_its_own_words(head):
    assert head_in_words(RunSettings().changed(head=head), 512, 2) == SAID[head]


def test_a_width_that_is_not_known_is_not_said():
    assert head_in_words(RunSettings().changed(head="bottleneck")) == "bottleneck"


def test_one_is_one():
    one = RunSettings().changed(qubits=1, depth=1, hidden_units=1)
    assert head_in_words(one) == "1 qubit, depth 1"
    assert head_in_words(one.changed(head="mlp")) == "hidden layer of 1 unit"
    assert counted(2, "layer") == "2 layers"
