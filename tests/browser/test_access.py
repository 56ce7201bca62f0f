"""Every page for people who cannot see well or use no mouse: names, contrast (axe-core), keyboard and visible focus."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from tools.browser import DESKTOP_DARK, DESKTOP_LIGHT, View
from ui.page import PAGES

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
MOST_STOPS = 120  # the longest page has half of them
NAMES = [Path(entry.path).stem for entry in PAGES]


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


def opened(visit, address: str, view: View = DESKTOP_LIGHT) -> Page:
    """The page with all of its controls; some refresh themselves for long, and never settle."""
    page = visit(address, view, wait=False)
    expect(page.get_by_role("button", name="Share")).to_be_visible(timeout=90_000)
    page.wait_for_function(
        """() => !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
            && document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === "notRunning" """,
        timeout=90_000,
    )
    page.wait_for_timeout(1_000)  # what was faded while the page was made is not any more
    return page


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, DESKTOP_DARK], ids=lambda view: view.name)
@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_a_serious_finding(trained_app, visit, name: str, view: View):
    assert findings(opened(visit, f"{trained_app}/{name}", view)) == []


def test_the_names_of_controls_are_words_without_signs_of_markdown(trained_app, visit):
    page = opened(visit, f"{trained_app}/train")
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


@pytest.mark.parametrize("name", NAMES)
def test_every_control_is_reached_by_the_keyboard_with_a_visible_focus(trained_app, visit, name: str):
    page = opened(visit, f"{trained_app}/{name}")
    page.add_style_tag(content="* { transition: none !important; }")
    reached, unseen = [], []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None:
            break
        reached.append(stop["name"])
        if not stop["seen"]:
            unseen.append((stop["tag"], stop["name"][:60], stop["html"]))
    assert unseen == []
    for entry in PAGES:
        assert any(entry.title in name for name in reached), f"{entry.title} is not reached: {reached}"
    assert any("Share" in name for name in reached)
