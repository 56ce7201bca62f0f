"""Expressibility and entangling capability, where they are known by hand and by theory."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.network.analysis import expressibility
from qtl_core.network.analysis.expressibility import (
    meyer_wallach,
    random_entanglement,
    sample,
    sampling_pairs,
    sampling_seconds,
)
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.entanglement import bloch_vectors, purities
from qtl_core.network.gates import AngleSource, Circuit, Gate
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name

PAIRS = 2000
GREATEST = CircuitSettings(qubits=12, depth=20, rotation="rot", reuploading=True)


def haar_states(states: int, wires: int) -> np.ndarray:
    generator = np.random.default_rng(5)
    values = generator.normal(size=(2, states, 2**wires))
    return (values[0] + 1j * values[1]) / np.linalg.norm(values, axis=(0, 2))[:, None]


def sampled(**settings: object) -> expressibility.SampledStates:
    return sample(build_circuit(CircuitSettings(**settings)), PAIRS)


def test_qubits_that_never_meet_are_not_entangled():
    for settings in ({"depth": 0}, {"depth": 3, "entangler": "none", "rotation": "rot"}):
        found = sampled(**settings)
        assert found.entanglement == pytest.approx(0, abs=1e-12)
        assert found.entanglement_error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("wires", [2, 3, 5])
def test_a_ghz_state_has_the_greatest_q(wires):
    state = np.zeros((1, 2**wires))
    state[0, [0, -1]] = math.sqrt(0.5)
    assert meyer_wallach(state) == pytest.approx([1])


def test_q_is_made_of_the_single_qubits_purities():
    states = haar_states(4, 3)
    wanted = [2 * (1 - purities(bloch_vectors(state)).mean()) for state in states]
    np.testing.assert_allclose(meyer_wallach(states), wanted, atol=1e-12)


@pytest.mark.parametrize("wires", [1, 2, 4])
def test_random_states_have_the_q_and_the_fidelities_of_theory(wires):
    states, log_shares = haar_states(2 * PAIRS, wires), expressibility.haar_log_shares(2**wires)
    found = meyer_wallach(states)
    error = found.std() / math.sqrt(len(found))
    assert abs(found.mean() - random_entanglement(wires)) <= 4 * error + 1e-12
    fidelities = np.abs(np.einsum("ba,ba->b", states[:PAIRS].conj(), states[PAIRS:])) ** 2
    divergence = expressibility.divergence(expressibility.histogram(fidelities), log_shares)
    chance = expressibility.divergence_of_chance(PAIRS, log_shares, np.random.default_rng(0))
    assert 0.3 * chance < divergence < 2.5 * chance


@pytest.mark.parametrize("dimension", [2, 4, 16, 4096])
def test_the_bins_shares_are_the_integrals_of_the_density(dimension):
    shares, edges = np.exp(expressibility.haar_log_shares(dimension)), np.linspace(0, 1, expressibility.BINS + 1)
    np.testing.assert_allclose(shares, -np.diff((1 - edges) ** (dimension - 1)), atol=1e-14)
    assert np.isfinite(expressibility.haar_log_shares(dimension)).all()


def test_a_circuit_that_does_nothing_is_as_far_from_random_as_can_be():
    for wires in (1, 4):
        idle = Circuit(wires, tuple(Gate("H", (wire,)) for wire in range(wires)), 0)
        found = sample(idle, PAIRS)
        assert found.divergence == pytest.approx((2**wires - 1) * math.log(expressibility.BINS))
        assert found.divergence_error == pytest.approx(0, abs=1e-9)


def test_a_qubit_turned_every_way_is_nearly_random_and_turned_one_way_is_not():
    turns = tuple(Gate("Rot", (0,), tuple(AngleSource("weight", 3 * k + i) for i in range(3))) for k in range(4))
    every_way = sample(Circuit(1, (Gate("H", (0,)), *turns), 12), PAIRS)
    assert every_way.divergence < 2 * every_way.divergence_of_chance + 3 * every_way.divergence_error
    one_way = sampled(qubits=1, depth=2)
    # cos^2 of an even angle has density 1 / (pi sqrt(F (1 - F))), whose divergence from even is ln(4 / pi) = 0.24
    assert one_way.divergence == pytest.approx(math.log(4 / math.pi), abs=0.05)
    assert one_way.divergence > 10 * one_way.divergence_of_chance


def test_the_error_is_as_wide_as_the_figure_moves_from_sample_to_sample():
    circuit = build_circuit(CircuitSettings(qubits=2, depth=2))
    found = [sample(circuit, 500, seed=seed) for seed in range(40)]
    for figure in ("divergence", "entanglement"):
        spread = np.std([getattr(each, figure) for each in found], ddof=1)
        said = np.mean([getattr(each, f"{figure}_error") for each in found])
        assert 0.6 < said / spread < 1.6


def test_the_same_seed_gives_the_same_figures_and_another_gives_others():
    circuit = build_circuit(CircuitSettings(qubits=3, depth=2))
    first, again, other = (sample(circuit, 700, seed=seed) for seed in (0, 0, 1))
    assert (first.divergence, first.entanglement) == (again.divergence, again.entanglement)
    assert first.divergence != other.divergence


def test_it_says_how_far_it_is(monkeypatch):
    reports = []
    monkeypatch.setattr(expressibility, "AMPLITUDES_AT_ONCE", 2**3 * 2 * 300)
    found = sample(build_circuit(CircuitSettings(qubits=3)), 700, lambda done, total: reports.append((done, total)))
    assert reports == [(300, 700), (600, 700), (700, 700)]
    assert found.pairs == 700


def test_it_stops_when_told_to():
    with pytest.raises(StoppedByUser):
        sample(build_circuit(CircuitSettings()), PAIRS, should_stop=lambda: True)


def test_time_that_runs_out_leaves_fewer_pairs_and_says_so(monkeypatch):
    monkeypatch.setattr(expressibility, "LONGEST_SECONDS", 0.0)
    monkeypatch.setattr(expressibility, "AMPLITUDES_AT_ONCE", 2**4 * 2 * 300)
    assert sample(build_circuit(CircuitSettings()), PAIRS).pairs == 600


@pytest.mark.parametrize("settings", [*CIRCUITS, GREATEST], ids=name)
def test_what_is_asked_for_is_affordable(settings):
    circuit = build_circuit(settings)
    assert expressibility.FEWEST <= sampling_pairs(circuit) <= expressibility.MOST
    assert sampling_seconds(circuit) <= expressibility.BUDGET_SECONDS


def test_with_many_qubits_the_histogram_is_called_blind():
    assert [expressibility.is_blind(2**wires) for wires in (1, 4, 7, 8, 12)] == [False, False, False, True, True]
