"""The server as a process: a socket that is had first, then uvicorn until it is told to end."""

from __future__ import annotations

import os
import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.serving.connections import TimedProtocol

MOST_CONNECTIONS = 800  # open at a time; beyond them uvicorn answers 503. Most systems let a process have 1,024
FINISH_SECONDS = 10  # for what is being answered when the server is told to end
BACKLOG = 128


def bound(address: str, port: int) -> socket.socket:
    """Returns a socket that has the port and listens: whoever asks before the run is loaded waits for it.

    Raises:
        UserError: The port is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two servers have one port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((address, port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise UserError(
            f"Port {port} of {address} is taken or not allowed.",
            reason_of(error),
            "Stop what uses it, or choose another one with --port.",
        ) from error
    return found


def url_of(listening: socket.socket) -> str:
    """Returns the address that a browser asks."""
    address, port = listening.getsockname()[:2]
    return f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/"


def _logging(log: bool) -> dict[str, Any]:
    """Returns how uvicorn logs: a line a request, or nothing; what strangers send wrongly is not said."""
    handlers = {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}}
    requests = {"handlers": ["stderr"] if log else [], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(message)s"}},
        "handlers": handlers,
        "loggers": {"uvicorn.access": requests, "uvicorn.error": {"level": "CRITICAL"}},
    }


def serve(app: FastAPI, listening: socket.socket, *, log: bool = False) -> None:
    """Answers at a socket until a signal ends it, after what is being answered.

    Args:
        app: What answers.
        listening: The socket.
        log: Whether every request is a line on standard error.
    """
    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        log_config=_logging(log),
        access_log=log,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=FINISH_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listening])
