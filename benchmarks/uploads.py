"""A thousand large photos dropped at once: `python -m benchmarks.uploads`, while others use the app.

It starts an app of its own, makes a class, and sends it photos of 12 megapixels as a browser does: three at a time,
over connections that are kept. With `--browser` a real Chromium does, by the Data page, which shows them and has their
features computed as they come. Meanwhile visitors go from page to page every two seconds, and the server's memory is
looked at. Prints the figures as JSON. Every photo is another picture.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import io
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from qtl_core.pictures.datasets.creating import create, list_datasets
from tools.app_server import running_app
from tools.browser import DESKTOP_LIGHT, chromium, open_page
from tools.load.client import Client
from tools.load.processes import sample, server_of
from ui.base.pages import PAGES

WIDTH, HEIGHT = 4000, 3000
AT_ONCE = 3  # as in ui/assets/send.js
THINKING_SECONDS = 2.0
ENTRIES = 60  # of a quantisation table that are changed; a byte each, up to 255


@dataclass
class Measured:
    """The findings so far.

    Attributes:
        changes: Seconds of page changes, before and while the photos came.
        sent: Seconds for every photo.
        memory: Megabytes of the server, every second.
        problems: What should not have been.
    """

    changes: dict[str, list[float]] = field(default_factory=lambda: {"before": [], "while": []})
    sent: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def main() -> int:
    """Measures, and prints the figures."""
    options = _parser().parse_args()
    measured = Measured()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        os.environ["QTL_HOME"] = str(Path(folder) / "home")
        with running_app(Path(folder) / "home") as address:
            send = _dropper(address, Path(folder), options) if options.browser else _sender(address, options, measured)
            seconds = asyncio.run(_measure(address, send, options, measured))
        size = len(next(large_photos(1)))
        print(json.dumps(_figures(measured, seconds, size, sum(each.count for each in list_datasets())), indent=2))
    return 1 if measured.problems else 0


def large_photos(count: int) -> Iterator[bytes]:
    """Yields JPEGs of 12 megapixels with as much in them as a camera's, each another picture.

    One is encoded; the others differ from it in an entry of its quantisation table, and so in all their pixels.
    """
    rng = np.random.default_rng(0)
    coarse = Image.fromarray(rng.integers(0, 256, (HEIGHT // 8, WIDTH // 8, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=np.int16)
    noisy = np.clip(pixels + rng.normal(0, 6, pixels.shape), 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noisy).save(stream, "JPEG", quality=88)
    whole, table = bytearray(stream.getvalue()), stream.getvalue().index(b"\xff\xdb") + 5
    for number in range(count):
        photo = bytearray(whole)
        photo[table + 3 + number % ENTRIES] += 1 + number // ENTRIES
        yield bytes(photo)


async def _measure(address: str, send: Callable[[], None], options: argparse.Namespace, measured: Measured) -> float:
    server = server_of(os.getpid(), urlsplit(address).port or "")
    over = asyncio.Event()
    phase = {"now": "before"}
    watching = [asyncio.create_task(_watch(server, over, measured))]
    watching += [
        asyncio.create_task(_visit(address, number, phase, over, measured)) for number in range(options.visitors)
    ]
    await asyncio.sleep(options.before)
    phase["now"], began = "while", time.monotonic()
    await asyncio.to_thread(send)
    seconds = time.monotonic() - began
    over.set()
    await asyncio.gather(*watching)
    return seconds


def _dropper(address: str, folder: Path, options: argparse.Namespace) -> Callable[[], None]:
    """Has the photos lie on disk; returns what drops them on the page and waits until all have come."""
    files = [folder / f"photo{number:04}.jpg" for number in range(options.pictures)]
    for file, photo in zip(files, large_photos(options.pictures), strict=True):
        file.write_bytes(photo)

    def drop() -> None:
        with chromium() as browser:
            page, _ = open_page(browser, DESKTOP_LIGHT)
            page.goto(f"{address}/data")
            page.get_by_role("button", name="New data set").first.click()
            page.locator(".collect input.some").first.set_input_files(files)
            page.locator(".collect .told", has_text="Done").wait_for(timeout=0)

    return drop


def _sender(address: str, options: argparse.Namespace, measured: Measured) -> Callable[[], None]:
    dataset = create("photos", ["large", "none"]).id
    return lambda: _send_all(address, dataset, options.pictures, measured)


def _send_all(address: str, dataset: str, count: int, measured: Measured) -> None:
    lines, photos, turn = threading.local(), large_photos(count), threading.Semaphore(AT_ONCE)

    def send(number: int, photo: bytes) -> None:
        try:
            _send(lines, urlsplit(address).netloc, f"/own/{dataset}/1/pictures?name=photo{number}.jpg", photo, measured)
        finally:
            turn.release()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, photo in enumerate(photos):
            turn.acquire()  # so that no more of them than are sent are in memory here
            pool.submit(send, number, photo)


def _send(lines: threading.local, host: str, path: str, photo: bytes, measured: Measured) -> None:
    began = time.perf_counter()
    try:
        lines.line = getattr(lines, "line", None) or http.client.HTTPConnection(host, timeout=120)
        lines.line.request("PUT", path, photo)
        answer = json.loads(lines.line.getresponse().read())
        if not answer.get("added"):
            measured.problems.append(json.dumps(answer))
    except (OSError, http.client.HTTPException) as error:
        lines.line = None
        measured.problems.append(repr(error))
    measured.sent.append(time.perf_counter() - began)


async def _visit(address: str, number: int, phase: dict[str, str], over: asyncio.Event, measured: Measured) -> None:
    """Goes from page to page until all is over."""
    titles = [entry.title for entry in PAGES]
    async with Client(address) as client:
        while not over.is_set():
            now = phase["now"]
            seconds = await client.go(titles[number % len(titles)])
            if now == phase["now"]:
                measured.changes[now].append(seconds)
            number += 1
            await asyncio.sleep(THINKING_SECONDS)
        measured.problems += client.problems


async def _watch(server: int, over: asyncio.Event, measured: Measured) -> None:
    while not over.is_set():
        measured.memory.append(sample(server, 0.0).server_mb)
        await asyncio.sleep(1.0)


def _figures(measured: Measured, seconds: float, size: int, kept: int) -> dict[str, object]:
    def spread(values: list[float]) -> dict[str, float]:
        if len(values) < 2:
            return {}
        cuts = statistics.quantiles(values, n=20, method="inclusive")
        return {
            "median": round(cuts[9], 2),
            "p95": round(cuts[18], 2),
            "most": round(max(values), 2),
            "of": len(values),
        }

    return {
        "photos kept": kept,
        "megabytes each": round(size / 1e6, 1),
        "seconds": round(seconds, 1),
        "photos a second": round(kept / seconds, 1),
        "page changes of others before, s": spread(measured.changes["before"]),
        "page changes of others meanwhile, s": spread(measured.changes["while"]),
        "a photo, s": spread(measured.sent),
        "server memory at the start, at most, at the end, MB": [
            *(round(value) for value in (measured.memory[0], max(measured.memory), measured.memory[-1])),
        ],
        "problems": measured.problems[:5],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.uploads", description="Large photos dropped at once.")
    parser.add_argument("--pictures", type=int, default=1_000)
    parser.add_argument("--browser", action="store_true", help="drop them on the page in a real Chromium")
    parser.add_argument("--visitors", type=int, default=5, help="others who go from page to page")
    parser.add_argument("--before", type=float, default=30.0, help="seconds in which only they are there")
    parser.add_argument("--folder", help="where there is room for all of it (4 MB a photo)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
