"""Measures live answers: how many a second each watcher gets, and how soon, where 1, 5 and 20 watch the same server.

    python -m tools.live_speed                   the head that comes along, EfficientNet-Lite0
    python -m tools.live_speed --run ID --home H   a kept run

Each watcher is a thread that does what `ui/assets/live.js` does: sends a frame, waits for the answer, waits as long as
the server says. Beside them pages are opened, so that it is seen what they pay. Real server, real worker.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import math
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from qtl_core.common.memory import resident_bytes
from qtl_core.pictures.sources.drawn import draw_picture
from tools.app_server import running_app

WATCHERS = (1, 5, 20)
SECONDS = 12.0  # of each measurement; the first two are not counted
WARM_SECONDS = 2.0
FRAME = (341, 256)  # what the browser sends of a camera of 4:3
FIRST_LIMIT = 120.0  # seconds: a worker starts


@dataclass
class Watcher:
    """Somebody who watches, and what they got.

    Attributes:
        name: What the server tells them apart by.
        took: Seconds from frame to answer, of those that count.
        refused: Frames that got no answer.
    """

    name: str
    took: list[float] = field(default_factory=list)
    refused: int = 0

    def watch(self, address: str, run: str, frames: Sequence[bytes], until: float) -> None:
        """Sends frames until a moment of `time.monotonic`, as the browser does."""
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=FIRST_LIMIT)
        headers, counts_from, number = {"X-Qtl-Client": self.name}, time.monotonic() + WARM_SECONDS, 0
        while time.monotonic() < until:
            began = time.monotonic()
            connection.request("POST", f"/own/answer/{run}", frames[number % len(frames)], headers)
            response = connection.getresponse()
            told = json.loads(response.read())
            number += 1
            if began > counts_from:
                if response.status == 200:
                    self.took.append(time.monotonic() - began)
                else:
                    self.refused += 1
            time.sleep(told.get("wait_ms", 1_000) / 1_000)


def measure(address: str, run: str, count: int, frames: Sequence[bytes]) -> dict[str, float]:
    """Returns what `count` watchers got, as figures by name."""
    watchers = [Watcher(f"watcher-{count:02}-{number:02}") for number in range(count)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=each.watch, args=(address, run, frames, until)) for each in watchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    each = sorted(len(watcher.took) / (SECONDS - WARM_SECONDS) for watcher in watchers)
    took = sorted(second for watcher in watchers for second in watcher.took)
    return {
        "watchers": count,
        "answers a second, each": statistics.median(each),
        "the fewest": each[0],
        "the most": each[-1],
        "all together": sum(each),
        "ms, median": 1_000 * statistics.median(took),
        "ms, 95th percentile": 1_000 * took[int(0.95 * (len(took) - 1))],
        "refused": sum(watcher.refused for watcher in watchers),
    }


def drawn_frames() -> list[bytes]:
    """Returns frames of the size that browsers send."""
    frames = []
    for number in range(12):
        small = io.BytesIO()
        draw_picture("val", "bees" if number % 2 else "ants", number).resize(FRAME).save(small, "JPEG", quality=85)
        frames.append(small.getvalue())
    return frames


def server_megabytes() -> float:
    """Returns the memory of the server that this process started, without its workers; NaN where none says."""
    try:
        children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    except OSError:
        return math.nan
    return max((resident_bytes(int(child)) or 0) / 2**20 for child in children)


@contextmanager
def _home(named: str) -> Iterator[Path]:
    if named:
        yield Path(named)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def main() -> int:
    """Measures and prints a line for each number of watchers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="bundled", help="The run that answers (default: the one that comes along).")
    parser.add_argument("--home", default="", help="The data folder that it is kept in (default: an empty one).")
    parser.add_argument("--watchers", type=int, nargs="+", default=WATCHERS, help="How many watch, one after another.")
    options = parser.parse_args()
    frames = drawn_frames()
    with _home(options.home) as home, running_app(home) as address:
        began = time.monotonic()
        first = Watcher("first-of-all")
        first.watch(address, options.run, frames, time.monotonic() + 0.001)
        print(f"the first answer of a new server: {time.monotonic() - began:.1f} s", flush=True)
        for count in options.watchers:
            figures = measure(address, options.run, count, frames)
            print(
                "  ".join(
                    f"{name}: {figure:g}" if isinstance(figure, int) else f"{name}: {figure:.1f}"
                    for name, figure in figures.items()
                ),
                flush=True,
            )
            print(f"    server: {server_megabytes():.0f} MB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
