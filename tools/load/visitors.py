"""Visitors: people who look at all pages, and people who train while they do."""

from __future__ import annotations

import asyncio
import io
import random
import re
import time
from dataclasses import dataclass, field

from PIL import Image

from tools.load.client import Client
from ui.base.pages import PAGES

TITLES = tuple(entry.title for entry in PAGES)
THINKING_SECONDS = (5.0, 15.0)  # on a page, before the next: brisk for people who read
FIRST_START_SECONDS = 120.0  # at most: whoever came to train sees a run begin, also at the end of the day
PLACE = re.compile(r"Waiting, (?:next|number (\d+)) in line")
OVER = re.compile(r"(Finished|Stopped) after (\d+) epoch|Stopped before the first epoch")
GOING = re.compile(r"Training: epoch|Getting ready|Looking at the|Drawing")


@dataclass(frozen=True)
class Habits:
    """The habits that all visitors share.

    Attributes:
        source: Which pictures they look at and train on.
        thinking: From how many to how many seconds they stay on a page before the next.
    """

    source: str = "drawn"
    thinking: tuple[float, float] = THINKING_SECONDS


@dataclass
class Told:
    """The experience of all visitors together.

    Attributes:
        changes: Seconds of every page change, by page.
        problems: What should not have been.
        places: (when, trainer, place) whenever a trainer was told a place in the queue.
        asks: (from, to, trainer) whenever somebody pressed Start: pressed, and answered by the page.
        starts: (from, to, trainer): when a run started, at the earliest and at the latest. A page that refreshes every
            few seconds last says that the run waits, and then that it is under way, or over already.
        withdrawals: (when, trainer) whenever somebody who still waited for their turn left.
        finished: Runs that were seen to their end, by engine.
        refreshes: How often anything refreshed itself.
        visits: Sessions opened.
    """

    changes: dict[str, list[float]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    places: list[tuple[float, int, int]] = field(default_factory=list)
    asks: list[tuple[float, float, int]] = field(default_factory=list)
    starts: list[tuple[float, float, int]] = field(default_factory=list)
    withdrawals: list[tuple[float, int]] = field(default_factory=list)
    finished: dict[str, int] = field(default_factory=dict)
    refreshes: int = 0
    visits: int = 0


class Visitor:
    """One person.

    Args:
        number: Tells them from all others; it is also their seed, and decides their number of qubits.
        engine: What they train with, or "" for somebody who only looks.
        epochs: How long they train.
        habits: What they have in common with the others.
    """

    def __init__(
        self, address: str, number: int, told: Told, engine: str = "", epochs: int = 30, habits: Habits | None = None
    ) -> None:
        self.address, self.number, self.told, self.engine = address, number, told, engine
        self.habits = habits or Habits()
        self.random = random.Random(number)
        self.own = f"qubits={(2, 3, 5)[number % 3]}", f"seed={number + 1}"  # none of them a usual value
        wanted = "&".join((*self.own, f"source={self.habits.source}", "backbone=efficientnet_lite0"))
        self.query = f"{wanted}&engine={engine}&epochs={epochs}" if engine else wanted
        self.under_way, self.waited, self.has_seen_one = False, 0.0, False

    async def stay(self, until: float) -> None:
        """Uses the app until the clock (`time.monotonic`) says so, and closes the page."""
        client = Client(self.address, self.query)
        self.told.visits += 1
        try:
            async with client:
                await (self._train(client, until) if self.engine else self._look_around(client, until))
        except (TimeoutError, LookupError, OSError) as error:
            self.told.problems.append(f"{client.mark} ({self.number}): {type(error).__name__}: {error}")
        self.told.problems += client.problems
        self.told.refreshes += client.refreshes

    async def _look_around(self, client: Client, until: float) -> None:
        titles, rounds = self.random.sample(TITLES, len(TITLES)), 0
        while time.monotonic() < until or not rounds:
            for title in titles:
                if time.monotonic() > until and rounds:
                    break
                await self._go(client, title)
                if title == "Predict" and not client.own:
                    await self._ask(client)
                await self._think()
            rounds += 1

    async def _train(self, client: Client, until: float) -> None:
        await self._go(client, "Train")
        while time.monotonic() < until:
            self.waited = time.monotonic()
            await client.press(
                "Start" if client.screen.named("button", "Start") else "Finish"
            )  # of one that was stopped
            self.told.asks.append((self.waited, time.monotonic(), self.number))
            await self._watch(client, until)
            await self._think()
        if (stop := client.screen.named("button", "Stop")) and not stop.content.disabled:
            if not self.under_way:
                self.told.withdrawals.append((time.monotonic(), self.number))
            await client.press("Stop")
            await client.until(lambda: OVER.search(client.screen.words()), "the run to be stopped")

    async def _watch(self, client: Client, until: float) -> None:
        """Watches a run to its end; once it is under way, looks at another page now and then meanwhile."""
        self.under_way, look = False, time.monotonic() + self.random.uniform(8, 20)
        while time.monotonic() < until or self._waits_for_its_first(until):
            if OVER.search(self._note(client)):
                self.told.finished[self.engine] = self.told.finished.get(self.engine, 0) + 1
                return
            if time.monotonic() > look and self.under_way:
                look = time.monotonic() + self.random.uniform(8, 20)
                await self._go(client, self.random.choice(TITLES))
                await self._think()
                await self._go(client, "Train")
            await asyncio.sleep(0.2)

    def _waits_for_its_first(self, until: float) -> bool:
        return not self.has_seen_one and time.monotonic() < until + FIRST_START_SECONDS

    def _note(self, client: Client) -> str:
        """Notes what the page says of the run, and returns all its words."""
        said = client.screen.said()
        words = "\n".join(text for _, text in said)
        if found := PLACE.search(words):
            self._note_place(next(when for when, text in said if PLACE.search(text)), int(found[1] or 1))
        elif not self.under_way and (GOING.search(words) or OVER.search(words)):  # a quick run is over when it is seen
            self.under_way = self.has_seen_one = True
            self.told.starts.append((self.waited, time.monotonic(), self.number))
        return words

    def _note_place(self, when: float, place: int) -> None:
        """Notes a place once for each time that the page says it."""
        if when > self.waited:
            self.waited = when
            self.told.places.append((when, self.number, place))

    async def _go(self, client: Client, title: str) -> None:
        self.told.changes.setdefault(title, []).append(await client.go(title))
        for own in self.own:
            if own not in client.query.split("&"):
                self.told.problems.append(f"{client.mark} chose {own}, and has {client.query} on {title}")

    async def _ask(self, client: Client) -> None:
        picture = io.BytesIO()
        Image.effect_noise((320, 240), 40).convert("RGB").save(picture, "JPEG")
        await client.upload(f"{client.mark}.jpg", picture.getvalue())
        await client.until(lambda: client.own, "an answer for the uploaded picture", 120)

    async def _think(self) -> None:
        await asyncio.sleep(self.random.uniform(*self.habits.thinking))
