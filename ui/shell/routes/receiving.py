"""Bodies of requests on their way to a file: piece by piece, a bounded part in memory, a bounded number at a time.

What is read of a body waits in memory until it is a quarter of a megabyte, and is written by a thread, because a busy
disk must not hold up the server's one event loop. A turn is had while something is done with what has come, never
while the network is waited for: so slow bodies, however many, keep nobody else from it. Who has to wait for a turn is
not read from meanwhile, so the network waits. How many bodies may be on their way is bounded for a visitor, for an
address (cookies are made up easily) and for all, and one that comes too slowly is given up.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import IO, TypeVar

from starlette.requests import Request

from qtl_core.common.system_reasons import reason_of
from ui.shell.routes.access import asker
from ui.shell.routes.answers import Refused

Result = TypeVar("Result")
AT_ONCE = 12  # turns for all
EACH = 4  # of one visitor, who so leaves some to the others
WAITING_EACH = 12  # of one visitor: tabs of one browser wait for each other
BODIES, BODIES_AN_ADDRESS, BODIES_EACH = 192, 64, 16  # on their way: for all, of an address, of a visitor
WAIT_SECONDS = 60.0  # for a turn
IDLE_SECONDS = 15.0  # without a byte; a server that is ended waits for what is on its way
SLOWEST = 2_000  # bytes a second from then on: a telephone at the edge of its network has twice as many
LONGEST_SECONDS = 900.0  # of one body, or a few who send a byte now and then would keep the others out
WRITE_BYTES = 2**18
THREADS = 2  # that write, look at pictures and ask the store: with pages and a training beside them, on two cores

_workers = ThreadPoolExecutor(THREADS, "own-routes")
_large = ThreadPoolExecutor(1, "own-routes-large")


async def in_thread(work: Callable[..., Result], *args: object) -> Result:
    """Returns what `work` returns, which may take a while: done by one of a few threads."""
    return await asyncio.get_running_loop().run_in_executor(_workers, work, *args)


async def in_large_thread(work: Callable[..., Result], *args: object) -> Result:
    """Does the same with a picture of so many pixels that it takes seconds: one at a time, beside the others."""
    return await asyncio.get_running_loop().run_in_executor(_large, work, *args)


class Bodies:
    """Counts the bodies that are on their way."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    @contextmanager
    def one_more(self, asker: str, address: str) -> Iterator[None]:
        """Counts one until the end of the `with`.

        Raises:
            Refused: There are too many.
        """
        mine = (("", BODIES), (f"address {address}", BODIES_AN_ADDRESS), (f"asker {asker}", BODIES_EACH))
        if any(self.counts[name] >= most for name, most in mine):
            raise Refused(429, "Too much is on its way at once. It goes on in a moment.", again=True)
        self.counts.update(name for name, _ in mine)
        try:
            yield
        finally:
            self.counts.subtract(name for name, _ in mine)
            self.counts += Counter()  # drops who has none


class Turns:
    """Decides with whose pictures something is done now: so many at a time, each visitor a few of them.

    Args:
        at_once: How many, if it is not `AT_ONCE`.
    """

    def __init__(self, at_once: int = 0) -> None:
        self.at_once = at_once
        self.guard = threading.Lock()
        self.reading: Counter[str] = Counter()
        self.waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, asker: str) -> AsyncIterator[None]:
        """Waits for a turn, and has it until the end of the `with`.

        Raises:
            Refused: There are too many, or it takes too long.
        """
        await self._wait(asker)
        try:
            yield
        finally:
            with self.guard:
                self.reading[asker] -= 1
                self.reading += Counter()  # drops who has none

    async def _wait(self, asker: str) -> None:
        with self.guard:
            if self.waiting[asker] >= WAITING_EACH:
                raise Refused(429, "Too much is on its way from here at once. It goes on in a moment.", again=True)
            self.waiting[asker] += 1
        try:
            for _ in range(int(WAIT_SECONDS / 0.05)):
                if self._begin(asker):
                    return
                await asyncio.sleep(0.05)
            raise Refused(503, "Many people are sending pictures. Yours go on in a moment.", again=True)
        finally:
            with self.guard:
                self.waiting[asker] -= 1
                self.waiting += Counter()

    def _begin(self, asker: str) -> bool:
        with self.guard:
            free = self.reading[asker] < EACH and self.reading.total() < (self.at_once or AT_ONCE)
            self.reading[asker] += free
            return free


turns, large_turns, bodies = Turns(), Turns(1), Bodies()


def stated_length(request: Request) -> int | None:
    """Returns how long the body is said to be, or None where it is not said.

    Raises:
        Refused: What is said is no length.
    """
    said = request.headers.get("content-length")
    if said is None:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 16):
        raise Refused(400, "The length of the file was not said as a number.")
    return int(said)


async def receive(request: Request, file: IO[bytes], most: int, too_large: str) -> int:
    """Writes a body to a file; returns its length.

    Args:
        request: Whose body.
        file: Open for writing, unbuffered.
        most: Bytes that are allowed.
        too_large: What is said where there are more.

    Raises:
        Refused: It is too large, shorter than it said, too slow, or cannot be written.
    """
    said = stated_length(request)
    if said is not None and said > most:
        raise Refused(413, too_large)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            length = await _receive(request, file, most, too_large)
    except TimeoutError:
        raise Refused(408, "Nothing came for a while. It is sent again.", again=True) from None
    except OSError as error:
        raise Refused(507, f"The file cannot be kept. {reason_of(error)} What is there already stays.") from error
    if said is not None and length != said:
        raise Refused(400, "The file did not come whole. It is sent again.", again=True)
    return length


async def _receive(request: Request, file: IO[bytes], most: int, too_large: str) -> int:
    length, held, waited = 0, bytearray(), 0.0
    pieces = aiter(request.stream())
    while True:
        begun = time.monotonic()
        async with asyncio.timeout(IDLE_SECONDS):
            piece = await anext(pieces, None)
        waited += time.monotonic() - begun
        if length < SLOWEST * (waited - IDLE_SECONDS):
            raise TimeoutError
        if piece is not None:
            length += len(piece)
            if length > most:
                raise Refused(413, too_large)
            held += piece
        if held and (piece is None or len(held) >= WRITE_BYTES):
            async with turns.turn(asker(request)):
                await in_thread(_write_all, file, bytes(held))
            held.clear()
        if piece is None:
            return length


def _write_all(file: IO[bytes], content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]  # an unbuffered file may take a part of it, as on a disk that is nearly full
