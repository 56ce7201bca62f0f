"""The choice of workers, and what is said where there are none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import nullcontext, suppress

import pytest

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies import workers
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.workers import ray_cluster
from qtl_core.studies.workers.inside import InsideWorkers
from qtl_core.studies.workers.pool import LocalWorkers
from qtl_core.studies.workers.versions import difference, versions
from tests.conftest import PROJECT


def test_ray_is_imported_by_nobody_who_does_not_ask_for_a_cluster():
    names = "qtl_core.cli.study, qtl_core.studies.execution, qtl_core.studies.workers.ray_cluster"
    code = f"import sys, {names}; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_where_ray_is_not_installed_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match="Ray is not installed") as refused:
        workers.ray("auto")
    assert "[cluster]" in refused.value.do


@pytest.mark.parametrize("address", ["somewhere", "http://127.0.0.1:10001", "ray://", "ray://127.0.0.1:many"])
def test_what_is_no_address_is_refused(address):
    pytest.importorskip("ray")
    with pytest.raises(UserError, match="no address"):
        workers.ray(address)


def test_where_nobody_listens_is_said_at_once(monkeypatch):
    pytest.importorskip("ray")
    monkeypatch.setenv("QTL_CLUSTER", "ray://127.0.0.1:9")
    with pytest.raises(UserError, match="cannot be reached"):
        workers.usual([])


@pytest.mark.parametrize(
    ("answer", "is_ray"),
    [(b"HTTP/1.1 400 Bad Request\r\n", False), (b"", False), (None, False), (b"\0\0\x06\4\0\0\0\0\0more", True)],
)
def test_what_listens_and_is_no_ray_is_told_from_a_cluster_at_once(answer, is_ray, monkeypatch):
    monkeypatch.setattr(ray_cluster, "REACHED_SECONDS", 0.3)
    monkeypatch.delenv("RAY_USE_TLS", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port, kept = server.getsockname()[1], []

        def serve() -> None:
            connection, _ = server.accept()
            kept.append(connection)
            if answer is not None:  # else it is silent
                connection.sendall(answer)
                with suppress(OSError):  # whoever asked may have read enough and be gone
                    connection.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        refused = nullcontext() if is_ray else pytest.raises(UserError, match="is no Ray cluster")
        with refused:
            ray_cluster._check_reached(f"ray://127.0.0.1:{port}")
        thread.join()
        kept[0].close()


def test_processes_or_a_cluster_are_asked_for_or_neither(monkeypatch):
    monkeypatch.delenv("QTL_CLUSTER", raising=False)
    assert workers.workers_from() is None
    assert workers.workers_from(3).words == "on 3 cores of this machine"
    with pytest.raises(UserError, match="Processes and a cluster"):
        workers.workers_from(2, "auto")


def test_few_runs_are_trained_in_the_process_itself_unless_each_takes_long(monkeypatch):
    def runs(seeds: int, **settings):
        return [*StudyPlan("some", RunSettings().changed(**settings), (), seeds).runs().values()]

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert isinstance(workers.usual(runs(10)), InsideWorkers)
    assert isinstance(workers.usual(runs(300)), LocalWorkers)
    assert isinstance(workers.usual(runs(10, shots=100)), LocalWorkers)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert isinstance(workers.usual(runs(300)), InsideWorkers)


def test_versions_name_what_decides_the_numbers_and_a_difference_names_both():
    ours = versions()
    assert {"this program", "Python", "numpy", "numba", "torch"} == set(ours)
    assert difference(ours, ours) == ""
    assert difference(ours, {**ours, "numpy": "1.0"}) == f"numpy 1.0 in place of {ours['numpy']}"
    assert difference(ours, {}).startswith("this program none in place of")


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (
            "Version mismatch: The cluster was started with:\n Ray: 2.9",
            "Its Ray, or its Python, is of another version.",
        ),
        ("ray client connection timeout <_MultiThreadedRendezvous>", "It answers, and takes no connection."),
    ],
)
def test_what_ray_says_of_its_insides_goes_to_the_log_alone(says, why, caplog):
    said = ray_cluster.not_connected(ConnectionError(says))
    assert said.why == why and "Rendezvous" not in str(said) and "Ray: 2.9" not in str(said)
    assert says in caplog.text
