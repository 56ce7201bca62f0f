"""A circuit laid on a machine, as a map shows it: ours by our routing, a fake backend's by Qiskit."""

from __future__ import annotations

import pickle

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.machines.catalogue import machine_names, machine_title
from qtl_core.machines.fake_backends import missing_packages
from qtl_core.machines.laid_circuit import LaidCircuit, laid_circuit, run_laid_job
from qtl_core.settings import CircuitSettings

PAPER = CircuitSettings()
needs_hardware = pytest.mark.skipif(bool(missing_packages()), reason="the extra `hardware` is not here")


def test_the_best_layout_of_the_paper_s_machine_turns_six_cnots():
    found = laid_circuit(PAPER, "ibmqx4")
    assert found.layout == found.measured == (4, 2, 0, 1)
    assert found.pairs == {(2, 4), (0, 2), (0, 1)}
    assert (found.before.gates, found.before.two_qubit) == (50, 18)
    assert (found.after.gates, found.after.two_qubit) == (50 + 6 * 4, 18)
    assert found.figures is not None
    assert found.figures.routed.turned == 6


def test_swaps_count_three_cnots_each():
    found = laid_circuit(PAPER, "ibmqx4", "1,4,0,3")
    assert found.figures is not None
    swaps, turned = found.figures.routed.swaps, found.figures.routed.turned
    assert swaps == 14
    assert found.after.two_qubit == 18 + 3 * swaps
    assert found.after.gates == 50 + 3 * swaps + 4 * turned
    assert found.after.depth > found.before.depth


@needs_hardware
def test_qiskit_lays_a_fake_backend_s_in_a_worker():
    sent: list[LaidCircuit] = []
    run_laid_job((PAPER, "fake_lima", "1,3,4,0"), sent.append, never_stop)
    found: LaidCircuit = pickle.loads(pickle.dumps(sent[0]))
    assert found.layout == (1, 3, 4, 0)
    assert set(found.measured) <= set(range(5))
    assert all(pair in found.machine.cnot_errors or pair[::-1] in found.machine.cnot_errors for pair in found.pairs)
    assert found.before == laid_circuit(PAPER, "ibmqx4").before
    assert found.after.two_qubit > found.before.two_qubit  # 4 and 0 lie apart
    assert found.figures is None


def test_what_does_not_fit_is_refused():
    with pytest.raises(UserError, match="5 qubits"):
        laid_circuit(CircuitSettings(qubits=6), "ibmqx4")
    with pytest.raises(UserError, match="no layout"):
        laid_circuit(PAPER, "ibmqx4", "1,0,2")


def test_a_machine_s_name_in_a_list_has_its_day_and_is_not_cut_off():
    said = [machine_title(name) for name in machine_names()]
    assert said[0].endswith("2019-08-23")
    assert max(map(len, said)) <= 40
