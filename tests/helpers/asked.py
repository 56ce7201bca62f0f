"""What the store is asked, for tests that hold how much a page or a list asks of it."""

from __future__ import annotations

import pytest

from qtl_core.runs.store import opening


def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Returns a list of the statements that SQLite is given from now on in this process."""
    found: list[str] = []
    connected = opening.connected

    def traced(*arguments, **names):
        connection = connected(*arguments, **names)
        connection.set_trace_callback(found.append)
        return connection

    monkeypatch.setattr(opening, "connected", traced)
    return found
