"""Chunks trained on a Ray cluster, reached by Ray Client: the one module that imports Ray, inside functions.

By the client and not as a driver of the cluster, because a driver ends with the cluster's head, and with it whoever
asked. Calls go to the client itself, as Ray's own functions would start a cluster once the client has lost its one; and
those of a bench are made in a thread that nobody waits for, as they may hang for as long as a head is looked for.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY, Progress, ReportProgress, ShouldStop
from qtl_core.common.system_reasons import reason_of
from qtl_core.studies.chunks import SharedFeatures
from qtl_core.studies.workers.base import Came, Chunk, Lost
from qtl_core.studies.workers.far import Refused, packed, refusal
from qtl_core.studies.workers.versions import versions

AUTO = "auto"
HERE = "ray://127.0.0.1:10001"  # where the head's client server listens unless told otherwise
CLIENT_PORT = 10001
REACHED_SECONDS = 5.0
SETTINGS = b"\0\0\0\4\0\0\0\0\0"  # an empty frame of settings of HTTP/2: its length, its kind, its flags, its stream
GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + SETTINGS
GRACE_SECONDS = "10"  # in which a head that is gone may come back
CHECK_SECONDS = 120.0  # a machine's first process has to start and to import
COUNTED_EVERY = 50  # looks in which nothing came: then it is seen whether a machine is left
NONE_LEFT = (
    "No machine of the Ray cluster is left for the study.",
    "Those that trained it have left the cluster, or ended.",
    "What came is kept: go on with it when there are some again.",
)
CONNECTION_LOST = (
    "The connection to the Ray cluster is lost.",
    "Its head ended, or the network between.",
    "What came is kept: go on with it another time.",
)
GETTING_READY = "Getting the cluster's machines ready"


class RayWorkers:
    """The cores of a cluster.

    Args:
        address: `ray://HOST:PORT`, or "auto" for a cluster whose head is on this machine.

    Raises:
        UserError: Ray is not installed, the cluster cannot be reached, or it has no cores for tasks.
    """

    def __init__(self, address: str) -> None:
        self.address = HERE if address == AUTO else address
        self.checked: set[str] = set()  # machines whose versions are known to be the same, by Ray's name
        self.ray = _imported()
        self.client = self.ray.util.client.ray
        self._connect()
        self.count, self.machines = self._counted()
        if not self.count:
            self.close()
            none = "Its head alone is there, and takes no work."
            raise UserError("The Ray cluster has no cores for the study.", none, "Start a worker node of it.")

    @property
    def ahead(self) -> int:
        """See `Workers`."""
        return self.count

    @property
    def words(self) -> str:
        """See `Workers`."""
        cores = f"{self.count} core{'s' if self.count != 1 else ''}"
        return f"on {cores} of {self.machines} machine{'s' if self.machines != 1 else ''} of a Ray cluster"

    @contextmanager
    def bench(
        self, shared: SharedFeatures, folder: Path, report: ReportProgress, should_stop: ShouldStop
    ) -> Iterator[RayBench]:
        """See `Workers`."""
        if not self.client.is_connected():
            self._connect()
        bench = RayBench(self.client, shared, self.checked)
        report(Progress(GETTING_READY, 0, 0))
        try:
            while not bench.ready.wait(LOOK_EVERY):
                if should_stop():
                    raise StoppedByUser
            yield bench
        finally:
            bench.end()

    def close(self) -> None:
        """Leaves the cluster, which lives on."""
        with suppress(Exception):  # it may be gone
            self.ray.shutdown()

    def _connect(self) -> None:
        _check_reached(self.address)
        os.environ.setdefault("RAY_CLIENT_RECONNECT_GRACE_PERIOD", GRACE_SECONDS)
        self.close()
        try:
            self.ray.init(self.address, log_to_driver=False, logging_level=logging.CRITICAL)
        except Exception as error:  # of many kinds: no Ray there, another version of Ray or Python, a cluster that ends
            raise not_connected(error) from error

    def _counted(self) -> tuple[int, int]:
        """Returns the number of cores for tasks, and of machines that have some."""
        cores = [int(node["Resources"].get("CPU", 0)) for node in _working(self.client)]
        return sum(cores), len(cores)


class RayBench:
    """See `Bench`: a thread speaks with Ray.

    Attributes:
        ready: Set once the machines are checked, or something is wrong with them, which `wait` raises.
    """

    def __init__(self, client: Any, shared: SharedFeatures, checked: set[str]) -> None:
        self.client, self.shared, self.checked = client, shared, checked
        self.asked: SimpleQueue[Chunk] = SimpleQueue()
        self.said: SimpleQueue[Came | Lost | UserError] = SimpleQueue()
        self.ready, self.ended = threading.Event(), threading.Event()
        threading.Thread(target=self._serve, name="study-ray", daemon=True).start()

    def submit(self, chunk: Chunk) -> None:
        """See `Bench`."""
        self.asked.put(chunk)

    def wait(self, seconds: float) -> list[Came | Lost]:
        """See `Bench`."""
        found: list[Came | Lost] = []
        with suppress(Empty):
            said = self.said.get(timeout=seconds)
            while True:
                if isinstance(said, UserError):
                    raise said
                found.append(said)
                said = self.said.get_nowait()
        return found

    def end(self) -> None:
        """Cancels what is trained still, without waiting for that."""
        self.ended.set()

    def _serve(self) -> None:
        try:
            _check_machines(self.client, self.checked, self.ended)
            features = self.client.put(packed(self.shared, uuid.uuid4().hex))
            self.ready.set()
            self._train(features)
        except UserError as error:
            self.said.put(error)
        except Exception as error:  # whatever a connection is lost with
            logging.getLogger(__name__).error("The connection to the Ray cluster is lost: %s", error)
            self.said.put(UserError(*CONNECTION_LOST))
        finally:
            self.ready.set()

    def _train(self, features: Any) -> None:
        """Has chunks trained as they are asked for, until the bench ends.

        Raises:
            UserError: No machine is left.
            Exception: The cluster is gone.
        """
        task = _task(self.client)
        under_way: dict[Any, int] = {}
        quiet = 0  # looks since something came
        try:
            while not self.ended.is_set():
                with suppress(Empty):
                    while True:
                        chunk = self.asked.get(timeout=0 if under_way else LOOK_EVERY)
                        under_way[task.remote(pickle.dumps(chunk), features, dict(versions()))] = chunk.number
                done, _ = self.client.wait(list(under_way), timeout=LOOK_EVERY) if under_way else ((), ())
                quiet = 0 if done or not under_way else quiet + 1
                if quiet and quiet % COUNTED_EVERY == 0 and not _working(self.client):
                    raise UserError(*NONE_LEFT)
                for each in done:
                    self.said.put(self._came(under_way.pop(each), each))
        finally:
            for each in under_way:
                with suppress(Exception):  # done by now, or the cluster is gone
                    self.client.cancel(each, force=True)

    def _came(self, number: int, task: Any) -> Came | Lost | UserError:
        """Returns what came of a task that is done.

        Raises:
            Exception: The cluster is gone.
        """
        from ray import exceptions

        try:
            found: Came | Lost | Refused = pickle.loads(self.client.get(task))
        except exceptions.RayTaskError as error:
            logging.getLogger(__name__).error("A chunk failed on the cluster: %s", error)
            return UserError(
                "Something went wrong inside the app.", "It is a fault of ours.", "The log has the details."
            )
        except exceptions.OutOfMemoryError:
            return Lost(number, "Its machine ran out of memory.")
        except exceptions.NodeDiedError:
            return Lost(number, "Its machine left the cluster.")
        except exceptions.RayError as error:
            logging.getLogger(__name__).warning("A chunk was lost on the cluster: %s", error)
            crashed = isinstance(error, exceptions.WorkerCrashedError)
            return Lost(number, "Its worker process ended." if crashed else "The cluster gave it up.")
        return UserError(*found.message) if isinstance(found, Refused) else found


def not_connected(error: Exception) -> UserError:
    """Returns the words for a cluster that answers and takes no connection; Ray's own, for the log, are of its insides.

    Args:
        error: Ray's.
    """
    logging.getLogger(__name__).error("The Ray cluster takes no connection: %s", error)
    is_version = "version" in str(error).lower()
    why = "Its Ray, or its Python, is of another version." if is_version else "It answers, and takes no connection."
    do = "The same versions of Ray and Python have to be here and there; the log has what Ray says."
    return UserError("The Ray cluster cannot be reached.", why, do)


def _imported() -> Any:
    """Returns Ray, which keeps its own words to itself.

    Raises:
        UserError: It is not installed.
    """
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # else it warns of what a later version does
    try:
        import ray
        import ray.util.client
    except ImportError as error:
        raise UserError(
            "Ray is not installed.",
            "A study reaches a cluster by it.",
            "Install it in this program's folder: python -m pip install '.[cluster]'.",
        ) from error
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    return ray


def _check_reached(address: str) -> None:
    """Refuses what is no address, and says at once if nobody listens there: Ray itself tries for half a minute.

    Raises:
        UserError: It is none, or nobody does.
    """
    parts = urlsplit(address)
    try:
        host, port = parts.hostname, parts.port or CLIENT_PORT
    except ValueError:
        host, port = None, 0
    if parts.scheme != "ray" or not host:
        raise UserError(f"{address} is no address of a cluster.", "", 'Write ray://HOST:10001, or "auto".')
    try:
        with socket.create_connection((host, port), timeout=REACHED_SECONDS) as connection:
            if not _speaks_as_ray(connection):
                raise UserError(
                    f"What answers at {host}, port {port}, is no Ray cluster.",
                    "It is another program, or another door of the cluster.",
                    f"Name the port at which its head listens to clients, by default {CLIENT_PORT}.",
                )
    except OSError as error:
        raise UserError(
            f"The Ray cluster at {host}, port {port}, cannot be reached.",
            reason_of(error),
            "Start its head with ray start --head, or name another address.",
        ) from error


def _speaks_as_ray(connection: socket.socket) -> bool:
    """Returns whether the other side answers a greeting in HTTP/2, as Ray's does: at once, and before all else."""
    if os.environ.get("RAY_USE_TLS", "0") != "0":  # then nothing can be told before keys are exchanged
        return True
    found = b""
    try:
        connection.sendall(GREETING)
        while len(found) < len(SETTINGS):
            more = connection.recv(len(SETTINGS) - len(found))
            if not more:
                return False
            found += more
    except OSError:  # silent, or it hung up
        return False
    return found[3] == SETTINGS[3]  # the kind of frame


