"""What a page says in text, and waiting until it says something, for tests of pages."""

from __future__ import annotations

import time

from streamlit.testing.v1 import AppTest

from ui.base import job_managers

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy
KINDS = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error")


def words(app: AppTest) -> str:
    """All that the page says in text, kind after kind."""
    assert not app.exception
    return "\n".join(element.value for kind in KINDS for element in getattr(app, kind))


def wait_for_news(at_most: float = 0.5) -> None:
    """Sleeps until a job of the app's is over, or for a while: a page that is run all the time takes workers' time."""
    began = {manager: set(manager.active()) for manager in list(job_managers._managers)}
    deadline = time.monotonic() + at_most
    while time.monotonic() < deadline and all(ids <= set(manager.active()) for manager, ids in began.items()):
        time.sleep(0.02)


def until(app: AppTest, said: str) -> str:
    """Refreshes the page, as it does by itself, until it says so; returns all that it says then."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while said not in words(app):
        assert time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
    return words(app)
