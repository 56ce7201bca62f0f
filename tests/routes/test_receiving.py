"""Bodies are taken in with a bounded memory, and turns are shared fairly."""

from __future__ import annotations

import asyncio
import io
from contextlib import ExitStack

import pytest

from tests.helpers.asgi import scope_of
from ui.shell.routes import receiving
from ui.shell.routes.answers import Refused
from ui.shell.routes.receiving import (
    AT_ONCE,
    BODIES_AN_ADDRESS,
    BODIES_EACH,
    EACH,
    WRITE_BYTES,
    Bodies,
    Turns,
    receive,
)


class Watched(io.BytesIO):
    """A file that notes how much is written at a time, and takes a part of it alone."""

    def __init__(self, most: int = 2**30) -> None:
        super().__init__()
        self.most, self.writes = most, []

    def write(self, content) -> int:
        self.writes.append(len(content))
        return super().write(content[: self.most])


def received(pieces, file, most=2**30):
    from starlette.requests import Request

    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def take():
        return waiting.pop(0)

    async def run():
        return await receive(Request(scope_of("PUT", "/", {}), take), file, most, "Too large.")

    return asyncio.run(run())


def test_a_body_is_written_whole_a_quarter_of_a_megabyte_at_a_time():
    piece, file = bytes(range(256)) * 256, Watched()
    assert received([piece] * 100, file) == len(piece) * 100
    assert file.getvalue() == piece * 100
    assert max(file.writes) <= WRITE_BYTES + len(piece)


def test_a_file_that_takes_a_part_is_given_the_rest():
    file = Watched(most=7)
    assert received([b"0123456789" * 3], file) == 30
    assert file.getvalue() == b"0123456789" * 3


def test_a_body_of_which_nothing_comes_is_given_up(monkeypatch):
    from starlette.requests import Request

    async def nothing():
        await asyncio.Event().wait()

    async def run():
        await receive(Request(scope_of("PUT", "/", {}), nothing), io.BytesIO(), 9, "")

    monkeypatch.setattr(receiving, "IDLE_SECONDS", 0.01)
    with pytest.raises(Refused, match="Nothing came") as error:
        asyncio.run(run())
    assert (error.value.status, error.value.again) == (408, True)


def test_a_visitor_has_a_few_turns_and_leaves_some_to_others():
    async def run():
        turns, most = Turns(), {"all": 0, "one": 0}

        async def take(asker):
            async with turns.turn(asker):
                most["all"] = max(most["all"], turns.reading.total())
                most["one"] = max(most["one"], turns.reading[asker])
                await asyncio.sleep(0.001)

        one, others = ("me" for _ in range(12)), (f"visitor {number % 5}" for number in range(40))
        await asyncio.gather(*map(take, (*one, *others)))
        return most, turns

    most, turns = asyncio.run(run())
    assert most == {"all": AT_ONCE, "one": EACH}
    assert (turns.reading.total(), turns.waiting.total()) == (0, 0)


def test_who_waits_too_long_or_with_too_many_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(receiving, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(receiving, "EACH", 1)
    monkeypatch.setattr(receiving, "WAITING_EACH", 1)

    async def run():
        turns = Turns()
        async with turns.turn("me"):
            second = asyncio.create_task(turns._wait("me"))
            await asyncio.sleep(0)
            with pytest.raises(Refused) as many:
                await turns._wait("me")
            with pytest.raises(Refused) as long:
                await second
        return many.value, long.value

    many, long = asyncio.run(run())
    assert [(each.status, each.again) for each in (many, long)] == [(429, True), (503, True)]


def receiving_from(take):
    from starlette.requests import Request

    return receive(Request(scope_of("PUT", "/", {}), take), io.BytesIO(), 10**6, "")


def test_bodies_that_are_waited_for_hold_no_turn():
    async def run():
        async def nothing():
            await asyncio.Event().wait()

        waiting = [asyncio.create_task(receiving_from(nothing)) for _ in range(3 * AT_ONCE)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held = receiving.turns.reading.total()
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return held

    assert asyncio.run(run()) == 0


def test_a_body_that_comes_a_byte_at_a_time_is_given_up(monkeypatch):
    clock = iter(range(0, 10**6, 10))  # ten seconds from each look to the next

    async def a_byte():
        return {"type": "http.request", "body": b"x", "more_body": True}

    monkeypatch.setattr(receiving.time, "monotonic", lambda: float(next(clock)))
    with pytest.raises(Refused, match="Nothing came") as error:
        asyncio.run(receiving_from(a_byte))
    assert error.value.status == 408


def test_so_many_bodies_are_on_their_way_from_a_visitor_and_from_an_address():
    bodies = Bodies()
    with ExitStack() as stack:
        for _ in range(BODIES_EACH):
            stack.enter_context(bodies.one_more("me", "192.0.2.1"))
        with pytest.raises(Refused), bodies.one_more("me", "192.0.2.2"):
            pass
        for number in range(BODIES_AN_ADDRESS - BODIES_EACH):
            stack.enter_context(bodies.one_more(f"made up {number}", "192.0.2.1"))
        with pytest.raises(Refused), bodies.one_more("another", "192.0.2.1"):
            pass
        with bodies.one_more("another", "192.0.2.2"):
            assert bodies.counts[""] == BODIES_AN_ADDRESS + 1
    assert not bodies.counts
