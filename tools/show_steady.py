"""Runs show mode for some minutes and says what it holds on to (`make show-steady MINUTES=10`).

Every half minute: megabytes of the server and of its workers, and in the page the megabytes that live on after the
browser has cleared up, with its nodes and listeners. The last third must not need more than the third before it.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from tools.app_server import running_app
from tools.browser import DESKTOP_LIGHT, chromium, open_page
from tools.load.processes import sample, server_of

EACH_SECONDS, LOOK_MS = 30.0, 1_000
GROWTH = 1.10  # a tenth more is what Python and the browser differ by when they clear up at another moment
FIRST_MS = 900_000  # where the pictures have not been looked at before, on a machine that may be busy

Row = dict[str, float | str]


def main() -> int:
    """Measures and prints; returns 1 if something grew, stood still or went wrong."""
    minutes, shared = float(os.environ.get("MINUTES") or 10), os.environ.get("QTL_SHARED")
    seeds: set[str] = set()
    with tempfile.TemporaryDirectory() as home:
        where = Path(os.environ.get("QTL_HOME") or home), Path(shared) if shared else None
        with running_app(*where) as address, chromium() as browser:
            page, watch = open_page(browser, DESKTOP_LIGHT)
            page.goto(f"{address}/?show=1")
            page.locator(".show h2", has_text="It learns").wait_for(timeout=FIRST_MS)
            rows = list(_measured(page, server_of(os.getpid()), 60 * minutes, seeds))
            page.context.close()
    problems = [*watch.problems, *_grown(rows)]
    if len(seeds) < 2:
        problems.append(f"{len(seeds)} rounds were seen, where there should be one and a half a minute")
    print(f"{len(seeds)} rounds.", *problems, sep="\n")
    return 1 if problems else 0


def _measured(page: Page, server: int, seconds: float, seeds: set[str]) -> Iterator[Row]:
    browser, began = page.context.new_cdp_session(page), time.monotonic()
    while time.monotonic() - began < seconds:
        row = _row(page, browser, server, time.monotonic() - began)
        print(*(f"{name} {value}" for name, value in row.items()), sep="  ", flush=True)
        yield row
        until = time.monotonic() + EACH_SECONDS
        while time.monotonic() < until:
            page.wait_for_timeout(LOOK_MS)
            seeds.update(re.findall(r"with seed (\d+)", page.locator(".show .words").inner_text()))


def _row(page: Page, browser: CDPSession, server: int, seconds: float) -> Row:
    held = sample(server, seconds)
    browser.send("HeapProfiler.collectGarbage")
    counted = browser.send("Memory.getDOMCounters")
    return {
        "s": round(seconds),
        "server_mb": held.server_mb,
        "workers_mb": held.workers_mb,
        "threads": held.threads,
        "files": held.files,
        "heap_mb": round(browser.send("Runtime.getHeapUsage")["usedSize"] / 1e6, 1),
        "nodes": counted["nodes"],
        "listeners": counted["jsEventListeners"],
        "scene": page.locator(".show h2").inner_text(),
    }


def _grown(rows: list[Row]) -> list[str]:
    """Says what the last third of the time needs more of than the third before."""
    third = max(1, len(rows) // 3)
    found = []
    for name in ("server_mb", "heap_mb", "nodes", "listeners", "threads", "files"):
        before = statistics.median(row[name] for row in rows[-2 * third : -third] or rows)
        after = statistics.median(row[name] for row in rows[-third:])
        if after > before * GROWTH:
            found.append(f"{name} grew from {before} to {after}")
    return found


if __name__ == "__main__":
    sys.exit(main())
