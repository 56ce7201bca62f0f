"""`python -m tools.load.lesson`: thirty pupils open one link to a teacher's data set, and each of them trains on it.

The server is open to others (`QTL_OPEN`), so the set is the teacher's alone to change, and every pupil is a visitor of
their own. The pupils' link carries a task, hides a setting, and names the set, as a teacher makes it with Share.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from qtl_core.common.progress import never_stop
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.sources.ready_made import FillRequest, run_fill_job
from qtl_core.runs.store import list_runs
from tools.app_server import running_app
from tools.load.client import Client

PICTURES = 20  # of each class
ARRIVING_SECONDS = 15.0  # a class comes in over some seconds, not at one instant
OVER = re.compile(r"Finished after \d+ epochs")
LIMIT_SECONDS = 300.0


def main() -> int:
    """Holds the lesson and says how it went; 1 if a pupil's run was not on the teacher's set."""
    parser = argparse.ArgumentParser(prog="python -m tools.load.lesson", description=__doc__.partition("\n")[0])
    parser.add_argument("--pupils", type=int, default=30)
    count = parser.parse_args().pupils
    with tempfile.TemporaryDirectory(prefix="lesson-") as home:
        os.environ["QTL_HOME"] = home
        set_id = _made_set()
        with running_app(Path(home), QTL_OPEN="1") as address:
            pages, waited, problems = asyncio.run(_lesson(address, set_id, count))
        on_it = [run.settings.data.dataset == set_id for run in list_runs()]
    print(f"{count} pupils at one set: page usable after {statistics.median(pages):.2f} s (most {max(pages):.2f});")
    if waited:
        print(f"Start to finished {statistics.median(waited):.1f} s (most {max(waited):.1f});", end=" ")
    print(f"{sum(on_it)} of {len(on_it)} kept runs on the teacher's set, load {os.getloadavg()[0]:.1f}")
    print(*problems, sep="\n")
    return int(bool(problems) or sum(on_it) != count)


def _made_set() -> str:
    record = create("Insects", ["ants", "bees"], owner="teacher")
    for klass, ready in zip(record.classes, ("drawn_ants", "drawn_bees"), strict=True):
        run_fill_job(FillRequest(record.id, klass.id, ready, PICTURES), lambda _: None, never_stop)
    return record.id


async def _lesson(address: str, set_id: str, count: int) -> tuple[list[float], list[float], list[str]]:
    pages, waited, problems = list[float](), list[float](), list[str]()

    async def pupil(number: int) -> None:
        await asyncio.sleep(ARRIVING_SECONDS * number / count)
        query = f"task=Tell+them+apart&data={set_id}&hide=depth&backbone=efficientnet_lite0&seed={number + 1}"
        client = Client(address, query)
        try:
            async with client:
                pages.append(await client.go("Train"))
                began = time.perf_counter()
                await client.press("Start")
                await client.until(lambda: OVER.search(client.screen.words()), "the end of the run", LIMIT_SECONDS)
                waited.append(time.perf_counter() - began)
        except (TimeoutError, LookupError, OSError) as error:
            problems.append(f"pupil {number}: {type(error).__name__}: {error}")
        problems.extend(client.problems)

    await asyncio.gather(*(pupil(number) for number in range(count)))
    return pages, waited, problems


if __name__ == "__main__":
    sys.exit(main())
