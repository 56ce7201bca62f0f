"""A day at the app: it is started, visitors come, stay and go, and afterwards nothing is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.app_server import running_app
from tools.load.browsers import browse
from tools.load.client import Client
from tools.load.processes import Sample, children, is_running, sample, server_of
from tools.load.visitors import OVER, TITLES, Habits, Told, Visitor

WARMING_SECONDS = 300.0  # at most, for the first visitor of all
ARRIVING_SECONDS = 15.0  # a class comes in over some seconds, not at one instant
SAMPLE_SECONDS = 5.0
LEAVING_SECONDS = 10.0  # after the last has gone
FORGOTTEN_SECONDS = 150.0  # Streamlit keeps a session for two minutes, in case its browser comes back
NOBODY = "http://127.0.0.1:9/"  # no download goes out
ENGINES = ("pennylane", "torch", "compiled", "torch", "torch", "compiled")
EPOCHS = {"pennylane": 2, "torch": 60, "compiled": 500}


@dataclass
class Day:
    """The outcome of the day."""

    told: Told = field(default_factory=Told)
    browser_changes: dict[str, list[float]] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    after: Sample | None = None
    left: list[str] = field(default_factory=list)


async def have_a_day(
    folder: Path,
    visitors: int,
    browsers: int,
    trainers: int,
    seconds: float,
    stay: float | None = None,
    habits: Habits | None = None,
) -> Day:
    """Has people at the app.

    Args:
        folder: For the app's home and log.
        visitors: How many people there are at any time.
        browsers: How many of them come with a real browser.
        trainers: How many of them train; the first with PennyLane.
        seconds: For how long.
        habits: What all of them have in common.
        stay: After how many seconds a visitor leaves and another comes; None for never.
    """
    day, habits = Day(), habits or Habits()
    with _app(folder, day) as (address, server):
        await _open_the_day(address, habits.source)
        until = time.monotonic() + seconds
        sampling = asyncio.create_task(_sample(day, server))
        coming = [
            _seat(day.told, address, number, trainers, until, stay, visitors, habits)
            for number in range(visitors - browsers)
        ]
        if browsers:
            coming.append(_browse(day, address, browsers, until))
        await asyncio.gather(*coming)
        sampling.cancel()
        await asyncio.sleep(FORGOTTEN_SECONDS if stay else LEAVING_SECONDS)
        day.after = sample(server, time.monotonic() - (until - seconds))
    return day


async def _open_the_day(address: str, source: str) -> None:
    """One person trains once before the others come, as a teacher would: pictures are drawn, features are kept."""
    async with Client(address, f"source={source}&backbone=efficientnet_lite0&engine=torch&epochs=1") as client:
        await client.press("Start")
        await client.until(lambda: OVER.search(client.screen.words()), "the first run of the day", WARMING_SECONDS)
        for title in TITLES:
            await client.go(title)


@contextmanager
def _app(folder: Path, day: Day) -> Iterator[tuple[str, int]]:
    """An app of this day's own; what it leaves behind when it ends is noted."""
    log = folder / "app.log"
    with running_app(folder / "home", None, log, QTL_PHOTOS_URL=NOBODY, QTL_WEIGHTS_URL=NOBODY) as address:
        server = server_of(os.getpid())
        yield address, server
        workers = children(server)
    deadline = time.monotonic() + 5
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    day.left += [f"the worker process {pid} was left behind" for pid in workers if is_running(pid)]
    if "Traceback" in (words := log.read_text()):
        day.left.append(f"the server's log has a traceback: ...{words[words.index('Traceback') :][:600]}")


async def _seat(
    told: Told, address: str, number: int, trainers: int, until: float, stay: float | None, seats: int, habits: Habits
) -> None:
    """One place in the class: somebody sits there all the time, each for `stay` seconds."""
    await asyncio.sleep(ARRIVING_SECONDS * number / seats)
    engine = ENGINES[number % len(ENGINES)] if number < trainers else ""
    while time.monotonic() < until:
        visitor = Visitor(address, number, told, engine, EPOCHS.get(engine, 30), habits)
        await visitor.stay(min(until, time.monotonic() + (stay or float("inf"))))


async def _browse(day: Day, address: str, count: int, until: float) -> None:
    day.browser_changes, problems = await asyncio.to_thread(browse, address, count, until)
    day.told.problems += problems


async def _sample(day: Day, server: int) -> None:
    began = time.monotonic()
    while True:
        with contextlib.suppress(OSError):
            day.samples.append(sample(server, time.monotonic() - began))
        await asyncio.sleep(SAMPLE_SECONDS)
