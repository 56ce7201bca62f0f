"""Quantum to classical: the published network draws tetrominos, and what is learnt behind it is as was published."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import never_stop
from qtl_core.learn.optics import quantum_to_classical as q2c
from qtl_core.learn.optics.gates import lowering
from qtl_core.learn.optics.jobs import run_q2c_job
from qtl_core.learn.optics.two_modes import AMPLITUDE, FIRST, LAYERS, SECOND, beam_splitter, counts, network
from qtl_core.learn.optics.words import q2c_sentences

SEEDS = np.arange(20)


def _pixels(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row.ljust(4, ".")] for row in (*rows, *("",) * (4 - len(rows)))])


TETROMINOS = {0: _pixels("#", "#", "##"), 1: _pixels("##", "##"), 2: _pixels("###", ".#")}


def test_a_beam_splitter_is_the_exponential_of_its_hops():
    small = np.kron(lowering(8), lowering(8).T)
    whole = expm(0.6 * (np.exp(0.4j) * small - np.exp(-0.4j) * small.T)).reshape(8, 8, 8, 8)
    made = beam_splitter(0.6, 0.4, 4).reshape(4, 4, 4, 4)
    assert made == pytest.approx(whole[:4, :4, :4, :4], abs=1e-10)


@pytest.mark.parametrize("which", TETROMINOS)
def test_all_published_layers_draw_tetrominos(which):
    """Of a sign or an order that was wrong, no picture would be left."""
    sizes, _ = counts(AMPLITUDE * FIRST, AMPLITUDE * SECOND, LAYERS)
    assert (sizes[which] ** 2)[TETROMINOS[which]].sum() > 0.9


def test_the_published_layers_lose_hardly_any_light():
    beams = np.zeros((121, 1))
    beams[0] = 1
    assert np.linalg.norm(network(LAYERS) @ beams) == pytest.approx(1, abs=5e-3)


def test_it_learns_as_was_published_and_no_network_does_better():
    found = list(q2c.learn(q2c.Settings(), SEEDS, never_stop))
    last = found[-1]
    assert last.right.mean() == pytest.approx(0.795, abs=0.005)
    assert last.right.max() < q2c.PUBLISHED + 0.005
    assert last.uncounted.mean() > 0.94
    assert found[0].maps.shape == (4, 37, 37) and (found[0].maps != found[-2].maps).any()
    assert "better than every one of ours" in q2c_sentences(last)[0]


def test_photons_of_the_beams_themselves_tell_nothing():
    found = list(q2c.learn(q2c.Settings(layers=0, batches=200), np.arange(5), never_stop))[-1]
    assert found.right.mean() == pytest.approx(1 / 7, abs=0.03)


def test_the_job_reports_every_point_and_stops():
    parts = []
    run_q2c_job(q2c.Settings(batches=40), parts.append, never_stop)
    assert [part.done for part in parts[1::2]] == list(range(1, 23)) and parts[1].total == 22
    with pytest.raises(StoppedByUser):
        run_q2c_job(q2c.Settings(batches=40), parts.append, lambda: True)
