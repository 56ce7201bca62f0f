"""The app's routes as the server has them, without a server."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from ui.shell.routes import own_routes


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """The routes of a server that is closed to others."""
    monkeypatch.setenv("QTL_OPEN", "0")
    return Starlette(routes=own_routes())


@pytest.fixture
def open_routes(monkeypatch: pytest.MonkeyPatch) -> Starlette:
    """Those of a server that strangers can reach."""
    monkeypatch.setenv("QTL_OPEN", "1")
    return Starlette(routes=own_routes())
