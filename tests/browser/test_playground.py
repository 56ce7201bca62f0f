"""Playground mode and the band over seeds in a real browser: the picture follows the slider."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import FIRST_RUN_MS, RUN_MS, curves, press, reset, start, status, wait_for
from tools.browser import settled

DRAWN = "source=drawn&backbone=efficientnet_lite0"
NOT_KEPT = "not kept on disk"


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=re.compile(name))


def validation(page: Page) -> list[float]:
    return next(curve["y"] for curve in curves(page) if curve["name"] == "Validation")


def matrix(page: Page) -> str:
    """The matrix in words, as a screen reader says it."""
    return page.locator(".st-key-matrix [aria-label]").first.get_attribute("aria-label")


def test_charts_matrix_and_figures_follow_the_slider(app, visit):
    page = visit(f"{app}/train?{DRAWN}")
    start(page)
    wait_for(page, "Finished after 30 epochs", FIRST_RUN_MS)
    page.get_by_text("Retrain at every change").click()
    expect(page.get_by_text("Pace of the replay")).to_have_count(0)
    settled(page)
    before = validation(page)
    slider(page, "Qubits").press("ArrowLeft")
    expect(status(page)).to_contain_text(NOT_KEPT, timeout=RUN_MS)  # the worker's first try: it has to start
    settled(page)
    three = validation(page), matrix(page)
    assert three[0] != before
    expect(page.get_by_text("belong to other settings")).to_have_count(0, timeout=RUN_MS)
    slider(page, "Qubits").press("ArrowLeft")
    expect(page).to_have_url(re.compile("qubits=2"))
    settled(page)
    expect(page.get_by_text("belong to other settings")).to_have_count(0, timeout=RUN_MS)  # as they do meanwhile
    settled(page)
    assert (validation(page), matrix(page)) != three
    reset(page)


def test_repeating_with_seeds_shows_the_band(app, visit):
    page = visit(f"{app}/train?{DRAWN}&epochs=5")
    page.get_by_text("How much is luck?").click()
    slider(page, "Seeds").press("Home")
    expect(page.get_by_role("button", name="Repeat with 5 seeds")).to_be_visible()
    settled(page)
    press(page, "Repeat with 5 seeds")
    heading = page.get_by_role("heading", name=re.compile(r"of 153 pictures right, and between \d+ and \d+"))
    expect(heading).to_be_visible(timeout=FIRST_RUN_MS)
    expect(page.locator(".st-key-seed_band .js-plotly-plot")).to_be_visible()
    expect(page).to_have_url(re.compile("epochs=5"))
    with page.expect_download() as found:
        page.get_by_role("button", name="All runs as CSV").click()
    lines = found.value.path().read_text().splitlines()
    assert lines[0].startswith("seed,epoch,")
    assert len(lines) == 1 + 5 * 5
