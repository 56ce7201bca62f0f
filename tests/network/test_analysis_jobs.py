"""Sampling as jobs in a real worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qtl_core.jobs import JobManager, JobSnapshot
from qtl_core.network.analysis.barren_plateaus import plateau
from qtl_core.network.analysis.expressibility import sample, sampling_pairs
from qtl_core.network.analysis.jobs import plateau_job, sampling_job
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings

LIMIT_SECONDS = 300


@pytest.fixture
def manager() -> Iterator[JobManager]:
    made = JobManager(slots=1, threads=1)
    yield made
    made.close()


def ended(manager: JobManager, job_id: str) -> JobSnapshot:
    snapshot = manager.wait(job_id, LIMIT_SECONDS)
    assert snapshot.is_over
    return snapshot


def test_the_figures_are_those_of_the_function(manager):
    settings = CircuitSettings(qubits=2, depth=1)
    found = ended(manager, manager.submit(sampling_job(settings))).view.result
    circuit = build_circuit(settings)
    wanted = sample(circuit, sampling_pairs(circuit))
    assert (found.pairs, found.divergence, found.entanglement) == (wanted.pairs, wanted.divergence, wanted.entanglement)


def test_a_curve_that_is_stopped_keeps_its_points(manager):
    settings = CircuitSettings(qubits=12, depth=20, rotation="rot")
    job = manager.submit(plateau_job(settings))
    manager.wait(job, LIMIT_SECONDS, until=lambda seen: len(seen.view.result) >= 2)
    manager.stop(job)
    snapshot = ended(manager, job)
    assert (snapshot.state, snapshot.view.progress.total) == ("stopped", 11)
    wanted = plateau(settings)
    assert snapshot.view.result[:2] == (next(wanted), next(wanted))
