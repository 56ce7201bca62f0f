"""States of one mode: coherent, squeezed, of one photon; and a picture of any of them in phase space."""

from __future__ import annotations

import numpy as np

REACH, FINE = 9.0, 0.125  # of the integral below: states of fewer than 30 photons end within, and wave no faster


def coherent(amplitude: np.ndarray, cutoff: int) -> np.ndarray:
    """Returns what a laser sends, of any complex amplitude, shape (..., cutoff)."""
    return squeezed_coherent(amplitude, np.zeros(np.shape(amplitude)), cutoff)


def squeezed_coherent(amplitude: np.ndarray, squeezed: np.ndarray, cutoff: int) -> np.ndarray:
    """Returns S(squeezed) on a coherent state, exact up to the cutoff: by a S cosh = S a - a† S sinh, row by row."""
    amplitude, squeezed = np.asarray(amplitude, complex), np.asarray(squeezed, float)
    wide, slope = np.cosh(squeezed), np.tanh(squeezed)
    state = np.zeros((*amplitude.shape, cutoff), complex)
    state[..., 0] = wide**-0.5 * np.exp(slope * amplitude**2 / 2 - np.abs(amplitude) ** 2 / 2)
    for photons in range(1, cutoff):
        state[..., photons] = amplitude / wide * state[..., photons - 1]
        if photons > 1:
            state[..., photons] -= slope * np.sqrt(photons - 1) * state[..., photons - 2]
        state[..., photons] /= np.sqrt(photons)
    return state


def squeezed_photon(squeezed: np.ndarray, cutoff: int) -> np.ndarray:
    """Returns S(squeezed) on one photon: odd numbers of photons alone."""
    squeezed = np.asarray(squeezed, float)
    state = np.zeros((*squeezed.shape, cutoff))
    state[..., 1] = np.cosh(squeezed) ** -1.5
    for photons in range(3, cutoff, 2):
        state[..., photons] = -state[..., photons - 2] * np.tanh(squeezed) * np.sqrt(photons / (photons - 1))
    return state


def norms(states: np.ndarray) -> np.ndarray:
    """Returns how much of each state is left below the cutoff, 1 where nothing was lost."""
    left: np.ndarray = (np.abs(states) ** 2).sum(axis=-1)
    return left


def wigner(state: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Returns the Wigner function of a pure state, shape (momentum, position), both axes at `places`.

    W(x, p) is the integral of psi*(x + y) psi(x - y) exp(2 i p y) over y, by pi. The sum over a fine grid is exact to
    many digits, because psi falls as exp(-x² / 2). x = (a + a†) / sqrt 2: the vacuum is exp(-x² - p²) / pi.
    """
    aside = np.arange(-REACH, REACH + FINE / 2, FINE)
    ahead = oscillator(places[:, None] + aside, len(state)) @ state
    behind = ahead[:, ::-1]  # psi(x - y), as `aside` is symmetric
    waves = np.exp(2j * aside[:, None] * places)
    picture: np.ndarray = (((ahead.conj() * behind) @ waves).real * FINE / np.pi).T
    return picture


def oscillator(places: np.ndarray, cutoff: int) -> np.ndarray:
    """Returns the waves of 0, 1, 2 ... photons at places, shape (..., cutoff)."""
    waves = np.zeros((*places.shape, cutoff))
    waves[..., 0] = np.pi**-0.25 * np.exp(-(places**2) / 2)
    if cutoff > 1:
        waves[..., 1] = np.sqrt(2) * places * waves[..., 0]
    for photons in range(2, cutoff):
        waves[..., photons] = (
            np.sqrt(2 / photons) * places * waves[..., photons - 1]
            - np.sqrt((photons - 1) / photons) * waves[..., photons - 2]
        )
    return waves
