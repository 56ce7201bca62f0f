"""Every page on every screen, for people who cannot see well or use no mouse too: names, contrast, keyboard, focus.

Each page is opened once and then loaded anew for each further screen, which takes half the time of a new window.
"""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tools.browser import DESKTOP_DARK, DESKTOP_LIGHT, PHONE_DARK, PHONE_LIGHT, View
from ui.base.pages import APP_NAME, PAGES, PageEntry

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
MOST_STOPS = 120  # the longest page has half of them
PATIENCE_MS = 90_000
SCREENS = (DESKTOP_LIGHT, DESKTOP_DARK, PHONE_LIGHT, PHONE_DARK)


def findings(page: Page) -> list[str]:
    """What axe-core holds to be serious or critical, a line an element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules})",
        RULES,
    )
    return [
        f"{violation['id']} ({violation['impact']}): {node['target']} {node['html'][:160]} {node['any'][:1]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def complete(page: Page) -> Page:
    """The page with all of its controls; some refresh themselves for long, and never settle."""
    expect(page.get_by_role("button", name="Share")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_function(
        """() => !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
            && document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning" """,
        timeout=PATIENCE_MS,
    )
    page.add_style_tag(content="* { transition: none !important; }")  # what was faded is not any more
    return page


def show_on(page: Page, view: View) -> None:
    """Loads the page anew for another screen and reader; the one that it was opened on is only waited for."""
    if view != SCREENS[0]:
        page.set_viewport_size({"width": view.width, "height": view.height})
        page.emulate_media(color_scheme=view.scheme)
        page.reload()
    complete(page)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: Path(entry.path).stem)
def test_a_deep_link_opens_a_page_that_is_for_everybody_on_every_screen(trained_app, visit, entry: PageEntry):
    page = visit(f"{trained_app}/{Path(entry.path).stem}", SCREENS[0], wait=False)
    for view in SCREENS:
        show_on(page, view)
        expect(page).to_have_title(f"{entry.title} · {APP_NAME}")
        expect(page.locator(".st-key-here")).to_contain_text(entry.title)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= view.width, view.name
        if view.width == DESKTOP_LIGHT.width:
            assert findings(page) == [], view.name
        if view == DESKTOP_LIGHT:
            every_control_is_reached_by_the_keyboard_with_a_visible_focus(page)


def test_the_names_of_controls_are_words_without_signs_of_markdown(trained_app, visit):
    page = complete(visit(f"{trained_app}/train", wait=False))
    names = page.evaluate("[...document.querySelectorAll('[aria-label]')].map(each => each.ariaLabel)")
    assert any(name.startswith("Depth\n") for name in names)
    assert [name for name in names if "**" in name or ":small" in name or ":material" in name] == []


FOCUS = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return null;
  const marks = (element) => {
    const style = getComputedStyle(element);
    return [style.outlineStyle !== "none" && style.outlineWidth !== "0px" ? style.outline : "", style.boxShadow,
      style.borderColor, style.backgroundColor].join("|");
  };
  const around = [at.nextElementSibling, at.previousElementSibling, at.firstElementChild].filter(Boolean);
  for (let each = at, up = 0; each && up < 6; each = each.parentElement, up++) around.push(each);
  const focused = around.map(marks);
  at.blur();
  const resting = around.map(marks);
  at.focus({focusVisible: true});
  const box = at.getBoundingClientRect();
  const name = at.getAttribute("aria-label") || at.innerText || at.id || at.outerHTML.slice(0, 120);
  return {name, tag: at.tagName, seen: focused.some((mark, place) => mark !== resting[place]),
    there: box.width > 0 && box.height > 0, html: at.outerHTML.slice(0, 160)};
}"""


def every_control_is_reached_by_the_keyboard_with_a_visible_focus(page: Page) -> None:
    reached, unseen = [], []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        reached.append(stop["name"])
        if not stop["seen"] and stop["tag"] != "TD":  # a table draws the ring of its cell on its canvas
            unseen.append((stop["tag"], stop["name"][:60], stop["html"]))
    assert unseen == []
    for entry in PAGES:
        assert any(entry.title in name for name in reached), f"{entry.title} is not reached: {reached}"
    assert any("Share" in name for name in reached)
