"""Takes the pictures of docs/own-data.md: a teacher's way from an empty set to a shared one, with drawn pictures alone.

`python -m tools.own_data_pictures` writes them into docs/own-data/.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

from qtl_core.common.progress import never_stop
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.sources.ready_made import FillRequest, run_fill_job
from tools.app_server import PROJECT, running_app
from tools.browser import CHROMIUM, DESKTOP_LIGHT, PHONE_LIGHT, View, chromium, open_page, settled

FOLDER = PROJECT / "docs/own-data"
QUALITY = 62
FIRST_RESULT_MS = 240_000  # a fresh machine compiles first
DRAWN = {"ants": "drawn_ants", "bees": "drawn_bees"}
PICTURES = 20  # of each class


def main() -> int:
    """Takes them all; returns 1 where there is no browser."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is missing: install Debian's package chromium.", file=sys.stderr)
        return 1
    expect.set_options(timeout=60_000)
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        _home(home),
        running_app(Path(home), None, QTL_OPEN="1") as address,
        chromium() as browser,
    ):
        page, _ = open_page(browser, DESKTOP_LIGHT)
        page.goto(f"{address}/data")
        expect(page.get_by_text("validation, in 2 classes")).to_be_visible()
        expect(settled(page).locator(".tiles img").first).to_be_visible()
        _take(page, "1-new")
        link = _collect(page, address)
        _tidy_up(page)
        _share(page)
        _look(open_page(browser, PHONE_LIGHT)[0], link, PHONE_LIGHT)
    return 0


@contextmanager
def _home(home: str) -> Iterator[None]:
    os.environ["QTL_HOME"] = home
    yield


def _collect(page: Page, address: str) -> str:
    """Makes a set of two classes of drawn pictures and waits for its first result; returns the link to it."""
    page.get_by_role("button", name="New data set").click()
    expect(page).to_have_url(re.compile("data=[0-9a-f]{12}"))
    _type(page, "Name of the data set", "Insects of our garden")
    for number, name in enumerate(DRAWN, 1):
        _type(page, f"Name of the class Class {number}", name)
    page.wait_for_timeout(1000)
    _take(page, "2-empty")
    record = find(re.search("data=([0-9a-f]{12})", page.url)[1])
    for klass, ready in zip(record.classes, DRAWN.values(), strict=True):
        run_fill_job(FillRequest(record.id, klass.id, ready, PICTURES), lambda _: None, never_stop)
    expect(page.get_by_text("a try, not kept on disk")).to_be_visible(timeout=FIRST_RESULT_MS)
    page.wait_for_timeout(2500)
    _take(page, "3-learnt")
    return f"{address}/data?{page.url.split('?')[1].split('&')[0]}"


def _tidy_up(page: Page) -> None:
    page.get_by_role("button", name="Look through").first.click()
    tiles = page.locator(".gallery .tile")
    expect(tiles).to_have_count(PICTURES)
    for number in (3, 8, 12):
        tiles.nth(number).click()
    page.wait_for_timeout(1500)
    _take(page, "4-tidy")
    page.get_by_role("button", name="All classes").click()


def _share(page: Page) -> None:
    page.locator(".st-key-share_set button").first.click()
    expect(page.get_by_text("A link to this data set.")).to_be_visible()
    page.wait_for_timeout(1500)
    _take(page, "5-share")


def _look(page: Page, link: str, view: View) -> None:
    """Takes what a pupil sees on a phone."""
    page.goto(link)
    expect(page.get_by_text("You can look at these pictures")).to_be_visible()
    page.set_viewport_size({"width": view.width, "height": 1000})
    page.wait_for_timeout(3000)
    _take(page, "6-pupil")


def _type(page: Page, label: str, words: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(words)
    field.press("Enter")
    expect(page.locator(f'input[value="{words}"]')).to_be_visible()


def _take(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    sys.exit(main())
