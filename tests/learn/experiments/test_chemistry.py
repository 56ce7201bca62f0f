"""Chemistry's experiment: molecules and circuit against PennyLane, and what its words say against its numbers."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from qtl_core.common.progress import never_stop
from qtl_core.learn.chemistry import ANGSTROM
from qtl_core.learn.experiments import chemistry
from qtl_core.learn.experiments.outcome import outcome_of
from qtl_core.learn.molecules import NAMES, molecule

ATOMS = {
    "H2": ("H", 0, "6-31g", [], [0, 1, 2]),
    "HeH+": ("He", 1, "6-31g", [], [0, 1, 2]),
    "LiH": ("Li", 0, "sto-3g", [0], [1, 2, 5]),
}
SEEDS = np.arange(20)
ANGLES = hnp.arrays(float, 8, elements=st.floats(-6, 6))
NINE = [1 << (5 - up) | 1 << (2 - down) for up in range(3) for down in range(3)]  # of 64 bit strings


@pytest.mark.parametrize(("key", "distance"), [("H2", 0.75), ("H2", 1.3), ("HeH+", 0.75), ("LiH", 1.6), ("LiH", 3.0)])
def test_all_nine_energies_are_those_of_pennylanes_own_integrals(key, distance):
    atom, charge, basis, full, active = ATOMS[key]
    places = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, distance * ANGSTROM]])
    atoms = qml.qchem.Molecule([atom, "H"], places, charge=charge, basis_name=basis, unit="bohr")
    terms = qml.qchem.fermionic_observable(*qml.qchem.electron_integrals(atoms, core=full, active=active)())
    whole = qml.matrix(qml.jordan_wigner(terms), wire_order=range(6)).real  # even wires spin up, odd ones down
    one_each = [1 << (5 - 2 * up) | 1 << (4 - 2 * down) for up in range(3) for down in range(3)]
    expected = np.linalg.eigvalsh(whole[np.ix_(one_each, one_each)])
    (ours,) = molecule(key).between(distance, distance)
    np.testing.assert_allclose(np.linalg.eigvalsh(ours), expected, atol=2e-5)


@pytest.mark.parametrize("key", NAMES)
def test_the_least_energies_are_pyscfs_at_every_distance_and_curves_are_smooth(key):
    found = molecule(key)
    np.testing.assert_allclose(np.linalg.eigvalsh(found.hamiltonians)[:, 0], found.least, atol=1e-8)
    mixing = found.hamiltonians * (1 - np.eye(9))
    bends = np.abs(np.diff(mixing, 2, axis=0)).max() / (found.distances[1] - found.distances[0]) ** 2
    assert bends < 5, "an orbital changed its sign or its place"
    assert 1.55 <= molecule("LiH").distances[molecule("LiH").least.argmin()] <= 1.6  # measured: 1.595 angstrom


@given(ANGLES)
def test_the_nine_amplitudes_are_those_of_the_circuit_of_six_qubits(angles):
    @qml.qnode(qml.device("default.qubit", wires=6))
    def circuit():
        qml.BasisState(np.array([1, 0, 0, 1, 0, 0]), wires=range(6))
        for angle, (up, down) in zip(angles[:4], [(1, 1), (1, 2), (2, 1), (2, 2)], strict=True):
            qml.DoubleExcitation(angle, wires=[up, 3 + down, 0, 3])
        for angle, (to, start) in zip(angles[4:], [(1, 0), (2, 0), (4, 3), (5, 3)], strict=True):
            qml.SingleExcitation(angle, wires=[to, start])
        return qml.state()

    state = circuit()
    np.testing.assert_allclose(chemistry.states(angles[None])[0], state[NINE], atol=1e-9)
    assert np.square(np.abs(state[NINE])).sum() == pytest.approx(1)


@given(ANGLES, st.integers(0, 7))
def test_one_angle_is_set_where_the_energy_is_least(angles, which):
    hamiltonian = molecule("LiH").between(2.0, 2.0)
    tried = np.repeat(angles[None], 300, axis=0)
    tried[:, which] = np.linspace(0, 4 * np.pi, 300)
    best = chemistry._best(hamiltonian, angles[None], which)
    least = chemistry.energies(np.repeat(hamiltonian, 300, axis=0), tried).min()
    assert chemistry.energies(hamiltonian, best)[0] <= least + 1e-5
    assert (np.delete(best[0], which) == np.delete(angles, which)).all()


def test_a_likeness_of_zero_costs_evaluations_and_the_nearest_saves_most():
    found = {stop.value: _outcome(stop) for stop in chemistry.EXPERIMENT.likenesses}
    assert found[0.0].verdict == found[0.2].verdict == "lost"
    assert found[0.3].verdict != "saved"
    assert [found[value].verdict for value in (0.6, 0.8, 0.95)] == ["saved"] * 3
    assert found[0.6].saved < found[0.8].saved < found[0.95].saved
    assert all(each.scratch.missed == 0 for each in found.values())


def test_equal_arguments_give_equal_curves_and_fewer_seeds_the_first_of_them():
    stop = chemistry.EXPERIMENT.likenesses[4]
    first, again, fewer = (chemistry.learn(stop, SEEDS[:count], never_stop) for count in (20, 20, 3))
    assert (first.transferred == again.transferred).all()
    np.testing.assert_allclose(first.transferred[:3], fewer.transferred, atol=1e-12)
    assert first.evaluations[:3].tolist() == [0, 5, 9]


@pytest.mark.parametrize(
    ("key", "at"), [(key, at) for key in NAMES for at in (0, 5, 10, 16)] + [("LiH", 60), ("LiH", 120)]
)
def test_kept_angles_are_good_around_where_they_were_learnt_and_nowhere_else(key, at):
    errors = chemistry.kept_errors(key, float(molecule(key).distances[at]))
    (good,) = np.nonzero(errors <= chemistry.CHEMICAL_ACCURACY)
    assert good[0] <= at <= good[-1]
    assert len(good) == good[-1] - good[0] + 1  # as the page says it: from one distance to another


def test_what_is_said_to_do_as_well_does():
    drawn = np.array([chemistry._at("LiH", 2.8, 3.2)(np.random.default_rng(seed)) for seed in SEEDS])
    least = np.linalg.eigvalsh(drawn)[:, 0]
    assert np.median(drawn[:, 0, 0] - least) == pytest.approx(0.095, abs=0.001)
    perturbed = np.zeros((20, 8))
    for at, (_, (high,)) in enumerate(chemistry.EXCITATIONS[:4]):
        perturbed[:, at] = 2 * np.arctan(drawn[:, 0, high] / (drawn[:, 0, 0] - drawn[:, high, high]))
    errors, _ = chemistry._descent(drawn, perturbed, never_stop)
    assert np.median(errors[:, 0]) == pytest.approx(0.007, abs=0.0005)
    steps = (errors <= chemistry.CHEMICAL_ACCURACY).argmax(axis=1)
    assert np.median(4 * steps + 1) == 61
    assert _outcome(chemistry.EXPERIMENT.likenesses[3]).transferred.median > 61


def _outcome(stop):
    return outcome_of(stop, chemistry.learn(stop, SEEDS, never_stop), chemistry.EXPERIMENT.quality)
