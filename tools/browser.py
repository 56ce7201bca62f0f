"""A Chromium that is watched: the screens the app is looked at on, and what must not happen on any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_ARGUMENTS += ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]  # a camera that is always there
# No outside host is reached. Playwright's `route` would do so too, but turns the browser's cache off and is slow.
_ARGUMENTS += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


@dataclass(frozen=True)
class View:
    """A screen: its size in CSS pixels and the reader's colour scheme."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


DESKTOP_LIGHT = View("desktop-light", 1280, 800, "light")
DESKTOP_DARK = View("desktop-dark", 1280, 800, "dark")
PHONE_LIGHT = View("phone-light", 390, 844, "light")
PHONE_DARK = View("phone-dark", 390, 844, "dark")
VIEWS = (DESKTOP_LIGHT, DESKTOP_DARK, PHONE_LIGHT, PHONE_DARK)
NARROWEST = View("narrowest", 360, 740, "light")
WIDEST = View("widest", 2560, 1440, "light")


@dataclass
class Watch:
    """The problems of a page; empty lists are what is hoped for."""

    problems: list[str] = field(default_factory=list)

    def attach(self, page: Page) -> None:
        """Notes console errors, uncaught exceptions, and what is asked of any outside host (`chromium` blocks it)."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught in the page: {error}"))
        page.on("request", lambda request: self._only_local(request.url))
        page.on("websocket", lambda socket: self._only_local(socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit's client looks for its server below /train/ first, and is told 404: no fault of ours.
        looking_for_server = "/_stcore/" in message.location.get("url", "")
        if message.type == "error" and not looking_for_server:
            self.problems.append(f"console error: {message.text}")

    def _only_local(self, url: str) -> None:
        if urlsplit(url).hostname not in ("127.0.0.1", None):  # None: data: and blob: addresses
            self.problems.append(f"outside host asked: {url}")

    def look_for_traceback(self, page: Page) -> None:
        """Notes a traceback that is on screen."""
        if not page.is_closed() and "Traceback" in page.inner_text("body"):
            self.problems.append(f"a traceback is on screen at {page.url}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType, *further: str) -> Browser:
    """Starts the system's Chromium with further arguments, such as another camera (`tools.fake_camera`)."""
    return kind.launch(executable_path=str(CHROMIUM), args=[*_ARGUMENTS, *further])


def open_context(browser: Browser, view: View) -> BrowserContext:
    """A browser profile on this screen, with an empty cache and nothing remembered."""
    size = {"width": view.width, "height": view.height}
    context = browser.new_context(viewport=size, color_scheme=view.scheme)
    context.set_default_timeout(30_000)  # nothing that a person clicks takes longer, even on a machine that is busy
    context.set_default_navigation_timeout(60_000)  # loading all of the client's code, on a machine that may be busy
    return context


def watched_page(context: BrowserContext) -> tuple[Page, Watch]:
    """A new page of a profile, watched."""
    page, watch = context.new_page(), Watch()
    watch.attach(page)
    return page, watch


def open_page(browser: Browser, view: View) -> tuple[Page, Watch]:
    """A fresh, watched page with nothing remembered from others."""
    return watched_page(open_context(browser, view))


def settled(page: Page, quiet_ms: int = 300, limit_ms: int = 60_000) -> Page:
    """Waits until Streamlit has been at rest with everything drawn for `quiet_ms`: a click sets it going only later.

    A page that refreshes itself all the time never settles; wait there for what is expected instead.
    """
    page.evaluate("window.quietSince = undefined")
    page.wait_for_function(
        """quiet => {
            const state = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState;
            const unfinished = document.querySelector('[data-testid="stSkeleton"]');
            if (state !== 'notRunning' || unfinished) { window.quietSince = undefined; return false; }
            window.quietSince ??= performance.now();
            return performance.now() - window.quietSince >= quiet;
        }""",
        arg=quiet_ms,
        polling=50,
        timeout=limit_ms,
    )
    return page
