"""A body is bounded in memory and time, whoever sends it and however slowly."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import Request

from qtl_core.serving.bodies import Bodies
from qtl_core.serving.limits import Limits
from qtl_core.serving.refusals import Refused

LIMITS = Limits(request_bytes=100, held_bytes=150, idle_seconds=0.01, slowest=1_000_000)


def request(*pieces: bytes, said: int | None = None, goes_on: bool = False) -> Request:
    """A request whose body comes in pieces, and never ends where it `goes_on`."""
    left = list(pieces)

    async def receive():
        if goes_on and not left:
            await asyncio.Event().wait()
        piece = left.pop(0) if left else b""
        return {"type": "http.request", "body": piece, "more_body": bool(left) or goes_on}

    headers = [] if said is None else [(b"content-length", str(said).encode())]
    return Request({"type": "http", "method": "POST", "path": "/predict", "headers": headers}, receive)


def read(bodies: Bodies, asked: Request) -> bytes:
    async def whole():
        async with bodies.body(asked) as content:
            assert bodies.held > 0
            return content

    return asyncio.run(whole())


def test_a_body_comes_whole_and_is_let_go():
    bodies = Bodies(LIMITS)
    assert read(bodies, request(b"abc", b"def", said=6)) == b"abcdef"
    assert read(bodies, request(b"abc", b"def")) == b"abcdef" and bodies.held == 0


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(said=101), 413),
        (request(b"x" * 60, b"x" * 60), 413),
        (request(b"x" * 60, said=10), 413),
        (request(b"x", goes_on=True), 408),
        (request(said=50, goes_on=True), 408),
    ],
)
def test_what_is_too_large_or_too_slow_is_given_up(asked, status):
    bodies = Bodies(LIMITS)
    with pytest.raises(Refused) as refused:
        read(bodies, asked)
    assert refused.value.status == status and bodies.held == 0


def test_all_bodies_together_are_bounded_and_an_unsaid_length_counts_as_the_most():
    async def two():
        bodies = Bodies(LIMITS)
        async with bodies.body(request(b"abc")):
            assert bodies.held == LIMITS.request_bytes
            with pytest.raises(Refused) as refused:
                async with bodies.body(request(b"x" * 60, said=60)):
                    pass
            async with bodies.body(request(b"x" * 50, said=50)):
                pass
        return refused.value.status, bodies.held

    assert asyncio.run(two()) == (503, 0)
