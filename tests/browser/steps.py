"""What a person does and reads on the Train page, in words that the browser tests share."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

FIRST_RUN_MS = 180_000  # a first visit draws 397 pictures and computes their features, on a machine that may be busy
RUN_MS = 60_000
UNFOLDING_MS = 2_000
LOOKING_MS = 100
DOUBLE_CLICK_MS = 700  # the app takes two starts within 0.6 s for one


def status(page: Page) -> Locator:
    """Where the run stands, in words."""
    return page.locator(".st-key-run_status")


def press(page: Page, name: str) -> None:
    """Clicks the button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def start(page: Page) -> None:
    """Presses Start and sees that the page has taken it: its link names another run than before."""
    before = re.search(r"job=[^&]*|$", page.url)[0]
    press(page, "Start")
    other = re.compile(rf"job=(?!{re.escape(before.removeprefix('job='))}(&|$))") if before else re.compile("job=")
    expect(page).to_have_url(other)


def reset(page: Page) -> None:
    """Takes the run off the screen, so that the next test finds the worker free."""
    press(page, "Reset")
    expect(status(page)).to_contain_text("Press Start")


def wait_for(page: Page, words: str | re.Pattern[str], limit_ms: float = RUN_MS) -> str:
    """Waits until the run's status says so; returns the whole of it."""
    expect(status(page)).to_contain_text(words, timeout=limit_ms)
    return status(page).inner_text()


def epochs_done(page: Page) -> int:
    """How many epochs the status says were done when the run ended."""
    return int(re.search(r"after (\d+) epoch", status(page).inner_text())[1])


def enter(page: Page, label: str, value: str) -> None:
    """Types into the field of this label and leaves it."""
    field = page.get_by_label(re.compile(rf"^\W*{label}\b")).locator("visible=true").first  # Markdown's stars may lead
    field.fill(value)
    field.press("Enter")


def choose(page: Page, label: str, option: str) -> None:
    """Opens a list and takes the option that says so."""
    wanted = page.get_by_role("option").filter(has_text=option)
    for _ in range(5):  # an open list closes when the page below it moves
        page.get_by_role("combobox", name=re.compile(rf"^\W*{label}\b")).click()
        with contextlib.suppress(TooLate):
            wanted.click(timeout=UNFOLDING_MS)
            break
    else:
        wanted.click()


def wait_until(page: Page, happened: Callable[[], object], limit_ms: float = RUN_MS) -> None:
    """Waits for what a page tells of itself beside what stands on it."""
    for _ in range(int(limit_ms / LOOKING_MS)):
        if happened():
            return
        page.wait_for_timeout(LOOKING_MS)  # lets the browser speak
    raise AssertionError("it did not happen")


def wait_for_movement(canvas: Locator) -> None:
    """Waits until another picture is on a canvas than now."""
    canvas.evaluate(
        """(canvas, limit) => new Promise((moves, stands) => {
            const before = canvas.toDataURL(), began = performance.now();
            const look = () => {
                if (canvas.toDataURL() !== before) moves();
                else if (performance.now() - began > limit) stands(new Error("nothing moves"));
                else setTimeout(look, 100);
            };
            look();
        })""",
        RUN_MS,
    )


def curves(page: Page) -> list[dict]:
    """The curves of the run's chart as the browser draws them: name and y values."""
    page.wait_for_function("document.querySelector('.st-key-history .js-plotly-plot')?._fullData")  # drawn late
    return page.locator(".st-key-history .js-plotly-plot").first.evaluate(
        "plot => plot._fullData.map(curve => ({name: curve.name, y: Array.from(curve.y)}))"
    )


def notes(page: Page) -> str:
    """All that stands in coloured boxes, and, in full, what is noted in a line with more behind a click."""
    said = page.get_by_test_id("stAlert").all_inner_texts()
    more = page.locator(".st-key-notes").get_by_role("button", name="More")
    if more.count():
        more.first.click()
        opened = page.get_by_test_id("stPopoverBody")
        expect(opened).to_be_visible()
        said.append(opened.inner_text())
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)
    return "\n".join(said)


def pictures(page: Page) -> Locator:
    """The pictures shown in a grid."""
    return page.locator(".tiles:visible figure")
