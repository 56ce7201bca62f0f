"""The compiler and a worker are warmed by the first visit of a server, once; a page without one warms nothing."""

from __future__ import annotations

import threading

from ui.base.streamlit_internals import is_served
from ui.shell import warming


def test_the_first_visit_warms_once_and_not_before_the_page(monkeypatch):
    steps: list[str] = []
    monkeypatch.setattr(warming, "_begun", threading.Lock())
    monkeypatch.setattr(warming, "is_served", lambda: True)
    monkeypatch.setattr(warming.time, "sleep", lambda seconds: steps.append(f"slept {seconds}"))
    monkeypatch.setattr(warming.job_managers, "warm", lambda: steps.append("warmed"))
    for _ in range(3):
        warming.warm_soon()
    for thread in [each for each in threading.enumerate() if each.name == "warming"]:
        thread.join()
    assert steps == [f"slept {warming.AFTER_SECONDS}", "warmed"]


def test_without_a_server_nothing_is_warmed(monkeypatch):
    monkeypatch.setattr(warming, "_begun", threading.Lock())
    assert not is_served()
    warming.warm_soon()
    assert not warming._begun.locked()
