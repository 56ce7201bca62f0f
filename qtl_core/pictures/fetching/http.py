"""One HTTP request read in a thread of its own, so that a dead network can delay neither a stop nor a deadline.

A name server that is silent, an address that swallows packets or a server that sends a byte a minute all block
inside the operating system, where no flag is looked at. Here the thread blocks, while the caller waits in short
steps, looks at `should_stop`, and leaves when it has waited long enough.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse, IncompleteRead

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import LOOK_EVERY, ShouldStop
from qtl_core.common.system_reasons import reason_of

CHUNK = 1 << 16
FLOOR = 1024  # bytes a second; slower than this a 45 MB archive would take more than 12 hours


class TransferError(Exception):
    """The request failed; the message is a plain sentence.

    Attributes:
        resumable: Whether asking again for the rest may help.
        status: The HTTP status, where the server answered with an error.
    """

    def __init__(self, reason: str, *, resumable: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.resumable, self.status = resumable, status


class Transfer:
    """A response (status, headers) and its body as chunks; a context manager that hangs up on leaving.

    Args:
        request: What to ask for.
        should_stop: Looked at ten times a second.
        connect_timeout: Seconds until the server must have answered, looking up its name included.
        stall_timeout: Seconds over which at least `FLOOR` bytes a second must arrive.

    Raises:
        TransferError: No answer in time, or an answer that is an error.
        StoppedByUser: `should_stop` said so.
    """

    def __init__(
        self,
        request: urllib.request.Request,
        should_stop: ShouldStop,
        connect_timeout: float,
        stall_timeout: float,
    ) -> None:
        self._should_stop, self._stall_timeout = should_stop, stall_timeout
        self._items: queue.Queue[HTTPResponse | bytes | Exception] = queue.Queue(maxsize=16)  # bounds memory to 1 MiB
        self._left = threading.Event()
        threading.Thread(target=self._read, args=(request,), name="download", daemon=True).start()
        try:
            self.response = self._first(connect_timeout)
        except BaseException:
            self._left.set()
            raise

    def __enter__(self) -> Transfer:
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def chunks(self) -> Iterator[bytes]:
        """Yields the body as it arrives.

        Raises:
            TransferError: The connection broke, or the transfer is slower than the floor.
            StoppedByUser: `should_stop` said so.
        """
        since, received = time.monotonic(), 0
        while True:
            item = self._next()
            if item == b"":
                return
            if isinstance(item, bytes):
                received += len(item)
                yield item
            waited = time.monotonic() - since
            if waited >= self._stall_timeout:
                if received < FLOOR * waited:
                    raise TransferError(f"Almost nothing arrived for {waited:.0f} seconds.")
                since, received = time.monotonic(), 0

    def _first(self, connect_timeout: float) -> HTTPResponse:
        deadline = time.monotonic() + connect_timeout
        while time.monotonic() < deadline:
            item = self._next()
            if isinstance(item, HTTPResponse):
                return item
        raise TransferError(f"The server did not answer within {connect_timeout:g} seconds.")

    def _next(self) -> HTTPResponse | bytes | None:
        """Returns what the thread read next, or None if that was nothing for a moment."""
        if self._should_stop():
            raise StoppedByUser
        try:
            item = self._items.get(timeout=LOOK_EVERY)
        except queue.Empty:
            return None
        if isinstance(item, Exception):
            raise _explained(item) from item
        return item

    def _read(self, request: urllib.request.Request) -> None:
        """Runs in the thread: the response, then its chunks, then b""; or the exception that ended it."""
        try:
            # The timeout ends the thread itself: the caller has gone by then.
            with _OPENER.open(request, timeout=2 * self._stall_timeout) as response:
                self._put(response)
                while self._put(chunk := response.read1(CHUNK)) and chunk:
                    pass
        except Exception as error:  # whatever it is, the caller must hear of it, or it would wait for nothing
            self._put(error)

    def _put(self, item: HTTPResponse | bytes | Exception) -> bool:
        """Hands an item over; False once nobody takes it any more."""
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._items.put(item, timeout=LOOK_EVERY)
                return True
        return False


def _reason(error: object) -> str:
    return reason_of(error) if isinstance(error, BaseException) else ""


def _opener() -> urllib.request.OpenerDirector:
    """An opener for http and https alone: the usual one would also follow a redirect to ftp or read file: URLs."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


_OPENER = _opener()


def _explained(error: Exception) -> TransferError:
    """Says in a sentence what went wrong, and whether it is worth asking again."""
    if isinstance(error, urllib.error.HTTPError):
        again = error.code >= 500 or error.code == 416  # the server is busy; the range asked for is not there
        return TransferError(f"The server says {error.code} {error.reason}.", resumable=again, status=error.code)
    if isinstance(error, urllib.error.URLError):
        return TransferError(f"The server cannot be reached. {_reason(error.reason)}".strip())
    if isinstance(error, OSError | IncompleteRead):
        return TransferError(f"The connection broke. {_reason(error)}", resumable=True)
    return TransferError("The request failed: what came back is no answer.")
