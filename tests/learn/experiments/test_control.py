"""Pulses carried from one qubit to another, and from one pair of qubits to another."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.optimize import minimize

from qtl_core.common.progress import never_stop
from qtl_core.learn.experiments import control, pulse_transfer, two_qubit_control
from qtl_core.learn.experiments.outcome import corrected, outcome_of
from qtl_core.learn.pulses import searched, with_slopes
from qtl_core.learn.register import CNOT, H, X, Y, Z

SEEDS = np.arange(control.EXPERIMENT.seeds)
BOTH = pytest.mark.parametrize("module", [control, two_qubit_control])


@BOTH
def test_near_systems_save_and_systems_with_nothing_in_common_do_not(module):
    experiment = module.EXPERIMENT
    found = corrected(
        [outcome_of(each, module.learn(each, SEEDS, never_stop), experiment.quality) for each in experiment.likenesses]
    )
    assert found[0].verdict != "saved"
    assert [each.verdict for each in found[3:]] == ["saved"] * 3
    assert found[3].saved < found[4].saved < found[5].saved  # the nearer, the more
    assert found[experiment.usual].scratch.missed <= 1


@BOTH
def test_equal_arguments_give_equal_curves_and_seeds_do_not_depend_on_one_another(module):
    likeness = module.EXPERIMENT.likenesses[0]
    once = module.learn(likeness, SEEDS[:3], never_stop)
    again, one = (module.learn(likeness, seeds, never_stop) for seeds in (SEEDS[:3], SEEDS[2:3]))
    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in vars(once))
    assert once.transferred[2, :3] == pytest.approx(one.transferred[0, :3], rel=1e-6)
    near = module.learn(module.EXPERIMENT.likenesses[-1], SEEDS[:3], never_stop)
    assert np.array_equal(near.scratch, once.scratch)  # task B and its fresh start are the same at every stop


def test_one_qubit_turns_as_its_hamiltonian_says():
    strengths = np.linspace(-1, 1, control.PIECES)
    gate = np.eye(2)
    for strength in strengths:
        gate = expm(-1j * np.pi * control.PIECE * (2.1 * Z + control.DRIVE * strength * X)) @ gate
    error, _ = with_slopes(control.qubits(np.array([2.1]), H[None]), strengths[None, :, None])
    assert error[0] == pytest.approx(1 - abs(np.trace(H @ gate)) ** 2 / 4, abs=1e-12)


def test_two_qubits_swap_their_excitation_once_in_half_a_turn_of_their_coupling():
    still = np.zeros((1, two_qubit_control.PIECES, two_qubit_control.KNOBS))
    iswap = np.array([[1, 0, 0, 0], [0, 0, -1j, 0], [0, -1j, 0, 0], [0, 0, 0, 1]])
    coupling = 0.5 / (two_qubit_control.PIECES * two_qubit_control.PIECE)
    error, _ = with_slopes(two_qubit_control.pairs(np.array([coupling]), iswap[None]), still)
    assert error[0] < 1e-9
    assert np.allclose(two_qubit_control.DRIVES[3], np.kron(np.eye(2), Y))


def test_starting_afresh_is_done_as_well_as_by_scipys_search():
    seeds = np.arange(8)
    curves = control.learn(control.EXPERIMENT.likenesses[0], seeds, never_stop)
    ours = np.median(curves.scratch.__le__(1e-3).argmax(axis=1))
    theirs = []
    for seed in seeds:
        dice = np.random.default_rng([seed, 18])
        qubit = control.qubits(dice.uniform(1.7, 2.3, 1), H[None])
        seen: list[float] = []

        def error(drive, qubit=qubit, seen=seen):
            value, slopes = with_slopes(qubit, drive.reshape(1, -1, 1))
            seen.append(value[0])
            return value[0], slopes.ravel()

        minimize(error, dice.uniform(-1, 1, (2, 10))[1], jac=True, method="L-BFGS-B", bounds=[(-1, 1)] * 10)
        theirs.append(next(index for index, value in enumerate(seen) if value <= 1e-3))
    assert ours <= np.median(theirs) + 2


@pytest.mark.parametrize(
    ("module", "gap", "good"), [(control, 0.02, 20), (two_qubit_control, 0.01, 20), (two_qubit_control, 0.02, 15)]
)
def test_a_pulse_from_a_simulation_that_is_nearly_right_needs_no_run(module, gap, good):
    made, middle, wanted = {
        control: (control.qubits, control.DETUNING, H),
        two_qubit_control: (two_qubit_control.pairs, two_qubit_control.COUPLING, CNOT),
    }[module]
    dice = [np.random.default_rng([seed, 18 if module is control else 19]) for seed in SEEDS]
    values = np.array([each.uniform(middle - module.SPREAD, middle + module.SPREAD) for each in dice])
    gates = np.array([wanted] * len(SEEDS))
    knobs = 1 if module is control else module.KNOBS
    starts = np.array([each.uniform(-1, 1, (2, module.PIECES, knobs))[0] for each in dice])
    drive = searched(made(values + gap, gates), starts, 60).drive
    errors, _ = with_slopes(made(values, gates), drive)
    assert (errors <= pulse_transfer.QUALITY.target).sum() == good
    assert f"{gap} MHz" in module.EXPERIMENT.without and f"{good}" in module.EXPERIMENT.without
