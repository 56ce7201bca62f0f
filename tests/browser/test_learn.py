"""The Learn page in a real browser: topics by link and by click, words with tooltips, and no sideways scrolling."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from qtl_core.learn.topics import PARTS, TOPICS, topics_of
from tests.browser.steps import RUN_MS, notes
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled

LONG_MS = 180_000  # one topic asks the image network, which wakes up first


def play(page: Page):
    return page.locator(".st-key-learn_play")


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_every_topic_can_be_clicked_and_fits_the_screen(app, visit, view):
    page = visit(f"{app}/learn", view)
    assert PARTS
    assert all(map(topics_of, PARTS))
    for part, title in PARTS.items():
        page.get_by_role("radio", name=title).click()
        for key in topics_of(part):
            page.get_by_role("radio", name=TOPICS[key].title, exact=True).click()
            expect(page.get_by_role("heading", name=TOPICS[key].title, exact=True)).to_be_visible()
            expect(page).to_have_url(re.compile(f"topic={key}$"))
            expect(play(page).locator("svg").first).to_be_visible(timeout=LONG_MS)
            settled(page)
            assert notes(page) == ""
            assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= view.width


def test_a_sphere_follows_its_slider(app, visit):
    page = visit(f"{app}/learn?topic=entanglement")
    expect(play(page).get_by_text("the entropy is")).to_be_visible()
    before = play(page).get_by_text("Each arrow is").inner_text()
    page.get_by_role("slider", name="Turn of qubit 0 before the CNOT").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(play(page).get_by_text("Each arrow is 0.00 long, the entropy is 1.00 bit")).to_be_visible()
    assert before != play(page).get_by_text("Each arrow is").inner_text()


def test_one_press_learns_both_ways_and_says_what_was_saved_and_the_slider_shows_the_other_stops(app, visit):
    page = visit(f"{app}/learn?topic=chemistry", PHONE_DARK)
    panel = page.locator(".st-key-learn_experiment")
    expect(panel.get_by_text("What comes out will be said here")).to_be_visible()
    height = panel.bounding_box()["height"]
    panel.get_by_role("button", name="Learn A, then B both ways").click()
    expect(panel.get_by_text("move the slider to see each")).to_be_visible(timeout=RUN_MS)
    settled(page)
    usual = panel.locator(".st-key-learn_experiment_result").inner_text()
    assert re.search(r"from the carried start and [\d,]+ from scratch \(the median of 20 seeds each\)", usual)
    assert panel.bounding_box()["height"] <= height + 1, "nothing below it has moved"
    page.get_by_role("slider", name="How alike they are").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(panel.locator(".st-key-learn_experiment_result")).not_to_contain_text("When the two have nothing in common")
    assert panel.locator(".st-key-learn_experiment_result").inner_text() != usual
    expect(page).to_have_url(re.compile("topic=chemistry$"))
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width


def test_a_word_on_another_page_leads_to_its_entry_in_a_tab_of_its_own(app, visit):
    page = visit(f"{app}/circuit")
    link = page.get_by_role("link", name="qubit", exact=True).first
    assert link.get_attribute("title").startswith("The quantum kind of a bit")
    with page.expect_popup() as opened:
        link.click()
    entry = settled(opened.value)
    expect(entry).to_have_url(re.compile(r"/learn\?term=qubit$"))
    expect(entry.locator(".st-key-learn_entry")).to_contain_text("says 0 or 1 when it is measured")
    entry.get_by_role("button", name="Play with it: Superposition").click()
    expect(entry.get_by_role("heading", name="Superposition", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("/circuit"))


def test_a_forged_link_is_shown_as_text(app, visit):
    page = visit(f"{app}/learn?term=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    assert "<img src=x onerror=alert(1)>” is not in the glossary" in notes(page)
    expect(page.locator(".stMain img[src=x]")).to_have_count(0)
