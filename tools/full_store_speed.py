"""Times the Runs page with thousands of runs in the store: part of `tools.page_speed`."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.app_server import running_app
from tools.browser import settled
from tools.fresh_app import opened
from tools.made_store import fill_store

MANY, VISITS = 5_000, 4
AT_REST_MS = 5_000  # a person reads a page before the next click; meanwhile the code of tables is fetched
FIRST_MS = 60_000  # the server's first look at the store


def many_runs(browser: Browser, shared: Path) -> dict[str, list[float]]:
    """Returns seconds from a click on Runs until the table is drawn: in a browser that had none before, and later."""
    home = Path(tempfile.mkdtemp()) / "home"
    _fill(home)
    with running_app(home, shared) as address:
        before = opened(browser, f"{address}/runs")  # the server's own first time
        before.get_by_text(f"{MANY:,} runs. All take").wait_for(timeout=FIRST_MS)
        before.context.close()
        page = opened(browser, f"{address}/data")
        page.wait_for_timeout(AT_REST_MS)
        first, *later = [_one(page) for _ in range(VISITS)]
        page.context.close()
    words = f"{MANY:,} runs, a click to their table"
    return {f"{words}, the first time": [first], f"{words}, later": later}


def _one(page: Page) -> float:
    began = time.perf_counter()
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_text(f"{MANY:,} runs. All take").wait_for()
    page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
    took = time.perf_counter() - began
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", level=1, name="Data").wait_for()
    settled(page)
    return took


def _fill(home: Path) -> None:
    before = os.environ.get("QTL_HOME")
    os.environ["QTL_HOME"] = str(home)
    try:
        fill_store(MANY, epochs=1)
    finally:
        del os.environ["QTL_HOME"]
        if before is not None:
            os.environ["QTL_HOME"] = before