def _working(client: Any) -> list[Mapping[str, Any]]:
    """Returns the machines of a cluster that take tasks."""
    return [node for node in client.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1]


def _check_machines(client: Any, checked: set[str], ended: threading.Event) -> None:
    """Asks every machine for its versions that is not `checked`, and adds it there.

    One that does not answer in time is asked again with each chunk.

    Raises:
        UserError: One has others than this process.
    """
    from ray import exceptions
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    check, asked = _check(client), {}
    for node in _working(client):
        if node["NodeID"] not in checked:
            there = NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            asked[check.options(scheduling_strategy=there).remote(dict(versions()))] = node
    waited = 0.0
    while asked and waited < CHECK_SECONDS and not ended.is_set():
        done, _ = client.wait(list(asked), timeout=LOOK_EVERY)
        waited += 0 if done else LOOK_EVERY
        for each in done:
            node = asked.pop(each)
            with suppress(exceptions.RayError):  # it left meanwhile
                if found := client.get(each):
                    raise UserError(*refusal(f"The machine {node['NodeManagerAddress']} of the cluster", found))
                checked.add(node["NodeID"])


# What Ray calls is made inside functions: those are sent as they are, while a module's is looked for by its name, and
# a machine without this program, or with an old one, could not say so.
def _task(client: Any) -> Any:
    def train_chunk(chunk: bytes, features: Any, ours: Mapping[str, str]) -> Any:
        from qtl_core.studies.workers.far import train_far

        return train_far(chunk, features, ours)

    return client.remote(num_cpus=1, max_retries=0)(train_chunk)


def _check(client: Any) -> Any:
    def check_versions(ours: Mapping[str, str]) -> str:
        try:
            from qtl_core.studies.workers.far import different
        except ImportError:
            return "no, or another, version of this program"
        return different(ours)

    return client.remote(num_cpus=0, max_retries=1)(check_versions)
