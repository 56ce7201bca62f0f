"""Starts the app as a person would and ends it again: for the browser tests and the screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STREAMLIT = "streamlit"
BASE_VARIABLE = "STREAMLIT_SERVER_BASE_URL_PATH"  # the path it is served at
PROJECT = Path(__file__).parent.parent
_END_LIMIT_S = 60  # it puts stopped runs away first; a second or two where the machine is not busy
_START_LIMIT_S = 60  # a cold disk on a busy two-core machine; a warm start takes about a second


@contextmanager
def running_app(
    home: Path,
    shared: Path | None = None,
    log: Path | None = None,
    program: str = STREAMLIT,
    *,
    port: int = 0,
    **environment: str,
) -> Iterator[str]:
    """Runs `streamlit run app.py` on a port of this machine.

    Args:
        home: The folder the app writes to (`QTL_HOME`).
        shared: A further folder it reads from (`QTL_SHARED`), or None for none.
        log: Where the server's output goes; thrown away if None.
        program: The module that is run in Streamlit's place.
        port: Where it listens; a free one if 0.
        **environment: Further environment variables.

    Yields:
        The address, for example `http://127.0.0.1:40123`, once the server answers.

    Raises:
        RuntimeError: The server ended or did not answer in time.
    """
    port = port or free_port()
    command = [sys.executable, "-m", program, "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    environment = {"QTL_HOME": str(home), "QTL_SHARED": str(shared or "")} | environment
    with running_server(command, PROJECT, port, log, **environment) as address:
        yield address


@contextmanager
def running_server(
    command: Sequence[str], folder: Path, port: int, log: Path | None = None, **environment: str
) -> Iterator[str]:
    """Runs a command that serves the app; arguments, what it yields and raises as `running_app`.

    Args:
        command: The command.
        folder: Where it starts.
        port: Where it listens, as the command says.
        log: As above.
        **environment: As above.
    """
    with Path(log or os.devnull).open("w") as output:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        base = environment.get(BASE_VARIABLE, "")
        _wait_until_healthy(server, "/".join(filter(None, (address, base, "_stcore/health"))))
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=_END_LIMIT_S)
        finally:
            server.kill()  # does nothing to one that has ended


def free_port() -> int:
    """Returns a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The app ended at once with code {server.returncode}.")
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The app did not answer within {_START_LIMIT_S} s.")
