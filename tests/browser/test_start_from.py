"""From one task to another in a browser: train, take it to other points, choose parts, freeze, and ask if it helped."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.steps import FIRST_RUN_MS, press, start, wait_for
from tools.browser import settled

POINTS = "source=points&points=60&qubits=2&depth=1&learning_rate=0.05&epochs=3"


def test_what_points_taught_is_taken_to_turned_points(app, visit):
    page = visit(f"{app}/train?{POINTS}")
    start(page)
    wait_for(page, "Finished after 3 epochs", FIRST_RUN_MS)
    settled(page)
    page.locator(".st-key-next_start_from").get_by_role("button").click()
    expect(page.get_by_role("combobox", name="Run to start from")).to_be_visible()
    expect(page).to_have_url(re.compile("start_from="))
    for part, label in (("post_net", "Carried over"), ("circuit", "Stands still")):
        page.locator(f".st-key-part_{part}").get_by_text(label).click()
        settled(page)
    expect(page).to_have_url(re.compile("freeze=circuit"))
    expect(page.get_by_text("The circuit travels whole. It stands still.")).to_be_visible()
    expect(page.get_by_text("The last layer starts fresh.")).to_be_visible()
    expect(page.get_by_text("12 of 14 numbers learn", exact=True)).to_be_visible()
    start(page)
    wait_for(page, "Finished after 3 epochs")
    settled(page)
    expect(page.locator(".st-key-family")).to_contain_text("handed down: first layer, circuit; stood still: circuit")
    helped = page.locator(".st-key-did_it_help")
    press(page, "Train all three, 20 times each")
    expect(helped.get_by_text("All trainings as CSV")).to_be_visible(timeout=FIRST_RUN_MS)
    expect(helped).to_contain_text(re.compile(r"The carried start (made no difference|helped|did harm)"))
    expect(helped.locator(".js-plotly-plot")).to_have_count(2)
    helped.get_by_text("Every difference, and what luck would give").click()
    expect(helped).to_contain_text("From the carried start 12 numbers learn, from scratch 14.")
