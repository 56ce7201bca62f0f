"""Apps that nobody has used yet, and what is done first in their pages: shared by what measures them."""

from __future__ import annotations

import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from tools.app_server import STREAMLIT, running_app
from tools.browser import DESKTOP_LIGHT, open_page, settled


def fresh(
    shared: Path, log: Path | None = None, program: str = STREAMLIT, **environment: str
) -> AbstractContextManager[str]:
    """Starts an app with an empty home; its address is what the context gives."""
    home = Path(tempfile.mkdtemp()) / "home"
    return running_app(home, shared, log or home.with_name("log"), program, **environment)


def opened(browser: Browser, address: str) -> Page:
    """Opens a page in a session of its own and waits until it is at rest."""
    page = open_page(browser, DESKTOP_LIGHT)[0]
    page.goto(address)
    return settled(page)


def button(page: Page, name: str) -> Locator:
    """The button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)
