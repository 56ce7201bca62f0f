"""A web server on 127.0.0.1 that misbehaves as it is told, for the tests of downloads."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server does; the fields may be changed between requests.

    Attributes:
        body: What it serves under every path.
        status: Its answer where it is not 200 or 206.
        ranges: Whether it knows Range requests.
        etag: The mark of the version it serves; None to give none.
        cut_after: Hangs up after so many bytes of each answer.
        pause: Seconds to wait after each `step` bytes.
        silence: Seconds to wait before it answers at all.
        asked: The Range header of each request so far.
    """

    body: bytes = b""
    status: int = 200
    ranges: bool = True
    etag: str | None = '"one"'
    cut_after: int | None = None
    pause: float = 0.0
    step: int = 1 << 16
    silence: float = 0.0
    asked: list[str | None] = field(default_factory=list)


class Server:
    """Context manager; `url` is its address, `behaviour` what it does."""

    def __init__(self, **behaviour) -> None:
        self.behaviour = Behaviour(**behaviour)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.behaviour))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/file.zip"

    def __enter__(self) -> Server:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(does: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            does.asked.append(asked)
            time.sleep(does.silence)
            if does.status != 200:
                return self.send_error(does.status)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self._may_resume() else 0
            if start >= len(does.body) > 0:
                return self.send_error(416)
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(does.body) - 1}/{len(does.body)}")
            if does.etag:
                self.send_header("ETag", does.etag)
            self.send_header("Content-Length", str(len(does.body) - start))
            self.end_headers()
            return self._send(does.body[start:])

        def _may_resume(self) -> bool:
            return does.ranges and self.headers.get("If-Range") == does.etag

        def _send(self, body: bytes) -> None:
            body = body[: does.cut_after]
            for start in range(0, len(body), does.step):
                try:
                    self.wfile.write(body[start : start + does.step])
                    self.wfile.flush()
                except OSError:  # the client has left, which some tests want
                    return
                time.sleep(does.pause)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
