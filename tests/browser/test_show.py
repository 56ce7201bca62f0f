"""Show mode in a real browser: it runs, it is left by any key or touch, and it finds its way back to a server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import wait_for_movement, wait_until
from tools.app_server import running_app
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, View, open_page

FIRST_MS = 480_000  # a worker imports torch first, on a machine that may be busy


def running(page: Page) -> Page:
    """Waits until something moves."""
    expect(page.locator(".show h2")).to_have_text("It answers", timeout=FIRST_MS)
    return page


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_it_fills_the_window_and_moves(app, visit, view: View):
    page = running(visit(f"{app}/?show=1", view, wait=False))
    box = page.locator(".show").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, view.width, view.height)
    wait_for_movement(page.locator(".show .stage"))
    expect(page.locator(".st-key-navigation")).to_be_hidden()


@pytest.mark.parametrize("way", ["key", "touch", "wheel"])
def test_anybody_who_comes_has_the_app(app, visit, way: str):
    page = running(visit(f"{app}/?show=1", wait=False))
    if way == "key":
        page.keyboard.press("x")
    elif way == "touch":
        page.mouse.click(300, 300)
    else:
        page.mouse.move(300, 300)
        page.mouse.wheel(0, 100)
    expect(page.locator(".show")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "show=1" not in page.url


def test_the_home_page_leads_to_it(app, visit):
    page = visit(app, wait=False)
    page.get_by_role("link", name="Show mode").click()
    running(page)
    expect(page).to_have_url(re.compile(r"show=1"))


def test_a_server_that_comes_back_is_found_again(browser: Browser, tmp_path: Path):
    """The server is killed in the middle of the show and started anew at the same address."""
    page, _ = open_page(browser, DESKTOP_LIGHT)
    heard = []  # the socket of every message
    page.on("websocket", lambda socket: socket.on("framereceived", lambda _: heard.append(socket)))
    with running_app(tmp_path / "home") as address:
        port = int(address.rsplit(":", 1)[1])
        page.goto(f"{address}/?show=1")
        running(page)
        before = set(heard)
    wait_for_movement(page.locator(".show .stage"))  # never blank: the browser goes on with what it has
    expect(page.locator(".show")).to_be_visible()
    with running_app(tmp_path / "home", port=port):
        wait_until(page, lambda: set(heard) - before, FIRST_MS)  # it has connected again, and gets what is new
        running(page)
        page.keyboard.press("x")
        expect(page.locator(".show")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.context.close()
