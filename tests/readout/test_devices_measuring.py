"""Measuring on devices: right, repeatable, kept as it comes; slow, partial, broken and hanging ones lose nothing."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.paths import home
from qtl_core.common.progress import never_stop
from qtl_core.jobs import JobManager
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.readout.devices.kept import NOT_KEPT, KeptResults
from qtl_core.readout.devices.measuring import gathered, measure, measuring_job
from qtl_core.readout.devices.options import read_options
from qtl_core.readout.devices.request import DeviceChoice, DeviceRequest, cost_of
from qtl_core.settings import CircuitSettings
from tests.helpers.odd_devices import SECRET, batches_run, install

CIRCUIT = build_circuit(CircuitSettings(qubits=3, depth=2))
RNG = np.random.default_rng(5)
ANGLES, WEIGHTS = RNG.uniform(-1.5, 1.5, (10, 3)), RNG.uniform(-1.5, 1.5, CIRCUIT.weight_count)
EXACT = expectations(final_states(CIRCUIT, ANGLES, WEIGHTS))


@pytest.fixture
def odd(tmp_path: Path, monkeypatch):
    """Returns what makes a request to the tests' own device, which records in `tmp_path`."""
    install(tmp_path / "plugin", monkeypatch)

    def request(how: str, shots: int = 100, at_once: int = 4) -> DeviceRequest:
        choice = DeviceChoice("tests.odd", read_options([f"folder={tmp_path}", f"how={how}"]), shots, 3, at_once)
        return asked(choice)

    return request


def asked(choice: DeviceChoice) -> DeviceRequest:
    return DeviceRequest(choice, CIRCUIT, ANGLES, WEIGHTS)


def all_of(request: DeviceRequest) -> np.ndarray:
    return gathered(request, tuple(measure(request, never_stop)))


def came(request: DeviceRequest) -> tuple[np.ndarray, UserError]:
    """What came of a request that fails in part, and what was said."""
    parts = []
    with pytest.raises(UserError) as error:
        for each in measure(request, never_stop):
            parts.append(each)
    return gathered(request, tuple(parts)), error.value


def test_devices_that_measure_ask_for_shots():
    pytest.importorskip("pennylane_qiskit")
    with pytest.raises(UserError, match="how many shots"):
        all_of(asked(DeviceChoice("qiskit.aer")))
    found = all_of(asked(DeviceChoice("qiskit.aer", read_options(["method=statevector"]))))
    np.testing.assert_allclose(found, EXACT, atol=1e-12)


@pytest.mark.parametrize("name", ["default.qubit", "default.mixed", "lightning.qubit"])
def test_exact_averages_are_those_of_the_state(name: str):
    np.testing.assert_allclose(all_of(asked(DeviceChoice(name))), EXACT, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("default.mixed", ()),
        ("lightning.qubit", ()),
        ("qiskit.aer", ()),
        ("qiskit.aer", ("method=density_matrix",)),
        ("qiskit.remote", ("backend=fake_manila",)),
    ],
)
def test_shots_are_averages_of_so_many(name: str, options: tuple[str, ...]):
    if name.startswith("qiskit"):
        pytest.importorskip("pennylane_qiskit")
    request = asked(DeviceChoice(name, read_options(options), 400, 1))
    found = all_of(request)
    counts = (1 + found) / 2 * 400
    np.testing.assert_allclose(counts, counts.round(), atol=1e-6)
    noise = 0.35 if "remote" in name else 0.0  # the copy of a machine errs as that machine did
    assert 0 < np.abs(found - EXACT).max() < 0.25 + noise  # five standard errors of the widest


@pytest.mark.parametrize("name", ["default.mixed", "lightning.qubit", "qiskit.aer"])
def test_a_seed_repeats_the_shots_wherever_it_was_cut(name: str):
    if name.startswith("qiskit"):
        pytest.importorskip("pennylane_qiskit")
    request = asked(DeviceChoice(name, (), 50, 7, 4))
    whole = all_of(request)
    with KeptResults() as kept:
        assert len(kept.read(request.keys)) == 10
    _forget(request.keys[4:])
    np.testing.assert_array_equal(all_of(request), whole)
    assert np.any(all_of(asked(replace(request.choice, seed=8))) != whole)


def test_a_second_look_runs_nothing(odd, tmp_path: Path):
    request = odd("good")
    first = all_of(request)
    assert batches_run(tmp_path) == [4, 4, 2]
    with KeptResults() as kept:
        cost = cost_of(request, kept.read(request.keys))
    assert (cost.to_run, cost.kept) == (0, 10) and "nothing is run again" in cost.in_words()
    np.testing.assert_array_equal(all_of(request), first)
    assert batches_run(tmp_path) == [4, 4, 2]


def test_the_cost_is_said_before(odd):
    cost = cost_of(odd("good"), {})
    assert cost.in_words() == "10 circuits × 100 shots = 1,000 shots, 4 at a time."
    some = dict.fromkeys(odd("good").keys[:3], np.zeros(3))
    assert cost_of(odd("good"), some).in_words().startswith("7 circuits × 100 shots = 700 shots")


def test_equal_circuits_are_measured_each_for_itself(tmp_path: Path):
    twice = DeviceRequest(DeviceChoice("default.qubit", (), 20, 1), CIRCUIT, np.repeat(ANGLES[:1], 2, axis=0), WEIGHTS)
    assert len(set(twice.keys)) == 2
    found = all_of(twice)
    assert (found[0] != found[1]).any()


