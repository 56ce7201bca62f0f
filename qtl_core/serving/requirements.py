"""The extra `serve`, without which no run is served, and the port that one usually answers at."""

from __future__ import annotations

from qtl_core.common.extras import Extra

SERVE = Extra("serve", ("fastapi", "uvicorn", "python_multipart"))
PORT = 8000


def require_serve() -> None:
    """Refuses where the extra is not installed.

    Raises:
        UserError: It is not, with what to do.
    """
    SERVE.require("No run can be served here.")
