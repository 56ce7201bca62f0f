"""Nouns carried to other verbs: sentences are the Learn page's, slopes are right, and what half of the kinds does."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.progress import never_stop
from qtl_core.learn import language as lesson
from qtl_core.learn.experiments import language
from qtl_core.learn.experiments.outcome import outcome_of

SEEDS = np.arange(8)


def curves(stop: int):
    return language.learn(language.LIKENESSES[stop], SEEDS, never_stop)


def fits(angles: np.ndarray) -> np.ndarray:
    verbs = lesson.verb_tables(angles[:, language.NOUNS :].reshape(len(angles), -1, 4))
    one, kept = language.measured(angles[:, : language.NOUNS], verbs)
    return one / kept


def test_sentences_are_those_of_the_learn_page():
    angles = np.random.default_rng(0).uniform(
        -4, 4, (3, 6 + 4 * 4)
    )  # six nouns, four verbs: checked by PennyLane there
    wanted, kept = lesson.read(angles)
    one, found = language.measured(angles[:, :6], lesson.verb_tables(angles[:, 6:].reshape(3, 4, 4)))
    assert found == pytest.approx(kept)
    assert one / found == pytest.approx(wanted)


def test_slopes_are_those_of_the_chances():
    angles, step = np.random.default_rng(1).normal(1.5, 0.4, (2, language.NOUNS + 16)), 1e-5
    _, by_nouns, by_verbs = language.slopes(angles)
    rises = np.array([(fits(angles + turn) - fits(angles - turn)) / 2 / step for turn in np.eye(28) * step])
    nouns, verbs = np.arange(language.NOUNS), np.arange(4)
    assert by_nouns[:, nouns] == pytest.approx(
        np.array([rises[noun, :, noun] for noun in nouns]).swapaxes(0, 1), abs=1e-7
    )
    of_verbs = rises[language.NOUNS :].reshape(4, 4, 2, language.NOUNS, 4)[verbs, :, :, :, verbs]
    assert by_verbs == pytest.approx(np.moveaxis(of_verbs, 0, -1), abs=1e-7)


def test_each_noun_is_not_seen_with_one_verb():
    assert (language.unseen_b(SEEDS).sum(axis=2) == 1).all()
    assert (~language.unseen_b(SEEDS)).sum(axis=(1, 2)).tolist() == [36] * len(SEEDS)


@pytest.mark.parametrize(("stop", "kept"), list(enumerate(language.KEPT)))
def test_so_many_nouns_keep_their_kind(stop, kept):
    assert ((language.kinds_a(kept, SEEDS) == language.KINDS).sum(axis=1) == kept).all()
    assert language.LIKENESSES[stop].value == pytest.approx(2 * kept / 12 - 1, abs=0.005)


def test_a_tables_largest_singular_value_judges_every_unseen_sentence():
    signs = 2 * language.truth(language.KINDS[None], language.VERBS_B)[0] - 1
    unseen = language.unseen_b(np.arange(20))
    left, values, right = np.linalg.svd(np.where(unseen, 0, signs))
    guesses = values[:, 0, None, None] * left[:, :, :1] * right[:, :1]
    assert (np.sign(guesses) == signs)[unseen].all()


def test_equal_arguments_give_equal_curves_and_the_same_task_b():
    usual, again, other = curves(3), curves(3), curves(0)
    assert np.array_equal(usual.transferred, again.transferred)
    assert np.array_equal(usual.scratch, other.scratch)


def test_kept_kinds_save_and_half_of_them_do_harm():
    quality = language.EXPERIMENT.quality
    none, everything = (outcome_of(language.LIKENESSES[stop], curves(stop), quality) for stop in (0, 4))
    assert none.difference < 0 < everything.difference
