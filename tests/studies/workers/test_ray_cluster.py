"""Studies on a Ray cluster of several nodes on this machine: equal rows, whatever ends in the middle.

One test, as starting a cluster takes longer than any of its parts: the last one ends its head. One cluster at a time on
a machine, as the servers of two would look for the same ports.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies import execution, workers
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore, find_study
from qtl_core.studies.workers import Workers
from tests.conftest import PROJECT

pytest.importorskip("ray", reason="Ray is not installed: pip install '.[cluster]'")

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)
KILLS = int(os.environ.get("QTL_KILLS", "1"))  # of nodes; see `make study-kills`
STORE = 80 * 2**20  # bytes of each node's object store: the least that Ray takes
TRAINING = re.compile("ray::(IDLE|train_chunk)")
AXES = "head=dressed,mlp,linear", "epochs=1:6"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class RayCluster:
    """A head that takes no work and two nodes of one core each."""

    def __init__(self, home: Path) -> None:
        from ray.cluster_utils import Cluster

        home.mkdir()
        self.home, port = home, free_port()
        self.address = f"ray://127.0.0.1:{port}"
        head = {"num_cpus": 0, "ray_client_server_port": port, "include_dashboard": False}
        self.cluster = Cluster(initialize_head=True, head_node_args=head | self.common(PROJECT))
        self.nodes = [self.add(), self.add()]

    def common(self, code: Path) -> dict[str, Any]:
        return {"object_store_memory": STORE, "env_vars": {"PYTHONPATH": str(code), "QTL_HOME": str(self.home)}}

    def add(self, code: Path = PROJECT) -> Any:
        return self.cluster.add_node(num_cpus=1, **self.common(code))

    def kill_node(self, node: Any) -> None:
        self.cluster.remove_node(node, allow_graceful=False)


@pytest.fixture
def cluster(tmp_path, monkeypatch) -> Iterator[RayCluster]:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "1")
    with FileLock(Path(tempfile.gettempdir(), "qtl-ray-tests.lock")):
        started = RayCluster(tmp_path / "nodes")
        yield started
        started.cluster.shutdown()


def test_a_study_on_a_cluster_of_which_parts_are_killed(cluster, monkeypatch, subtests, tmp_path):
    here = study(*AXES, name="here")
    list(train(here, workers.in_process()))
    shutil.copytree(PROJECT / "qtl_core", tmp_path / "qtl_core", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(execution, "MOST_LOSSES", 1_000)  # here it is not the chunk that ends them
    there = workers.ray(cluster.address)
    assert (there.count, there.words) == (2, "on 2 cores of 2 machines of a Ray cluster")
    with subtests.test("processes and nodes are killed, and rows are as they are here"):
        check_kills(cluster, there, here)
    with subtests.test("a stop keeps what came"):
        check_stop(there)
    with subtests.test("what no machine can train is said in its words"), pytest.raises(UserError, match="5,000"):
        list(train(study("per_class=5000", name="too many"), there))
    with subtests.test("a machine with another version is refused"):
        check_other_version(cluster, there, tmp_path)
    with subtests.test("a study whose cluster is gone says so and goes on elsewhere"):
        check_head_gone(cluster, there, here)
    there.close()


def study(*axes: str, seeds: int = 8, name: str = "moons") -> StudyStore:
    return StudyStore.create(StudyPlan(name, MOONS, tuple(axis_from(axis) for axis in axes), seeds))


def train(store: StudyStore, where: Workers) -> Iterator[Row]:
    return train_study(store, lambda _: None, never_stop, where)


def ray_processes(node: Any) -> list[int]:
    """The processes of a node that train, or wait to; a raylet's other ones take it along when they end."""
    (raylet,) = (each.process.pid for each in node.all_processes["raylet"])
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(raylet)], capture_output=True, text=True, check=True
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if TRAINING.search(line)]


def check_kills(cluster: RayCluster, there: Workers, here: StudyStore) -> None:
    dice, killed, number = np.random.default_rng(2), 0, 0
    while killed < KILLS:
        store, came = study(*AXES, name=f"hunted {(number := number + 1)}"), []
        moment = int(dice.integers(1, 40))
        for row in train(store, there):
            came.append(row.key)
            if len(came) == 1:
                for process in [each for node in cluster.nodes for each in ray_processes(node)]:
                    os.kill(process, signal.SIGKILL)
            if len(came) == moment and killed < KILLS:
                cluster.nodes.append(cluster.add())
                cluster.kill_node(cluster.nodes.pop(0))
                moment, killed = moment + int(dice.integers(1, 40)), killed + 1
        assert sorted(came) == sorted(store.plan.runs())
        assert store.rows() == here.rows()


def check_stop(there: Workers) -> None:
    store, came = study(*AXES, name="stopped"), []
    with pytest.raises(StoppedByUser):
        for row in train_study(store, lambda _: None, lambda: bool(came), there):
            came.append(row.key)
    assert 0 < len(came) == store.count() < len(store.plan.runs())


def check_other_version(cluster: RayCluster, there: Workers, other: Path) -> None:
    init = other / "qtl_core/__init__.py"
    init.write_text(init.read_text().replace("__version__ = ", '__version__ = "0.9"  # '))
    node = cluster.add(other)
    store = study(name="refused")
    with pytest.raises(UserError, match="cannot take part") as refused:
        list(train(store, there))
    assert "this program 0.9" in refused.value.why and store.count() == 0
    cluster.kill_node(node)


def check_head_gone(cluster: RayCluster, there: Workers, here: StudyStore) -> None:
    store, came = study(*AXES, name="beheaded"), []
    with pytest.raises(UserError, match="is lost"):
        for row in train(store, there):
            came.append(row.key)
            if len(came) == 1:
                cluster.cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
    assert 0 < len(came) == store.count() < len(store.plan.runs())
    with pytest.raises(UserError, match="cannot be reached"):
        workers.ray(cluster.address)
    came += [row.key for row in train(find_study("beheaded"), workers.in_process())]
    assert sorted(came) == sorted(store.plan.runs())
    assert store.rows() == here.rows()
