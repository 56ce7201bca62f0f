"""A few real browsers among the visitors: what a person waits for between a click and the page."""

from __future__ import annotations

import random
import time

from playwright.sync_api import Error

from tools.browser import DESKTOP_LIGHT, chromium, open_page
from tools.load.visitors import THINKING_SECONDS, TITLES

# Streamlit says so on its outermost element once a run is done and nothing is on its way any more.
DONE = """title => document.title.startsWith(title)
    && document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'"""


def browse(address: str, count: int, until: float) -> tuple[dict[str, list[float]], list[str]]:
    """Has `count` browsers follow the navigation until the clock says so.

    Returns:
        Seconds from click to finished page, by page; and what went wrong.
    """
    changes: dict[str, list[float]] = {}
    chance = random.Random(0)
    with chromium() as browser:
        pages = [open_page(browser, DESKTOP_LIGHT) for _ in range(count)]
        problems = []
        for page, _ in pages:
            page.goto(f"{address}/train?source=drawn&backbone=efficientnet_lite0")
            try:
                page.wait_for_function(DONE, arg="Train", polling=20)
            except Error as error:
                problems.append(f"A browser waited in vain for the first page: {error}")
        while time.monotonic() < until:
            for page, _ in pages:
                title = chance.choice([title for title in TITLES if not page.title().startswith(title)])
                began = time.perf_counter()
                try:
                    page.locator(".st-key-navigation").get_by_role("link", name=title).first.click()
                    page.wait_for_function(DONE, arg=title, polling=20)
                except Error as error:
                    problems.append(f"A browser waited in vain for {title}: {error}")
                    continue
                changes.setdefault(title, []).append(time.perf_counter() - began)
                problems += [f"A browser saw: {text}" for text in _errors(page)]
                page.wait_for_timeout(1000 * chance.uniform(*THINKING_SECONDS) / count)
        problems += [problem for _, watch in pages for problem in watch.problems]
    return changes, problems


def _errors(page: object) -> list[str]:
    return page.locator('[data-testid="stAlertContentError"], [data-testid="stException"]').all_inner_texts()
