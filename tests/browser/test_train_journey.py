"""Open, train, stop, continue, look at mistakes: the Train page in a real browser, by one person and by several."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    DOUBLE_CLICK_MS,
    FIRST_RUN_MS,
    choose,
    curves,
    enter,
    epochs_done,
    notes,
    pictures,
    press,
    reset,
    start,
    status,
    wait_for,
)
from tests.conftest import needs_shared
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled

DRAWN = "source=drawn&backbone=efficientnet_lite0"  # what a newcomer without a network trains on, asked for by name
STOPPED = re.compile("Stopped (after|before)")  # on a busy machine, before its first epoch is done
LONG = f"{DRAWN}&engine=torch&epochs=500"  # long enough to be stopped; the compiled engine is done in a blink
PUBLISHED = "Published validation"


def right_of(page: Page, noun: str) -> tuple[int, int]:
    """The figures of the headline, such as "148 of 153 photos right"."""
    headline = page.get_by_role("heading", name=re.compile(rf"^\d+ of \d+ {noun} right$"))
    expect(headline).to_be_visible()
    return tuple(map(int, re.findall(r"\d+", headline.inner_text())))


def names(page: Page) -> set[str]:
    return {curve["name"] for curve in curves(page)}


def test_a_newcomer_without_network_trains_on_drawn_pictures(empty_app, visit):
    page = visit(f"{empty_app}/train")
    expect(page.get_by_text("the real photos (45 MB) are not here")).to_be_visible()
    expect(page.get_by_text("offline EfficientNet-Lite0 stands in")).to_be_visible()
    start(page)
    wait_for(page, "Finished after 30 epochs", FIRST_RUN_MS)
    settled(page)
    _, total = right_of(page, "pictures")
    assert total == 153
    assert "Drawn pictures of ants and bees are used instead" in notes(page)
    assert "EfficientNet-Lite0, also pre-trained on ImageNet, is used instead" in notes(page)
    assert "other settings" not in notes(page)
    assert PUBLISHED not in names(page)  # the paper's settings, but not its photos
    assert "Beside the paper" not in page.inner_text("body")


def test_a_run_is_watched_again_and_its_mistakes_are_looked_at(app, visit):
    page = visit(f"{app}/?{DRAWN}")
    start(page)
    wait_for(page, "Finished after 30 epochs", FIRST_RUN_MS)
    settled(page)
    page.get_by_text("▶ Replay").click()
    shown = "document.querySelector('.st-key-history .js-plotly-plot')._fullData[0].y.length"
    page.wait_for_function(f"{shown} < 30")
    page.wait_for_function(f"{shown} == 30")
    right, total = right_of(page, "pictures")
    expect(page.get_by_text(f"All {total - right} mistakes")).to_be_visible()
    expect(pictures(page)).to_have_count(min(12, total - right))
    click_cell(page, true=1, said=1)
    heading = page.locator("strong", has_text=re.compile(r"^bees recognised: \d+$"))
    expect(heading).to_be_visible()
    recognised = int(re.search(r"\d+", heading.inner_text())[0])
    expect(page.get_by_text(f"1 to 12 of {recognised} pictures")).to_be_visible()
    expect(pictures(page).first).to_contain_text("bees")
    page.get_by_role("tab", name="All validation pictures").click()
    expect(page.get_by_text("1 to 12 of 153 pictures")).to_be_visible()
    reset(page)
    assert names(page) == {"Training", "Validation", "Best epoch"}


def click_cell(page: Page, true: int, said: int) -> None:
    """Clicks the middle of a cell of the confusion matrix."""
    matrix = page.locator(".st-key-matrix .js-plotly-plot")
    matrix.scroll_into_view_if_needed()
    x, y = matrix.evaluate(
        """(plot, [x, y]) => {
            const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect();
            return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)];
        }""",
        [said, true],
    )
    page.mouse.click(x, y)


def test_stop_and_continue(app, visit):
    page = visit(f"{app}/?{LONG}")
    start(page)
    wait_for(page, re.compile(r"Training: epoch ([3-9]|\d\d+) of 500"), FIRST_RUN_MS)
    press(page, "Stop")
    wait_for(page, "Stopped after")
    expect(page.get_by_role("button", name="Finish", exact=True)).to_be_enabled()
    settled(page)
    done = epochs_done(page)
    assert 2 <= done < 500
    right_of(page, "pictures")
    enter(page, "More epochs", "5")
    press(page, "Continue for 5 more")
    wait_for(page, f"Finished after {done + 5} epochs")
    settled(page)
    assert [len(curve["y"]) for curve in curves(page) if curve["name"] == "Validation"] == [done + 5] * 2
    assert "other settings" not in notes(page)
    reset(page)


def test_a_run_goes_on_through_reload_second_tab_other_page_and_moved_slider(app, visit):
    page = visit(f"{app}/?{LONG}")
    start(page)
    wait_for(page, "Training: epoch", FIRST_RUN_MS)
    page.reload()
    wait_for(page, "Training: epoch")
    second = visit(page.url, wait=False)
    wait_for(second, "Training: epoch")
    assert "Press Start" in status(visit(f"{app}/?{DRAWN}")).inner_text()
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    wait_for(page, "Training: epoch")
    page.get_by_role("slider", name=re.compile("Qubits")).press("ArrowRight")
    expect(page.get_by_text("These figures belong to other settings: Qubits 4 → 5")).to_be_visible()
    wait_for(page, "Training: epoch")
    press(second, "Stop")
    wait_for(second, "Stopped after")
    wait_for(page, "Stopped after")
    reset(page)


def test_a_double_click_starts_one_run_that_one_stop_ends(app, visit):
    page = visit(f"{app}/?{LONG}")
    page.get_by_role("button", name="Start", exact=True).dblclick()
    wait_for(page, "Training: epoch", FIRST_RUN_MS)
    press(page, "Stop")
    wait_for(page, STOPPED)
    page.wait_for_timeout(DOUBLE_CLICK_MS)
    enter(page, "Epochs", "1")
    start(page)
    assert "Waiting" not in status(page).inner_text()  # a second run would still hold the worker
    wait_for(page, "Finished after 1 epoch")
    reset(page)


def test_two_people_get_a_run_each_and_the_one_who_waits_is_told_so(app, visit):
    first, second = visit(f"{app}/?{LONG}"), visit(f"{app}/?{DRAWN}&epochs=2")
    start(first)
    wait_for(first, "Training: epoch", FIRST_RUN_MS)
    start(second)
    if (os.cpu_count() or 1) < 4:  # one run at a time
        wait_for(second, "Waiting, next in line")
    assert "epoch 1 of 2" not in status(first).inner_text()
    press(first, "Stop")
    wait_for(second, "Finished after 2 epochs")
    wait_for(first, STOPPED)
    reset(first)
    reset(second)


def test_nothing_moves_while_a_run_starts_goes_on_and_ends(app, visit):
    page = visit(f"{app}/?{DRAWN}&epochs=3")
    box = page.get_by_role("button", name="Start", exact=True).bounding_box()
    assert box["y"] + box["height"] <= DESKTOP_LIGHT.height, "one has to scroll to it"
    page.evaluate(
        """() => {
            const top = css => Math.round(document.querySelector(css)?.getBoundingClientRect().top ?? -1);
            window.seen = new Set();
            const look = () => {
                const charts = [...document.querySelectorAll('.st-key-history')].map(
                    chart => Math.round(chart.getBoundingClientRect().top)).filter(Boolean);
                seen.add(JSON.stringify([top('.st-key-actions'), ...new Set(charts)]));
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    start(page)
    wait_for(page, "Finished after 3 epochs", FIRST_RUN_MS)
    settled(page)
    seen = page.evaluate("[...seen].map(JSON.parse)")
    assert all(len(places) == 2 for places in seen), seen
    for places in zip(*seen, strict=True):
        assert max(places) - min(places) <= 1, seen
    reset(page)


def test_the_whole_journey_on_a_phone(app, visit):
    page = visit(f"{app}/?{DRAWN}&epochs=3", PHONE_DARK)
    start(page)  # in reach without scrolling
    short = page.locator(".st-key-short_status")
    expect(short).to_contain_text("Finished after 3 epochs", timeout=FIRST_RUN_MS)
    settled(page)
    right_of(page, "pictures")
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_DARK.width
    reset(page)


def test_an_engine_is_chosen_and_named_as_the_one_that_will_be_slow(app, visit):
    page = visit(f"{app}/?{DRAWN}&epochs=500")
    page.get_by_text("More settings").click()
    choose(page, "Engine", "PennyLane")
    settled(page)
    expect(page).to_have_url(re.compile("engine=pennylane"))
    expect(page.get_by_text(re.compile("This will be slow"))).to_be_visible(timeout=FIRST_RUN_MS)


@pytest.mark.shared
@needs_shared
def test_the_paper_on_its_own_photos(shared_app, visit):
    page = visit(f"{shared_app}/?backbone=mobilenet_v2")
    expect(page.get_by_text("real photos of ants and bees, 244 to learn from and 153 to check")).to_be_visible()
    assert PUBLISHED in names(page)
    start(page)
    wait_for(page, "Finished after 30 epochs", FIRST_RUN_MS)
    settled(page)
    right, total = right_of(page, "photos")
    assert total == 153
    assert right >= 0.93 * 153  # eight runs of ten get 0.954 to 0.974
    assert PUBLISHED in names(page)
    expect(page.get_by_text("its published run got 148 of 153 photos right")).to_be_visible()
    assert notes(page) == ""
    page.get_by_text("1 file was passed over").click()
    enter(page, "Epochs", "3")
    settled(page)
    assert "These figures belong to other settings: Epochs 30 → 3" in notes(page)
    page.wait_for_timeout(DOUBLE_CLICK_MS)
    start(page)
    wait_for(page, "Finished after 3 epochs")
    settled(page)
    assert PUBLISHED not in names(page)
    assert "Beside the paper" not in page.inner_text("body")
    reset(page)


def test_steps_are_one_run_through_a_reload_and_another_page(app, visit):
    page = visit(f"{app}/?{DRAWN}&epochs=5&schedule=one_cycle")
    page.emulate_media(reduced_motion="reduce")  # what is too quick to be watched would be replayed once
    press(page, "Step")
    wait_for(page, "Paused after 1 of 5 epochs", FIRST_RUN_MS)
    settled(page)
    right_of(page, "pictures")
    assert epochs_on_axis(page) == 5, "it has room for those to come"
    press(page, "Step")
    wait_for(page, "Paused after 2 of 5 epochs")
    page.reload()
    wait_for(page, "Paused after 2 of 5 epochs")
    settled(page)
    press(page, "Step")
    wait_for(page, "Paused after 3 of 5 epochs")
    settled(page)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    wait_for(page, "Paused after 3 of 5 epochs")
    press(page, "Finish")
    wait_for(page, "Finished after 5 epochs")
    page.wait_for_function(f"{VALIDATION_POINTS} === 5")
    settled(page)
    assert [len(curve["y"]) for curve in curves(page) if curve["name"] == "Validation"] == [5, 5]
    assert "other settings" not in notes(page)
    reset(page)


# The points of the last validation curve on screen.
VALIDATION_POINTS = """(document.querySelector('.st-key-history .js-plotly-plot')?._fullData ?? [])
    .filter(trace => trace.name === 'Validation').map(trace => Array.from(trace.y ?? []).length).pop()"""


def epochs_on_axis(page: Page) -> float:
    plot = "document.querySelector('.st-key-history .js-plotly-plot')"
    return page.evaluate(f"{plot}._fullLayout.xaxis2.range[1]") - 0.5
