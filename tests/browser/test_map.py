"""The map in a real browser: it appears, moves, shows the picture pointed at, and needs neither mouse nor eyes."""

from __future__ import annotations

import contextlib
import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tools.browser import DESKTOP_LIGHT, PHONE_DARK, open_page, settled

DRAWN = "source=drawn&backbone=efficientnet_lite0&epochs=8&learning_rate=0.001"
FIRST_RUN_MS = 240_000  # the drawn set is drawn, looked at and trained on first, on a machine that may be busy
MAP_MS = 60_000
WHOLE = re.compile(r"^Epoch \d of 8: \d+ of 153 validation pictures right\.$")


@pytest.fixture(scope="module")
def link(app: str, browser: Browser) -> str:
    """The link to a short run, trained once for all tests of this file."""
    page, _ = open_page(browser, DESKTOP_LIGHT)
    page.goto(f"{app}/train?{DRAWN}")
    settled(page).get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("tab", name="The map")).to_be_visible(timeout=FIRST_RUN_MS)
    address = page.url
    page.context.close()
    return address


@pytest.fixture(params=[DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def page(link, visit, request) -> Page:
    """A page with the map of a short run on it, its small pictures loaded."""
    return with_map(visit(link, request.param))


@pytest.fixture
def desktop(link, visit) -> Page:
    return with_map(visit(link, DESKTOP_LIGHT))


def with_map(page: Page) -> Page:
    page.get_by_role("tab", name="The map").click(timeout=MAP_MS)
    expect(page.locator(".map output")).to_have_text(WHOLE, timeout=MAP_MS)
    plane(page).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".card .photo")).to_have_css("background-image", re.compile("data:image/jpeg"), timeout=MAP_MS)
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    return page


def plane(page: Page) -> Locator:
    return page.locator(".map canvas")


def drawn(page: Page) -> str:
    """What is on the canvas, to be compared."""
    return plane(page).evaluate("canvas => canvas.toDataURL()")


def spots(page: Page) -> list[tuple[float, float]]:
    """Places to point at, from one corner of the plane to the other: bees, ants and what lies between."""
    plane(page).evaluate("canvas => canvas.scrollIntoView({block: 'center'})")
    box = plane(page).bounding_box()
    side, steps = box["width"], range(1, 24)
    return [(box["x"] + side * i / 24, box["y"] + side * j / 24) for i in steps for j in steps]


def test_the_slider_moves_the_pictures_from_epoch_to_epoch(page: Page):
    slider = page.get_by_role("slider", name="Epoch", exact=True)
    slider.fill("0")
    expect(page.locator(".map output")).to_contain_text("Epoch 1 of 8")
    first = drawn(page)
    slider.press("End")
    expect(page.locator(".map output")).to_contain_text("Epoch 8 of 8")
    assert drawn(page) != first
    slider.press("Home")
    expect(page.locator(".map output")).to_contain_text("Epoch 1 of 8")
    assert drawn(page) == first
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_it_plays_to_the_last_epoch_and_can_be_paused(desktop: Page):
    desktop.get_by_role("slider", name="Epoch", exact=True).fill("0")
    play = desktop.locator(".map button")
    play.click()
    expect(play).to_contain_text("Pause")
    expect(desktop.locator(".map output")).to_contain_text("Epoch 8 of 8", timeout=MAP_MS)
    expect(play).to_contain_text("Play")
    play.click()  # from the beginning again
    play.click()
    expect(play).to_contain_text("Play")


