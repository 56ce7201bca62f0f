"""Nouns learnt in one task of sentences, and carried to other verbs: the sentences of the Learn page, with more words.

Twelve nouns, six animals and six plants, and verbs that go with either. Task A has six verbs and all 72 sentences;
task B has four, and 36 of its 48 sentences, so that each noun is not seen with one verb, and is asked about with it.
In task A some of the nouns are of the other kind. With six of them, half, what a noun was tells nothing of what it is:
how alike the tasks are is the share of nouns that kept their kind, from a half on. A seed draws which sentences are
not seen, which nouns are of the other kind, and both fresh starts; carried nouns are trained on, as fresh ones are.

A sentence's chance is a ratio of two measured chances (`qtl_core.learn.language`); both and their slopes come from
eleven runs: one as it is, and two for each of its five angles (parameter-shift rule).

Tried by hand, for task B from scratch: 8 and 12 nouns, 4 and 6 verbs, 2 to 4 of them seen with each noun (with half of
the sentences unseen, most seeds never get there); nouns spread by 0.05 to 1 and verbs by 0.1 to 2 about undecided,
and both drawn from the whole circle (bad); rates 0.05 to 0.4. Used are those with which none of 20 seeds missed. Four
kinds of nouns could not be learnt from scratch at all. With 4 and with 6 verbs the picture was the same: harm while
half of the nouns kept their kind, a saving when all did, and the turn in between.

With 200 other seeds, once all was set, the means are -10,175, -7,474, -263, 4,413 and 6,673 of about 6,300: what 20
seeds leave open about one changed noun is a saving.
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.learn.experiments.descent import descend
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness, Quality
from qtl_core.learn.language import VERB_ANGLES, verb_tables

ANIMALS = ("ant", "bee", "wasp", "frog", "goose", "cat")
PLANTS = ("rose", "oak", "fern", "moss", "daisy", "pine")
VERBS_A = {"eats": 0, "sprouts": 1, "sleeps": 0, "withers": 1, "runs": 0, "climbs": 1}
VERBS_B = {"crawls": 0, "blooms": 1, "flies": 0, "wilts": 1}
NOUNS = len(ANIMALS) + len(PLANTS)
KINDS = np.repeat([0, 1], (len(ANIMALS), len(PLANTS)))
STEPS, RATE, NOUN_SPREAD, VERB_SPREAD = 110, 0.4, 0.1, 1.0
KEPT = (6, 8, 10, 11, 12)  # nouns of the same kind in both tasks
_QUARTER = math.pi / 2
_TURNS = np.concatenate([np.zeros((1, VERB_ANGLES)), np.eye(VERB_ANGLES) * _QUARTER, -np.eye(VERB_ANGLES) * _QUARTER])
_LEAST = 0.01  # of a chance: full certainty would make the loss endless


def measured(nouns: np.ndarray, verbs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns how probable a sentence's 1 and its post-selection are together, and its post-selection alone.

    Args:
        nouns: Angles, shape (..., nouns).
        verbs: Amplitudes, shape (..., verbs, 2, 2).

    Returns:
        Two arrays of shape (..., nouns, verbs).
    """
    held = np.stack([np.cos(nouns / 2), np.sin(nouns / 2)], axis=-1)[..., :, None, None, :]
    sentences = np.square((held @ verbs[..., None, :, :, :])[..., 0, :]) / 2  # the Bell pair's chance
    return sentences[..., 1], sentences.sum(axis=-1)


def truth(kinds: np.ndarray, verbs: dict[str, int]) -> np.ndarray:
    """Returns which nouns go with which verbs, 1 or 0, shape (rows, nouns, verbs)."""
    return (kinds[:, :, None] == np.array(list(verbs.values()))).astype(float)


def unseen_b(seeds: np.ndarray) -> np.ndarray:
    """Returns which of task B's sentences are not learnt from: one of each noun, shape (seeds, nouns, verbs)."""
    which = np.array([np.random.default_rng([seed, 1]).integers(len(VERBS_B), size=NOUNS) for seed in seeds])
    unseen: np.ndarray = which[:, :, None] == np.arange(len(VERBS_B))
    return unseen


def kinds_a(kept: int, seeds: np.ndarray) -> np.ndarray:
    """Returns the nouns' kinds in task A, where so many are as in task B, shape (seeds, nouns)."""
    kinds = np.tile(KINDS, (len(seeds), 1))
    for row, seed in zip(kinds, seeds, strict=True):
        other = np.random.default_rng([seed, 2]).permutation(NOUNS)[: NOUNS - kept]
        row[other] = 1 - row[other]
    return kinds


