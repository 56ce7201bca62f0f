"""The server as a process: uvicorn at a socket that was had first, until it is told to end."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn
from fastapi import FastAPI

from qtl_core.serving.connections import TimedProtocol

MOST_CONNECTIONS = 800  # open at a time; beyond them uvicorn answers 503. Most systems let a process have 1,024
FINISH_SECONDS = 10  # for what is being answered when the server is told to end


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
