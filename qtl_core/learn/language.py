"""Sentences of two words as circuits: a noun is a qubit, a verb is a pair of qubits that takes the noun in.

After Lorenz et al., JAIR 76 (2023): the noun and the verb's first qubit are measured together and must come out as a
Bell pair (post-selection); the verb's second qubit then holds the sentence, and its chance of 1 is how well the two
words go together. All gates are RY and CNOT, so amplitudes are real.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn.adam import Adam

NOUNS = {"ant": "animal", "bee": "animal", "wasp": "animal", "rose": "plant", "oak": "plant", "fern": "plant"}
VERBS = {"crawls": "animal", "flies": "animal", "blooms": "plant", "wilts": "plant"}
HELD_OUT = frozenset(
    {
        ("bee", "crawls"),
        ("fern", "blooms"),
        ("oak", "flies"),
        ("wasp", "wilts"),
        ("rose", "crawls"),
        ("ant", "blooms"),
        ("oak", "wilts"),
        ("wasp", "flies"),
    }
)
STEPS, RATE, VERB_ANGLES = 120, 0.2, 4


@dataclass(frozen=True)
class Lesson:
    """The outcome of training.

    Attributes:
        fits: Chance that noun and verb go together, after every step, shape (steps + 1, nouns, verbs).
        kept: How probable it is that post-selection succeeds, at the end, shape (nouns, verbs).
    """

    fits: np.ndarray
    kept: np.ndarray


def truth() -> np.ndarray:
    """Returns whether noun and verb go together, shape (nouns, verbs), 1 or 0."""
    return np.array([[float(noun == verb) for verb in VERBS.values()] for noun in NOUNS.values()])


def learnt() -> np.ndarray:
    """Returns which sentences training sees, shape (nouns, verbs)."""
    return np.array([[(noun, verb) not in HELD_OUT for verb in VERBS] for noun in NOUNS])


def read(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns how well every sentence fits, and how probable its post-selection is.

    Args:
        angles: Of all words, shape (..., nouns + 4 * verbs).

    Returns:
        Two arrays of shape (..., nouns, verbs).
    """
    nouns = np.stack([np.cos(half := angles[..., : len(NOUNS)] / 2), np.sin(half)], axis=-1)
    verbs = verb_tables(angles[..., len(NOUNS) :].reshape(*angles.shape[:-1], len(VERBS), VERB_ANGLES))
    sentences = np.einsum("...ni,...vij->...nvj", nouns, verbs) / math.sqrt(2)  # the Bell pair's amplitude
    kept = np.square(sentences).sum(axis=-1)
    return np.square(sentences[..., 1]) / np.maximum(kept, 1e-12), kept


@lru_cache(maxsize=16)
def lesson(seed: int = 0) -> Lesson:
    """Trains all words on the sentences that are not held out, by gradient descent (Adam)."""
    count = len(NOUNS) + VERB_ANGLES * len(VERBS)
    angles = np.random.default_rng(seed).uniform(0, 2 * math.pi, count)
    adam, fits = Adam(RATE), [read(angles)[0]]
    turns = np.eye(count) * 1e-4
    for _ in range(STEPS):
        angles = adam.stepped(angles, (_loss(angles + turns) - _loss(angles - turns)) / 2e-4)
        fits.append(read(angles)[0])
    return Lesson(np.array(fits), read(angles)[1])


def right(fits: np.ndarray, which: np.ndarray) -> int:
    """Returns how many of the chosen sentences come out on the right side of one half."""
    return int(((fits > 0.5) == (truth() > 0.5))[which].sum())


def _loss(angles: np.ndarray) -> np.ndarray:
    """The cross-entropy of the sentences that are learnt; certainty ends at 0.001, or it would be endless."""
    fits = np.clip(read(angles)[0], 1e-3, 1 - 1e-3)
    wrong = -(truth() * np.log(fits) + (1 - truth()) * np.log(1 - fits))
    return wrong[..., learnt()].mean(axis=-1)


def verb_tables(angles: np.ndarray) -> np.ndarray:
    """Returns verbs as amplitudes, shape (..., 2, 2), the first index of the qubit that takes a noun.

    Args:
        angles: RY on both qubits, CNOT, RY on both; shape (..., 4).
    """
    cos, sin = np.cos(angles / 2), np.sin(angles / 2)
    before = np.stack([cos, sin], axis=-1)  # (..., 4, 2)
    pair = before[..., 0, :, None] * before[..., 1, None, :]
    pair = np.stack([pair[..., 0, :], pair[..., 1, ::-1]], axis=-2)
    turns = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], axis=-2)
    return np.einsum("...ai,...bj,...ij->...ab", turns[..., 2, :, :], turns[..., 3, :, :], pair)
