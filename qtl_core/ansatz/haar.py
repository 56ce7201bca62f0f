"""Fidelities of random states, and how far a sample of fidelities is from them.

S. Sim, P. D. Johnson, A. Aspuru-Guzik, Expressibility and entangling capability of parameterized quantum circuits for
hybrid quantum-classical algorithms, Adv. Quantum Technol. 2, 1900070 (2019). Two states drawn evenly from all states
of N dimensions (the Haar measure) have fidelity F with density (N - 1)(1 - F)^(N - 2).
"""

from __future__ import annotations

import numpy as np

BINS = 75  # the paper's
REPEATS = 400  # of the bootstrap, and of samples that are Haar-random
BLIND_SHARE = 0.95  # of random fidelities in one bin: from there on the histogram tells circuits hardly apart


def haar_log_shares(dimension: int) -> np.ndarray:
    """Returns the natural logarithm of the share of Haar fidelities in each of the bins, shape (BINS,).

    A share is (1 - low)^(N - 1) - (1 - high)^(N - 1); of the last bins it is too small to be a number for many qubits,
    its logarithm is not.
    """
    edges = np.arange(BINS) / BINS
    return (dimension - 1) * np.log1p(-edges) + np.log1p(-((1 - 1 / (BINS * (1 - edges))).clip(0) ** (dimension - 1)))


def divergence(counts: np.ndarray, log_shares: np.ndarray) -> np.ndarray:
    """Returns the Kullback-Leibler divergence of histograms from the Haar one, nats: shape (..., BINS) to (...).

    From 0 up to (N - 1) ln BINS, where all fidelities are 1.
    """
    shares = counts / counts.sum(axis=-1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return (shares * (logs - log_shares)).sum(axis=-1)


def histogram(fidelities: np.ndarray) -> np.ndarray:
    """Returns how many fidelities are in each bin, shape (BINS,); rounding above 1 counts as 1."""
    return np.histogram(np.clip(fidelities, 0, 1), bins=BINS, range=(0, 1))[0]


def bootstrap_error(counts: np.ndarray, log_shares: np.ndarray, generator: np.random.Generator) -> float:
    """Returns the standard error of the divergence, from as many pairs drawn again out of those there are."""
    again = generator.multinomial(counts.sum(), counts / counts.sum(), size=REPEATS)
    return float(divergence(again, log_shares).std(ddof=1))


def divergence_of_chance(pairs: int, log_shares: np.ndarray, generator: np.random.Generator) -> float:
    """Returns the divergence that as many pairs of truly Haar-random states show on average.

    A sample's divergence is too large by chance, as its bins are never filled quite evenly; this is by how much.
    """
    shares = np.exp(log_shares)
    chance = generator.multinomial(pairs, shares / shares.sum(), size=REPEATS)
    return float(divergence(chance, log_shares).mean())


def is_blind(dimension: int) -> bool:
    """Whether nearly all random fidelities fall into the first bin, so that the divergence says little."""
    return bool(np.exp(haar_log_shares(dimension)[0]) > BLIND_SHARE)
