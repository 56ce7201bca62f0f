"""Limits of the server: what a request may bring, and how much may be on its way at a time."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """Bounds of what a server takes on.

    Attributes:
        request_bytes: Of one request's body; the largest photo of a telephone has some 30 MB.
        held_bytes: Of all bodies that are on their way or wait, so that memory is bounded whoever sends.
        pictures: In one request.
        megapixels: Of all pictures of one request, as their headers say: decoding them keeps others waiting.
        rows: Of numbers, in one request.
        waiting: Pictures that may wait for an answer; beyond them the server is busy.
        waiting_rows: Rows that may.
        batch: Pictures that are answered together; of many that wait, more would only keep the first ones longer.
        batch_rows: Rows that are: a state of ten qubits each is 8 MB.
        idle_seconds: Without a byte of a body, after which it is given up.
        slowest: Bytes a second of a body, after its first `idle_seconds`.
    """

    request_bytes: int = 50 * MEGABYTE
    held_bytes: int = 256 * MEGABYTE
    pictures: int = 64
    megapixels: int = 256
    rows: int = 10_000
    waiting: int = 256
    waiting_rows: int = 50_000
    batch: int = 16
    batch_rows: int = 1_000
    idle_seconds: float = 15.0
    slowest: int = 2_000
