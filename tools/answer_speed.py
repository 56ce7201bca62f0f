"""Times one photo on the Predict page, from the moment it is dropped: part of `tools.page_speed`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tools.browser import settled
from tools.fresh_app import fresh, opened
from tools.stamped_app import STAMP

UPLOADS, TO_WARM_UP = 16, 1
FIRST_MS = 120_000  # a worker has to start

# Notes when a file is chosen, and the first frame in which an answer's journey has begun.
_WATCH = """() => {
    window.dropped = window.shown = null;
    document.addEventListener('change', event => {
        if (event.target.type !== 'file') return;
        window.dropped = Date.now();
        const look = () => {
            const there = [...document.querySelectorAll('h2')].some(each => /How the answer/.test(each.textContent));
            if (there) window.shown = Date.now(); else requestAnimationFrame(look);
        };
        look();
    }, {capture: true, once: true});
}"""


def uploads(browser: Browser, shared: Path) -> dict[str, list[float]]:
    """Returns seconds from a photo's choice until its answer is computed, and until it is on screen.

    The run that comes along answers for real photos, one after another, the first of which is not counted: its worker
    may still be starting.
    """
    log = Path(tempfile.mkdtemp()) / "log"
    photos = sorted((shared / "datasets/hymenoptera_data/val").glob("*/*.jpg"))
    chosen = photos[:: len(photos) // (UPLOADS + TO_WARM_UP)][: UPLOADS + TO_WARM_UP]
    with fresh(shared, log, "tools.stamped_app") as address:
        page = opened(browser, f"{address}/predict")
        took = [_one(page, photo, log) for photo in chosen][TO_WARM_UP:]
        page.context.close()
    names = ("a photo, dropped to answered", "a photo, dropped to its answer on screen")
    return dict(zip(names, ([*each] for each in zip(*took, strict=True)), strict=True))


def _one(page: Page, photo: Path, log: Path) -> tuple[float, float]:
    page.evaluate(f"({_WATCH})()")
    page.locator("input[type=file]").set_input_files(photo)
    page.wait_for_function("window.shown !== null", timeout=FIRST_MS)
    dropped, shown = (milliseconds / 1000 for milliseconds in page.evaluate("[window.dropped, window.shown]"))
    settled(page)
    computed = next(when for when in _stamps(log) if when >= dropped)
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("How the answer came about").wait_for(state="detached")
    settled(page)
    return computed - dropped, shown - dropped


def _stamps(log: Path) -> list[float]:
    """Returns when something was answered, seconds since the epoch."""
    lines = [line.removeprefix(STAMP).split() for line in log.read_text().splitlines() if line.startswith(STAMP)]
    return [float(when) for when, *ids in lines if ids]