def learn(likeness: Likeness, seeds: np.ndarray, should_stop: ShouldStop) -> Curves:
    """Learns task A's words, then task B's with fresh nouns and with those of task A; its verbs start alike."""
    draws = [np.random.default_rng([seed, 3]) for seed in seeds]
    start_a, start_b = (np.array([_fresh(draw, verbs) for draw in draws]) for verbs in (VERBS_A, VERBS_B))
    right_a = truth(kinds_a(KEPT[LIKENESSES.index(likeness)], seeds), VERBS_A)
    everything = np.ones_like(right_a, dtype=bool)
    end, first = taught(start_a, right_a, everything, everything, should_stop)
    carried = np.concatenate([end[:, :NOUNS], start_b[:, NOUNS:]], axis=1)
    unseen = np.tile(unseen_b(seeds), (2, 1, 1))
    right_b = truth(np.tile(KINDS, (2 * len(seeds), 1)), VERBS_B)
    _, both = taught(np.concatenate([start_b, carried]), right_b, ~unseen, unseen, should_stop)
    steps, runs = np.arange(STEPS + 1), 1 + 2 * (1 + VERB_ANGLES)
    sentences_a, sentences_b = everything[0].sum(), (~unseen[0]).sum()
    return Curves(steps * runs * sentences_b, first, steps * runs * sentences_a, both[: len(seeds)], both[len(seeds) :])


def taught(
    start: np.ndarray, right: np.ndarray, seen: np.ndarray, asked: np.ndarray, should_stop: ShouldStop
) -> tuple[np.ndarray, np.ndarray]:
    """Teaches every row its words.

    Args:
        start: Angles of nouns and then of verbs, shape (rows, angles).
        right: Which sentences hold, shape (rows, nouns, verbs).
        seen: Which are learnt from; as many in each row.
        asked: Which are asked about; as many in each row.
        should_stop: Asked before every step.

    Returns:
        The angles, and the share of those asked about that come out right, after every step.
    """

    def look(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fits, by_nouns, by_verbs = slopes(angles)
        sure = np.clip(fits, _LEAST, 1 - _LEAST)
        pull = np.where(seen, (sure - right) / (sure * (1 - sure)), 0) / seen[0].sum()  # of the cross-entropy
        verbs = np.moveaxis((pull * by_verbs).sum(axis=2), 0, -1).reshape(len(angles), -1)
        share = (((fits > 0.5) == (right > 0.5)) & asked).sum(axis=(1, 2)) / asked[0].sum()
        return share, np.concatenate([(pull * by_nouns).sum(axis=2), verbs], axis=1)

    return descend(start, look, STEPS, RATE, should_stop)


def slopes(angles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns every sentence's chance, and its slopes by its noun's angle and by its verb's four, which come first.

    A sentence has one noun and one verb, so that all nouns, or all verbs, are turned at once.
    """
    nouns = angles[:, :NOUNS]
    verbs = verb_tables(angles[:, NOUNS:].reshape(len(angles), -1, VERB_ANGLES) + _TURNS[:, None, None])
    one, kept = measured(nouns, verbs)
    fits = one[0] / np.maximum(kept[0], 1e-9)
    one_up, kept_up = measured(nouns + _QUARTER, verbs[0])
    one_down, kept_down = measured(nouns - _QUARTER, verbs[0])

    def of_ratio(one_slopes: np.ndarray, kept_slopes: np.ndarray) -> np.ndarray:
        found: np.ndarray = (one_slopes - fits * kept_slopes) / 2 / np.maximum(kept[0], 1e-9)
        return found

    up, down = slice(1, 1 + VERB_ANGLES), slice(1 + VERB_ANGLES, None)
    return fits, of_ratio(one_up - one_down, kept_up - kept_down), of_ratio(one[up] - one[down], kept[up] - kept[down])


def _fresh(draw: np.random.Generator, verbs: dict[str, int]) -> np.ndarray:
    nouns = draw.normal(_QUARTER, NOUN_SPREAD, NOUNS)
    return np.concatenate([nouns, draw.normal(_QUARTER, VERB_SPREAD, VERB_ANGLES * len(verbs))])


LIKENESSES = tuple(
    Likeness(round(2 * kept / NOUNS - 1, 2), f"a set of 72 sentences with six other verbs and {words}")
    for kept, words in zip(
        KEPT,
        (
            "six of the twelve nouns swapped between animals and plants",
            "four of the twelve nouns swapped between animals and plants",
            "two of the twelve nouns swapped between animals and plants",
            "one of the twelve nouns swapped between animals and plants",
            "all of the twelve nouns as they are",
        ),
        strict=True,
    )
)
EXPERIMENT = Experiment(
    key="language",
    title="From words of one task to sentences of another",
    about=(
        "A circuit learns from sentences which nouns go with which verbs: animals crawl, plants bloom. Do nouns "
        "that it knows help it with verbs that it has not met?"
    ),
    task_b="which of the twelve nouns go with four new verbs, from 36 sentences",
    carried="the twelve angles of the nouns",
    likenesses=LIKENESSES,
    usual=3,
    quality=Quality(
        "unseen sentences judged rightly", "", 0.9, "higher", "9 in 10 unseen sentences are judged rightly"
    ),
    evaluation="one sentence's circuit at one setting of its angles, many shots",
    evaluations="sentences measured",
    without="A table of which nouns go with which verbs does as well: its largest singular value fills in every unseen "
    "sentence rightly, with no training.",
    reference="Lorenz et al., JAIR 76 (2023)",
    learn=learn,
)