def test_pointing_at_a_picture_shows_it_with_what_is_said_of_it(desktop: Page):
    card = desktop.locator(".card")
    for x, y in spots(desktop):
        desktop.mouse.move(x, y)
        with contextlib.suppress(AssertionError):
            expect(card).to_be_visible(timeout=300)
            break
    expect(card).to_contain_text(re.compile(r"(✓ (ants|bees)|✗ taken for (ants|bees)), \d+%"))
    expect(card).to_contain_text(re.compile("training|validation"))
    expect(card.locator(".photo i")).to_have_text("drawn")
    shown, whole = card.bounding_box(), plane(desktop).bounding_box()
    assert whole["x"] <= shown["x"]
    assert shown["x"] + shown["width"] <= whole["x"] + whole["width"] + 1
    desktop.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_without_a_mouse_the_arrow_keys_go_through_the_mistakes_first(desktop: Page):
    desktop.get_by_role("slider", name="Epoch", exact=True).fill("0")
    plane(desktop).focus()
    desktop.keyboard.press("ArrowRight")
    expect(desktop.locator(".card p")).to_contain_text("✗ taken for")
    expect(desktop.locator(".spoken")).to_contain_text("✗ taken for")
    first = desktop.locator(".card p").inner_text()
    desktop.keyboard.press("ArrowRight")
    expect(desktop.locator(".card p")).not_to_have_text(first)
    assert plane(desktop).get_attribute("aria-label").startswith("Map of 397 pictures by the angles of qubit 0 and 1")


def test_a_finger_shows_the_picture_too(link, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(link)
    with_map(settled(page))
    for x, y in spots(page):
        page.touchscreen.tap(x, y)
        if page.locator(".card").is_visible():
            break
    expect(page.locator(".card")).to_contain_text("%")
    context.close()


def test_whoever_wants_no_motion_gets_steps(link, visit):
    page = visit(link, DESKTOP_LIGHT)
    page.emulate_media(reduced_motion="reduce")
    with_map(page)
    slider = page.get_by_role("slider", name="Epoch", exact=True)
    whole = set()
    for epoch in range(8):
        slider.fill(str(epoch))
        expect(page.locator(".map output")).to_contain_text(f"Epoch {epoch + 1} of 8")
        whole.add(drawn(page))
    slider.fill("0")
    seen = page.evaluate(
        """() => new Promise(done => {
            const find = (root, name) => [...root.querySelectorAll("*")].flatMap(each =>
                [...(each.matches(name) ? [each] : []), ...(each.shadowRoot ? find(each.shadowRoot, name) : [])]);
            const [canvas] = find(document, ".map canvas"), [button] = find(document, ".map button"), seen = new Set();
            button.click();
            const look = () => {
                seen.add(canvas.toDataURL());
                button.textContent.includes("Pause") ? requestAnimationFrame(look) : done([...seen]);
            };
            requestAnimationFrame(look);
        })"""
    )
    assert set(seen) <= whole, "nothing glides between two epochs"


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_the_dial_follows_a_step_and_a_key(link, visit, view):
    """On the tab beside the map: a step, then a slider moved by a key; figures follow and nothing is too wide."""
    page: Page = visit(link, view)
    page.get_by_role("tab", name="On a real machine").click(timeout=MAP_MS)
    expect(page.get_by_text("as if every circuit were measured without end")).to_be_visible(timeout=MAP_MS)
    page.get_by_role("radio", name="Machine").click()
    expect(page.get_by_text("the errors of ibmqx4").first).to_be_visible(timeout=MAP_MS)
    page.get_by_role("radio", name="Heavy noise").click()
    expect(page.get_by_text("One draw (1,000 shots, ")).to_be_visible(timeout=MAP_MS)
    expect(page.get_by_role("radio", name="Heavy noise")).to_be_checked()
    page.get_by_text("Shots and each rate by itself").click()
    page.get_by_role("slider", name="Shots of each picture").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("One draw (500 shots, ")).to_be_visible(timeout=MAP_MS)
    expect(page.get_by_role("radio", name="Your own")).to_be_checked()
    assert "dial=shots:500," in unquote(page.url), "a reload and a link bring it back"
    page.get_by_role("button", name="Ten times the shots (5,000)").click()
    expect(page.get_by_text("One draw (5,000 shots, ")).to_be_visible(timeout=MAP_MS)
    page.get_by_role("button", name="Draw again").click()
    expect(page).to_have_url(re.compile("seed"), timeout=MAP_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