def test_the_name_of_a_result_holds_all_that_decides_it():
    choice = DeviceChoice("default.qubit", (), 20, 1)
    other = [replace(choice, shots=21), replace(choice, seed=2), replace(choice, name="default.mixed")]
    keys = [asked(each).keys[0] for each in (choice, *other, replace(choice, options=(("c", 1),)))]
    keys.append(DeviceRequest(choice, CIRCUIT, ANGLES + 1e-9, WEIGHTS).keys[0])
    keys.append(DeviceRequest(choice, CIRCUIT, ANGLES, WEIGHTS + 1e-9).keys[0])
    keys.append(
        DeviceRequest(
            choice, build_circuit(CircuitSettings(qubits=3, depth=2, entangler="ring")), ANGLES, WEIGHTS
        ).keys[0]
    )
    assert len(set(keys)) == len(keys)
    assert asked(replace(choice, at_once=3)).keys == asked(choice).keys


def test_an_answer_in_part_keeps_what_came_and_says_what_is_missing(odd, tmp_path: Path):
    request = odd("part")
    found, error = came(request)
    assert np.flatnonzero(np.isnan(found).any(axis=1)).tolist() == [0, 3]
    assert error.what == "2 of 10 circuits gave no result." and "only those that are missing" in error.do
    whole = all_of(request)
    assert batches_run(tmp_path) == [4, 4, 2, 2]  # the two that were missing, and nothing twice
    np.testing.assert_array_equal(whole[[1, 2, 4, 5, 6, 7, 8, 9]], found[[1, 2, 4, 5, 6, 7, 8, 9]])


def test_a_device_that_breaks_off_is_given_up_and_gone_on_with(odd, tmp_path: Path, capfd):
    request = odd("fails", at_once=2)
    found, error = came(request)
    assert np.isfinite(found[:2]).all() and np.isnan(found[2:]).all()
    assert error.what == "8 of 10 circuits gave no result." and "reported an error" in error.why
    assert batches_run(tmp_path) == [2]
    (tmp_path / "mended").touch()
    assert np.isfinite(all_of(request)).all()
    assert batches_run(tmp_path) == [2, 2, 2, 2, 2]
    out, err = capfd.readouterr()
    assert SECRET not in f"{error}{out}{err}"


def test_a_device_that_refuses_says_where_access_is_set_up(odd):
    found, error = came(odd("refused"))
    assert np.isnan(found).all()
    assert error.what == "tests.odd broke off. No circuit gave a result." and "configuration" in error.do
    assert SECRET not in str(error)


def test_nonsense_is_no_result(odd):
    found, error = came(odd("nonsense"))
    assert np.isnan(found).all() and error.what == "10 of 10 circuits gave no result."


def test_an_option_that_a_device_does_not_have_is_said(odd):
    request = asked(DeviceChoice("default.mixed", (("colour", "red"),)))
    with pytest.raises(UserError, match="no option colour"):
        all_of(request)


@pytest.fixture
def manager():
    jobs = JobManager(slots=1, threads=1)
    yield jobs
    jobs.close()


@pytest.mark.parametrize("how", ["steps", "never"])
def test_a_slow_or_hanging_device_is_stopped_and_gone_on_with(how: str, odd, manager, tmp_path: Path, capfd):
    request = odd(how)
    (tmp_path / "go_0").touch()
    job = manager.submit(measuring_job(request))
    seen = manager.wait(job, 120, until=lambda job: len(job.view.result) == 2)
    assert [len(part.places) for part in seen.view.result] == [0, 4]
    manager.stop(job)
    stopped = manager.wait(job, 60)
    assert stopped.state == "stopped"
    assert np.isfinite(gathered(request, stopped.view.result)).all(axis=1).sum() == 4
    for number in range(1, 5):
        (tmp_path / f"go_{number}").touch()
    if how == "never":  # it comes back to work under the same name
        (tmp_path / "ran").rename(tmp_path / "ran_before")
        request = replace(request, choice=replace(request.choice, at_once=6))
        assert cost_of(request, _kept(request)).to_run == 6
    done = manager.wait(manager.submit(measuring_job(request)), 120)
    assert (done.state, done.view.error) == ("done", None)
    assert np.isfinite(gathered(request, done.view.result)).all()
    assert sum(batches_run(tmp_path)) == (6 if how == "never" else 10)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_failed_job_keeps_what_came_before(odd, manager):
    done = manager.wait(manager.submit(measuring_job(odd("fails"))), 120)
    assert done.state == "failed" and done.view.error[0] == "6 of 10 circuits gave no result."
    assert np.isfinite(gathered(odd("fails"), done.view.result)).all(axis=1).sum() == 4


def test_a_damaged_file_of_results_is_moved_aside():
    request = asked(DeviceChoice("default.qubit"))
    all_of(request)
    file = home() / "device_results/results.sqlite"
    file.write_bytes(b"no database" * 100)
    parts = tuple(measure(request, never_stop))
    np.testing.assert_allclose(gathered(request, parts), EXACT, atol=1e-12)
    assert any("moved aside" in note for note in parts[-1].notes) and file.with_suffix(".damaged").exists()


def test_what_cannot_be_kept_is_shown_all_the_same(monkeypatch, tmp_path: Path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "file"))
    parts = tuple(measure(request := asked(DeviceChoice("default.qubit")), never_stop))
    np.testing.assert_allclose(gathered(request, parts), EXACT, atol=1e-12)
    assert parts[-1].notes == (NOT_KEPT,)


def _kept(request: DeviceRequest) -> dict[str, np.ndarray]:
    with KeptResults() as kept:
        return kept.read(request.keys)


def _forget(keys) -> None:
    with sqlite3.connect(home() / "device_results/results.sqlite") as connection:
        connection.executemany("DELETE FROM results WHERE key = ?", [(key,) for key in keys])
    connection.close()
