"""Noisy pictures cleaned, one kind after another: what cleaning is, how alike kinds are, and what does better."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.common.progress import never_stop
from qtl_core.learn.experiments import denoising
from qtl_core.learn.experiments.digits import mean_state
from qtl_core.learn.experiments.outcome import outcome_of

SEEDS = np.arange(8)


def curves(stop: int):
    return denoising.learn(denoising.LIKENESSES[stop], SEEDS, never_stop)


def by_components(pictures: denoising.Pictures, count: int) -> float:
    """The mean fidelity after a projection onto the known pictures' largest principal components."""
    found = []
    for known, noisy, clean in zip(pictures.known, pictures.noisy, pictures.clean, strict=True):
        axes = np.linalg.svd(known)[2][:count]
        projected = noisy @ axes.T @ axes
        overlaps = (projected * clean).sum(axis=1) ** 2 / (projected**2).sum(axis=1)
        found.append(overlaps.mean())
    return float(np.mean(found))


def test_cleaning_is_the_circuit_a_measurement_and_the_circuit_backwards():
    angles = np.random.default_rng(0).normal(size=(1, denoising.CIRCUIT.angles))
    noisy = denoising.pictures_b(SEEDS[:1]).noisy[:, :1]
    final = denoising.CIRCUIT.run(angles, noisy[0].T[:, :, None])[:, 0, 0]
    final[2:] = 0  # the first three qubits came out 0
    matrix = denoising.CIRCUIT.run(angles, np.eye(16)[:, None])[:, 0]
    back = matrix.T @ final
    assert denoising.cleaned(angles, noisy)[0, 0] == pytest.approx(back / np.linalg.norm(back))


def test_how_alike_the_stops_are():
    negatives = denoising.negatives()
    shuffles = [np.random.default_rng(seed).permutation(16) for seed in range(500)]
    shuffled = np.mean([denoising.likeness_of(mean_state(8)[to][:, to]) for to in shuffles])
    wanted = [
        denoising.likeness_of(negatives.T @ negatives / len(negatives)),
        shuffled,
        *(denoising.likeness_of(mean_state(digit)) for digit in (6, 1, 8)),
    ]
    assert [each.value for each in denoising.LIKENESSES[1:]] == pytest.approx(wanted, abs=0.01)


def test_the_digits_are_the_least_and_the_most_alike():
    others = {digit: denoising.likeness_of(mean_state(digit)) for digit in range(10) if digit != denoising.DIGIT_B}
    assert (min(others, key=others.get), max(others, key=others.get)) == denoising.KINDS[3:5]


@pytest.mark.parametrize("row", [0, 5])
def test_no_picture_of_task_a_is_one_of_task_bs(row):
    b, a = denoising.pictures_b(SEEDS), denoising.pictures_a(denoising.DIGIT_B, SEEDS)
    together = np.concatenate([b.clean[row], a.clean[row]])
    assert len(together) == 100
    assert len(np.unique(together, axis=0)) == 100


def test_the_figures_in_words_are_true():
    pictures = denoising.pictures_b(np.arange(20))
    assert denoising.fidelities(pictures.noisy, pictures.clean).mean() == pytest.approx(0.62, abs=0.005)
    assert by_components(pictures, 2) == pytest.approx(0.84, abs=0.005)
    assert by_components(pictures, 1) == pytest.approx(0.87, abs=0.005)


def test_equal_arguments_give_equal_curves_and_the_same_task_b():
    usual, again, other = curves(3), curves(3), curves(0)
    assert np.array_equal(usual.transferred, again.transferred)
    assert np.array_equal(usual.scratch, other.scratch)


def test_other_eights_save_and_noise_does_not():
    noise, eights = (
        outcome_of(each, denoising.learn(each, np.arange(20), never_stop), denoising.EXPERIMENT.quality)
        for each in (denoising.LIKENESSES[0], denoising.LIKENESSES[5])
    )
    assert noise.low < 0 < eights.low
