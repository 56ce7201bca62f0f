"""One study by the process itself, by a pool of processes, and by a Ray cluster on this machine: benchmarks/CLUSTER.md.

    make cluster-table              # or python -m benchmarks.cluster; some minutes

The recipe over many seeds and five learning rates, on the photos (`QTL_SHARED`; else the drawn pictures). Each place
has its processes up and its compiled code loaded before; what is measured goes from a plan to its last row.
"""

from __future__ import annotations

import argparse
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.bench import Bench, open_bench, say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.effort import FULL
from benchmarks.homes import home
from benchmarks.machine import cores, facts, load
from benchmarks.report import Table, seconds, table
from qtl_core.common.progress import never_stop
from qtl_core.runs.store.layout import new_id
from qtl_core.studies import workers
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.store import StudyStore
from qtl_core.studies.workers import Workers

OUT = Path(__file__).parent / "CLUSTER.md"
RATES = "learning_rate=0.0001,0.0002,0.0004,0.001,0.003"
INSIDE, POOL, RAY = "this process, a thread a core", "a process a core", "Ray on this machine, a core each"
MOST = 1.2  # times the pool's time that Ray may take
STORE_BYTES = 2**28


def main(words: Sequence[str]) -> None:
    """Measures, prints a table, and writes the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cluster", description="one study, trained in three places"
    )
    parser.add_argument("--runs", type=int, default=2000, help="a multiple of five")
    parser.add_argument("--rounds", type=int, default=3, help="how often each has its turn; the best counts")
    parser.add_argument("--home", help="keep features and compiled code in this folder, not in one that is removed")
    parser.add_argument("--out", type=Path, default=OUT, help="write the page to this file")
    chosen = parser.parse_args(words)
    with home(chosen.home):
        bench, before = open_bench(FULL), load()
        found = compared(bench, chosen.runs, chosen.rounds)
    page = in_markdown(bench, found, chosen.runs, (before, load()))
    print(page)
    chosen.out.write_text(page, "utf-8")


def compared(bench: Bench, runs: int, rounds: int) -> dict[str, float]:
    """Returns the seconds that a study of so many runs takes, by where it is trained."""
    places: dict[str, Workers] = {INSIDE: workers.in_process(), POOL: workers.local(cores())}
    with ray_here(cores()) as address:
        places[RAY] = workers.ray(address)
        for name, place in places.items():
            say(f"Getting ready: {name} ...")
            trained(bench, 100, place)
        found = in_turns(
            {name: lambda place=place: trained(bench, runs, place) for name, place in places.items()}, rounds
        )
        for place in places.values():
            place.close()
    return found


def trained(bench: Bench, runs: int, place: Workers) -> float:
    """Returns the seconds from a plan to its last row."""
    store = StudyStore.create(StudyPlan(new_id(), bench.settings, (axis_from(RATES),), runs // 5))
    store.plan.runs()  # which keys they have is known before Start
    return seconds_of(lambda: [*train_study(store, lambda _: None, never_stop, place)])


@contextmanager
def ray_here(count: int) -> Iterator[str]:
    """Starts a Ray cluster of a head and a node of so many cores; yields its address."""
    from ray.cluster_utils import Cluster

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    paths = {"PYTHONPATH": str(Path(__file__).parents[1]), "QTL_HOME": os.environ["QTL_HOME"]}
    common = {"object_store_memory": STORE_BYTES, "env_vars": paths}
    head = {"num_cpus": 0, "ray_client_server_port": port, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head | common)
    try:
        cluster.add_node(num_cpus=count, **common)
        yield f"ray://127.0.0.1:{port}"
    finally:
        cluster.shutdown()


def in_markdown(bench: Bench, found: dict[str, float], runs: int, loads: tuple[float, float]) -> str:
    """Returns the page."""
    rows = [[name, seconds(each), seconds(each / runs), f"{each / found[POOL]:.2f}"] for name, each in found.items()]
    said = "is reached" if found[RAY] <= MOST * found[POOL] else "is not reached"
    told = [f"- {name}: {value}" for name, value in facts("python -m benchmarks.cluster").items()]
    told.append(f"- processes that wanted a core: {loads[0]:.1f} before, {loads[1]:.1f} after")
    return "\n".join(
        [
            "# One study in three places",
            "",
            f"{runs:,} runs of the recipe (five learning rates, {runs // 5:,} seeds) on {bench.materials},",
            "from a plan to its last row; processes and compiled code are ready. The best of some turns.",
            "",
            table(Table(["where", "in all", "a run", "of the pool's time"], rows)),
            "",
            f"To reach: Ray within {MOST} times the pool. That {said}.",
            "",
            *told,
            "",
        ]
    )


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
