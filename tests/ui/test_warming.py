"""The compiler and a worker are warmed once for a server, from its start on; a page without a server warms nothing."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from ui.base import job_managers
from ui.base.streamlit_internals import is_served
from ui.shell import warming


def test_a_server_warms_once(monkeypatch):
    steps: list[str] = []
    monkeypatch.setattr(warming, "_begun", threading.Lock())
    monkeypatch.setattr(warming, "is_served", lambda: True)
    monkeypatch.setattr(warming.job_managers, "warm", lambda: steps.append("warmed"))
    for _ in range(3):
        warming.warm()
    for thread in [each for each in threading.enumerate() if each.name == "warming"]:
        thread.join()
    assert steps == ["warmed"]


def test_the_compiler_is_the_servers_own_and_starts_before_any_worker(monkeypatch):
    """Workers are nice, and what they start is no less so: on a busy machine their compiler would hardly move."""
    steps: list[str] = []
    monkeypatch.setattr(job_managers, "compile_ahead", lambda: steps.append("compiler"))
    monkeypatch.setattr(job_managers, "studio_jobs", lambda: SimpleNamespace(warm=lambda: steps.append("worker")))
    job_managers.warm()
    assert steps == ["compiler", "worker"]


def test_without_a_server_nothing_is_warmed(monkeypatch):
    monkeypatch.setattr(warming, "_begun", threading.Lock())
    assert not is_served()
    warming.warm()
    assert not warming._begun.locked()
