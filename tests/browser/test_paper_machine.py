"""The map of the paper's machine in a browser: wires are laid by pointer and by keys, and what it costs follows."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tools.browser import DESKTOP_LIGHT, PHONE_DARK

FIRST_MS = 120_000  # a first visit reads the head that comes along, on a machine that may be busy


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_wires_are_laid_on_the_map(app, visit, view):
    page: Page = visit(f"{app}/paper_machine", view, wait=False)
    best, worst = (page.get_by_role("button", name=f"{each} error") for each in ("Least", "Most"))
    expect(page.get_by_text("On 4-2-0-1 the 18 CNOTs")).to_be_visible(timeout=FIRST_MS)
    expect(best).to_be_disabled()
    expect(page.locator(".qubit.taken")).to_have_count(4)

    page.get_by_role("button", name="Qubit 3, read wrongly 34.6%").click()  # wire 0, which is chosen first
    expect(page.get_by_text("On 3-2-0-1 the 18 CNOTs")).to_be_visible()
    expect(page.get_by_role("button", name="Wire 0, on qubit 3")).to_be_visible()
    expect(best).to_be_enabled()

    page.get_by_role("button", name="Wire 3, on qubit 1").focus()  # two wires change places, by keyboard alone
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Qubit 0, read wrongly").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("On 3-2-1-0 the 18 CNOTs")).to_be_visible()
    expect(page.locator('.machine [data-name="qubit-0"]')).to_be_focused()

    worst.click()
    expect(page.get_by_text("14 SWAPs, of three CNOTs each")).to_be_visible()
    best.click()
    expect(page.get_by_role("button", name="Wire 0, on qubit 4")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    boxes = [each.bounding_box() for each in page.locator(".qubit").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= view.width for box in boxes)
    assert min(box["width"] for box in boxes) >= 44, "a finger meets each qubit"
