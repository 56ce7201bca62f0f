"""The shell in a real Chromium: navigation, the smallest screen, light and dark, and no outside host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.steps import wait_until
from tools.browser import DESKTOP_LIGHT, PHONE_LIGHT, VIEWS, View, open_page, settled
from ui.base.pages import APP_NAME, PAGES

ADDRESSES = [(Path(entry.path).stem, entry) for entry in PAGES]


def test_the_bare_address_opens_the_first_page(app, visit):
    expect(visit(app)).to_have_title(f"{PAGES[0].title} · {APP_NAME}")


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_LIGHT], ids=lambda view: view.name)
def test_the_navigation_leads_to_every_page_and_keeps_the_query(app, visit, view: View):
    page = visit(f"{app}/?note=kept", view)
    assert len(ADDRESSES) > 1
    for name, entry in reversed(ADDRESSES):
        page.locator(".st-key-navigation").get_by_role("link", name=entry.title).click()
        expect(page).to_have_title(f"{entry.title} · {APP_NAME}")
        settled(page)
        address = urlsplit(page.url)
        assert address.path == f"/{name}"
        # Beside what a page says of itself, such as a stop or a topic.
        assert parse_qs(address.query)["note"] == ["kept"]


PHONE_INSIDE = """() => {
  const links = [...document.querySelectorAll('.st-key-navigation a')].filter(link => link.getClientRects().length);
  const boxes = links.map(link => link.getBoundingClientRect()), main = document.querySelector('.stMain');
  return {
    links: boxes.filter(box => box.left >= 0 && box.right <= innerWidth - 40 && box.top >= 0).length,
    overlapping: boxes.filter((box, at) => boxes.some((other, of) => of > at && box.left < other.right - 1
      && other.left < box.right - 1 && box.top < other.bottom - 1 && other.top < box.bottom - 1)).length,
    sideways: Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth),
  };
}"""


def test_on_a_phone_all_pages_are_in_reach_and_none_scrolls_sideways(app, visit):
    """The menu button takes the last 40 pixels."""
    page = visit(f"{app}/home", PHONE_LIGHT)
    bar = page.locator(".st-key-navigation")
    assert ADDRESSES
    for name, entry in reversed(ADDRESSES):
        bar.get_by_role("link", name=entry.title).click()
        expect(page).to_have_title(f"{entry.title} · {APP_NAME}")
        settled(page)
        expect(page.locator(".st-key-here")).to_contain_text(entry.title)
        assert page.evaluate(PHONE_INSIDE) == {"links": len(ADDRESSES), "overlapping": 0, "sideways": 0}, name
        if name == "circuit":  # wider than a phone: it scrolls by itself, and says so
            scrolls = page.locator(".st-key-circuit_scroll[data-sideways]")
            expect(scrolls).to_be_visible()
            assert "sideways" in scrolls.evaluate("box => getComputedStyle(box, '::before').content")


def test_light_and_dark_follow_the_reader(app, visit):
    backgrounds = {
        view.scheme: visit(app, view).locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor")
        for view in VIEWS[:2]
    }
    assert backgrounds == {"light": "rgb(250, 248, 244)", "dark": "rgb(20, 22, 29)"}


def test_the_watch_notices_what_it_is_there_for(app, browser: Browser):
    page, watch = open_page(browser, DESKTOP_LIGHT)
    page.goto(app)
    settled(page)
    page.evaluate("fetch('https://example.org/').catch(() => 0)")
    page.evaluate("console.error('wrong'); setTimeout(() => { throw new Error('uncaught') }, 0)")
    page.evaluate("document.body.append('Traceback (most recent call last)')")
    watch.look_for_traceback(page)
    signs = ["outside host", "console error: wrong", "uncaught in the page", "traceback is on screen"]
    wait_until(page, lambda: all(any(sign in problem for problem in watch.problems) for sign in signs))
    page.context.close()
