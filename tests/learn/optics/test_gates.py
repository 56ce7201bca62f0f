"""One mode of light agrees with closed forms, with PennyLane's Gaussian device, and with a mode of far more room."""

from __future__ import annotations

from math import factorial

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from qtl_core.learn.optics.gates import bender, displacement, lowering, rotation, squeezing
from qtl_core.learn.optics.states import coherent, norms, oscillator, squeezed_coherent, squeezed_photon, wigner

CUTOFF, ROOM = 15, 160
EXACT = 1e-12
AMOUNTS = st.floats(-1, 1)
PLACES = np.linspace(-5, 5, 41)


@given(AMOUNTS)
def test_displacement_and_squeezing_are_cut_out_of_a_mode_with_far_more_room(amount):
    lower = lowering(ROOM)
    shift = expm(amount * (lower.T - lower))[:CUTOFF, :CUTOFF]
    assert displacement(np.array(amount), CUTOFF, CUTOFF) == pytest.approx(shift, abs=EXACT)
    squeeze = expm(amount / 2 * (lower @ lower - (lower @ lower).T))[:CUTOFF, :CUTOFF]
    assert squeezing(np.array(amount), CUTOFF, CUTOFF) == pytest.approx(squeeze, abs=1e-9)


def test_a_shifted_vacuum_is_the_coherent_state_of_the_textbook():
    photons, amplitude = np.arange(CUTOFF), 0.9 * np.exp(0.7j)
    textbook = np.exp(-0.405) * amplitude**photons / np.sqrt([float(factorial(each)) for each in photons])
    made = displacement(np.array(0.9), CUTOFF, CUTOFF)[:, 0] * rotation(np.array(0.7), CUTOFF)
    assert made == pytest.approx(textbook, abs=EXACT)
    assert coherent(np.array(amplitude), CUTOFF) == pytest.approx(textbook, abs=EXACT)


def test_a_squeezed_vacuum_has_pairs_of_photons_as_in_the_textbook():
    made, half = squeezing(np.array(0.8), CUTOFF, 1)[:, 0], np.arange(8)
    sizes = np.sqrt([float(factorial(2 * each)) for each in half]) / (2.0**half * [factorial(each) for each in half])
    assert made[::2] == pytest.approx((-np.tanh(0.8)) ** half * sizes / np.sqrt(np.cosh(0.8)), abs=EXACT)
    assert not made[1::2].any()


@given(AMOUNTS, AMOUNTS, st.floats(-3, 3))
def test_gaussian_states_count_as_many_photons_as_pennylanes(shift, squeeze, turn):
    @qml.qnode(qml.device("default.gaussian", wires=1))
    def circuit():
        qml.Displacement(shift, 0.0, wires=0)
        qml.Rotation(turn, wires=0)
        qml.Squeezing(squeeze, 0.0, wires=0)
        return qml.expval(qml.FockStateProjector(np.array([0]), wires=0))

    state = squeezed_coherent(np.array(shift * np.exp(1j * turn)), np.array(squeeze), CUTOFF)
    assert abs(state[0]) ** 2 == pytest.approx(float(circuit()), abs=1e-9)


@given(AMOUNTS)
def test_a_squeezed_photon_is_squeezing_applied_to_a_photon(squeeze):
    made = squeezing(np.array(squeeze), CUTOFF, 2)[:, 1]
    assert squeezed_photon(np.array(squeeze), CUTOFF) == pytest.approx(made, abs=EXACT)
    assert not made[::2].any()  # and so it is never dark


def test_a_kerr_gate_turns_a_beam_into_two_at_once():
    start = coherent(np.array(2.0), 30)
    bent = bender("kerr", 30).gate(np.array(np.pi / 2)) @ start
    two = (np.exp(1j * np.pi / 4) * start + np.exp(-1j * np.pi / 4) * coherent(np.array(-2.0), 30)) / np.sqrt(2)
    assert bent == pytest.approx(two, abs=1e-10)


def test_norm_lost_at_the_cutoff_is_that_of_the_photons_above_it():
    amplitude = 2.5
    chances = [np.exp(-(amplitude**2)) * amplitude ** (2 * each) / factorial(each) for each in range(8)]
    assert norms(coherent(np.array(amplitude), 8)) == pytest.approx(sum(chances), abs=EXACT)
    assert norms(coherent(np.array(amplitude), 8)) < 0.75


@pytest.mark.parametrize(("amount", "least", "most"), [(0.1, 0, 1e-4), (0.3, 0.01, 0.05), (1.0, 0.3, 0.6)])
def test_a_cubic_gate_of_cutoff_15_is_off_by_more_the_stronger_it_is(amount, least, most):
    """The gate of a mode without end, by integrating over position with the oscillator's waves."""
    places = np.linspace(-25, 25, 8001)
    waves = oscillator(places, 6)
    endless = waves.T * np.exp(1j * amount / 6 * (np.sqrt(2) * places) ** 3) @ waves * (places[1] - places[0])

    def off(cutoff):
        return np.abs(bender("cubic", cutoff).gate(np.array(amount))[:6, :6] - endless).max()

    assert least <= off(15) <= most
    assert off(200) < 1e-5


def test_the_wigner_function_is_that_of_closed_forms():
    across, up = PLACES, PLACES[:, None]
    vacuum, photon = np.eye(CUTOFF)[0], np.eye(CUTOFF)[1]
    round_one = np.exp(-(across**2) - up**2) / np.pi
    assert wigner(vacuum, PLACES) == pytest.approx(round_one, abs=1e-10)
    assert wigner(photon, PLACES) == pytest.approx(round_one * (2 * (across**2 + up**2) - 1), abs=1e-10)
    beam = wigner(coherent(np.array(1 + 0.5j), 30), PLACES)
    moved = np.exp(-((across - np.sqrt(2)) ** 2) - (up - np.sqrt(0.5)) ** 2) / np.pi
    assert beam == pytest.approx(moved, abs=1e-10)
    squeezed = wigner(squeezing(np.array(0.5), 40, 1)[:, 0], PLACES)
    narrow = np.exp(-(across**2) * np.exp(1.0) - up**2 * np.exp(-1.0)) / np.pi
    assert squeezed == pytest.approx(narrow, abs=1e-6)


def test_the_wigner_function_adds_up_to_what_the_cutoff_left():
    state = coherent(np.array(1.2), 15) * 0.9
    places = np.linspace(-7, 7, 113)
    assert wigner(state, places).sum() * (places[1] - places[0]) ** 2 == pytest.approx(norms(state), abs=1e-8)
