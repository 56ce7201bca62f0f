"""A study in a browser: planned, forecast, started, stopped, gone on with, and a point opened as a real run."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.steps import press
from tools.browser import DESKTOP_LIGHT, settled

COMPILING_MS = 400_000  # where no test before has had the engine compiled, on a machine that may be busy
POINTS = "source=points&shape=moons&points=100&epochs=300&learning_rate=0.05"  # slow enough to be stopped


def state(page: Page):
    """The line that says how far a study is."""
    return page.locator(".st-key-study_state")


def dot(page: Page) -> tuple[float, float]:
    """Where the first dot of the chart is in the window."""
    drawn = "document.querySelector('.st-key-study_chart_place .js-plotly-plot')?._fullData?.[0].x.length"
    page.wait_for_function(f"{drawn} === 1200")  # until then another chart comes in its place
    plot = page.locator(".st-key-study_chart_place .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    settled(page)
    place = plot.evaluate(
        """plot => { const {xaxis: x, yaxis: y} = plot._fullLayout, box = plot.getBoundingClientRect(),
        dots = plot._fullData[0];
        return [box.left + x._offset + x.l2p(dots.x[0]), box.top + y._offset + y.l2p(dots.y[0])]; }"""
    )
    return place[0], place[1]


def test_a_study_is_planned_stopped_gone_on_with_and_opened(app, visit):
    page: Page = visit(f"{app}/study?{POINTS}", DESKTOP_LIGHT)
    page.get_by_text("Ask a question of your own").click()
    seeds = page.get_by_label("Seeds", exact=True)
    seeds.fill("600")
    seeds.press("Enter")
    plan = page.locator(".st-key-study_plan")
    expect(plan).to_contain_text("1,200 runs")
    expect(plan).to_contain_text(re.compile(r"1,200 runs[^.]*: (about )?\d"), timeout=COMPILING_MS)  # the forecast
    press(page, "Start the study")
    expect(page).to_have_url(re.compile("study=20"))
    expect(state(page)).to_contain_text(re.compile(r"runs: [1-9]"), timeout=COMPILING_MS)
    page.reload()  # the address leads back to it
    page.locator(".stMain").get_by_role("button", name="Stop").click()  # Streamlit has one of its own, in the header
    expect(state(page)).to_contain_text(re.compile(r"Not finished: [\d,]+ of 1,200 runs"))

    press(page, "Go on")
    expect(page.get_by_text(re.compile("1,200 runs are not trained"))).to_have_count(0)
    expect(page.get_by_role("button", name="Ask another question")).to_be_visible(timeout=COMPILING_MS)
    expect(page.get_by_text("comparison", exact=False).first).to_be_visible()

    page.mouse.click(*dot(page))
    found = page.locator(".st-key-study_run")
    expect(found).to_contain_text(re.compile(r"seed \d+"))
    found.get_by_role("button", name="Train it again as a real run").click()
    found.get_by_role("button", name="Look at it on Train").click(timeout=COMPILING_MS)
    expect(page).to_have_url(re.compile(r"/train\?.*run=20"))
