"""Studies on a Ray cluster of several nodes on this machine: equal rows, whatever ends in the middle.

The cluster is started once; the tests go in the order of the file, and in the last one its head is ended.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies import workers
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore, find_study
from tests.conftest import PROJECT

pytest.importorskip("ray", reason="Ray is not installed: pip install '.[cluster]'")

MOONS = RunSettings().changed(source="points", shape="moons", points=60, epochs=2, learning_rate=0.05)
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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[RayCluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "1")
        started = RayCluster(tmp_path_factory.mktemp("nodes"))
        yield started
        started.cluster.shutdown()


@pytest.fixture
def there(cluster) -> Iterator[Any]:
    found = workers.ray(cluster.address)
    yield found
    found.close()


def study(*axes: str, seeds: int = 8, name: str = "moons") -> StudyStore:
    return StudyStore.create(StudyPlan(name, MOONS, tuple(axis_from(axis) for axis in axes), seeds))


def train(store: StudyStore, where: Any) -> Iterator[Row]:
    return train_study(store, lambda _: None, never_stop, where)


@cache
def rows_here(*axes: str) -> dict[str, Row]:
    store = study(*axes, name="here")
    list(train(store, workers.in_process()))
    return store.rows()


def ray_processes(node: Any) -> list[int]:
    """The processes of a node that train, or wait to; a raylet's other ones take it along when they end."""
    (raylet,) = (each.process.pid for each in node.all_processes["raylet"])
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(raylet)], capture_output=True, text=True, check=True
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if TRAINING.search(line)]


def test_rows_are_equal_though_processes_of_the_cluster_and_a_node_are_killed_meanwhile(cluster, there):
    assert (there.count, there.words) == (2, "on 2 cores of 2 machines of a Ray cluster")
    store, came = study(*AXES), []
    for row in train(store, there):
        came.append(row.key)
        if len(came) == 1:
            for process in [each for node in cluster.nodes for each in ray_processes(node)]:
                os.kill(process, signal.SIGKILL)
        elif len(came) == 40:
            cluster.kill_node(cluster.nodes.pop())
    assert sorted(came) == sorted(store.plan.runs())
    assert store.rows() == rows_here(*AXES)


def test_a_stop_keeps_what_came(cluster, there):
    store, came = study(*AXES), []
    with pytest.raises(StoppedByUser):
        for row in train_study(store, lambda _: None, lambda: bool(came), there):
            came.append(row.key)
    assert 0 < len(came) == store.count() < len(store.plan.runs())


def test_what_no_machine_can_train_is_said_in_its_words(there):
    with pytest.raises(UserError, match="5,000"):
        list(train(study("per_class=5000"), there))


def test_a_machine_with_another_version_is_refused_with_the_reason(cluster, there, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(PROJECT / "qtl_core", other / "qtl_core", ignore=shutil.ignore_patterns("__pycache__"))
    init = other / "qtl_core/__init__.py"
    init.write_text(init.read_text().replace("__version__ = ", '__version__ = "0.9"  # '))
    node = cluster.add(other)
    store = study()
    with pytest.raises(UserError, match="cannot take part") as refused:
        list(train(store, there))
    assert "this program 0.9" in refused.value.why and store.count() == 0
    cluster.kill_node(node)


def test_a_study_whose_cluster_is_gone_says_so_and_goes_on_elsewhere(cluster, there):
    store, came = study(*AXES), []
    with pytest.raises(UserError, match="is lost"):
        for row in train(store, there):
            came.append(row.key)
            if len(came) == 1:
                cluster.cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
    assert 0 < len(came) == store.count() < len(store.plan.runs())
    with pytest.raises(UserError, match="cannot be reached"):
        workers.ray(cluster.address)
    came += [row.key for row in train(find_study("moons"), workers.in_process())]
    assert sorted(came) == sorted(store.plan.runs())
    assert store.rows() == rows_here(*AXES)
