"""The whole guided tour in a real browser, as a stranger takes it: every stop does something real, to an own photo."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qtl_core.inference.bundled import drawn_example
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled
from ui.tour import STOPS

LONG_MS = 180_000  # the image network wakes up first, on a machine that may be busy


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=3, name=text)).to_be_visible()


def go_on(page: Page, text: str) -> None:
    """Goes on to the stop of this heading."""
    page.get_by_role("button", name=f"Next: {text.partition('. ')[2]}").click()
    heading(page, text)


def test_the_whole_tour(app, visit, tmp_path: Path):
    page = visit(app, wait=False)
    page.get_by_role("link", name="Start the tour").click()

    heading(page, "1. Ants or bees?")
    expect(page.get_by_role("button", name="Picture 6: say that it is a bee")).to_be_visible(timeout=LONG_MS)
    settled(page)
    page.locator(".st-key-tour_tap_2 img").click(force=True)  # the button that lies over it takes the tap
    expect(page.get_by_role("button", name="Picture 2: you say bee")).to_be_visible()
    page.get_by_role("button", name="Picture 3: say that it is a bee").press("Enter")
    expect(page.get_by_role("button", name="Picture 3: you say bee")).to_be_visible()
    page.get_by_role("button", name="That is all").click()
    expect(page.get_by_text(re.compile(r"You have \d of 6 right, the network \d of 6"))).to_be_visible()

    go_on(page, "2. What a ready-made network knows")
    expect(page.get_by_text(re.compile(r"By features alone, \d+ of these 12 pictures"))).to_be_visible(timeout=LONG_MS)

    go_on(page, "3. A qubit")
    page.get_by_role("slider", name="Turn about Y").press("End")
    expect(page.get_by_text("The chance of 1 is 100.0%")).to_be_visible()

    go_on(page, "4. Entanglement")
    page.get_by_role("slider", name="Turn of qubit 0").press("End")
    expect(page.get_by_text("Each arrow is 1.00 long")).to_be_visible()
    for _ in range(18):  # from 180° to 90°
        page.get_by_role("slider", name="Turn of qubit 0").press("ArrowLeft")
    expect(page.get_by_text("Each arrow is 0.00 long")).to_be_visible()

    go_on(page, "5. The dressed circuit")
    expect(page.locator(".walk .verdict b")).to_have_text(re.compile("[✓✗] (ants|bees)"), timeout=LONG_MS)

    go_on(page, "6. Train it")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_text(re.compile(r"Your network gets \d+ of 153 pictures right"))).to_be_visible(timeout=LONG_MS)

    go_on(page, "7. Fool it")
    expect(page.get_by_text("no animal in it")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Your own run answers.")).to_be_visible()

    go_on(page, "8. A task for a circuit")
    page.get_by_role("button", name="Train it now").click()
    expect(page.locator(".map output")).to_have_text(
        re.compile(r"(Before training|Epoch \d of 5): \d+ of 200 held-out points right"), timeout=LONG_MS
    )
    expect(page.get_by_text("In exact words, with every figure")).to_be_visible(timeout=LONG_MS)

    go_on(page, "9. Is the quantum part doing anything?")
    page.get_by_role("button", name="Train all five").click()
    exact = page.get_by_text("In exact words, with every figure")
    expect(exact).to_be_visible(timeout=LONG_MS)
    exact.click()
    expect(page.get_by_text(re.compile(r"On these 153 drawn pictures the circuit "))).to_be_visible()

    go_on(page, "10. Carry it to new pictures")
    expect(page.get_by_text("Your own run hands down what it learnt of ants and bees.")).to_be_visible()
    page.get_by_role("button", name="Train from all starts").click()
    exact = page.get_by_text("In exact words, with every figure")
    expect(exact).to_be_visible(timeout=LONG_MS)
    for way in ("The circuit alone.", "The whole head."):
        expect(page.locator(".st-key-tour_play p", has=page.locator("strong", has_text=way))).to_contain_text(
            "The carried start "
        )

    go_on(page, "11. Your own photo")
    own = tmp_path / "mine.jpg"
    own.write_bytes(drawn_example("val/bees/003.jpg"))
    page.locator('input[type="file"]').set_input_files(own)
    expect(page.get_by_text("mine.jpg").first).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Now train your own").click()
    expect(page).to_have_url(re.compile("/train"))
    expect(
        page.locator(".st-key-run_status").get_by_text("Finished after")
    ).to_be_visible()  # the run of the tour is the run of the app


def test_a_reload_keeps_the_stop_and_the_keyboard_leads_on(app, visit):
    page = visit(f"{app}/tour?stop=3")
    heading(page, "3. A qubit")
    page.keyboard.press("n")
    heading(page, "4. Entanglement")
    expect(page).to_have_url(re.compile("stop=4"))
    page = visit(page.url)  # as a reload does
    heading(page, "4. Entanglement")
    page.keyboard.press("b")
    heading(page, "3. A qubit")
    page.get_by_role("link", name="Leave").click()
    expect(page).to_have_url(re.compile("/home"))


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_the_way_on_keeps_its_place_and_what_is_to_be_moved_is_in_view(app, visit, view):
    page, places = visit(f"{app}/tour?stop=3", view), set()
    moved = {
        3: 'input[type="range"]',
        4: 'input[type="range"]',
        5: ".walk .bar input",
        6: ".st-key-actions button:visible",
        8: "button:visible",
        9: "button:visible",
        10: "button:visible",
    }
    for number, what in moved.items():
        if number > 3:
            page.goto(f"{app}/tour?stop={number}")
        expect(page.locator(".tour-marks")).to_have_attribute("aria-label", f"Stop {number} of {len(STOPS)}")
        expect(page.locator(".tour-marks")).to_be_visible()
        touched = page.locator(f".st-key-tour_play {what}").first
        touched.wait_for(timeout=LONG_MS)
        way, box = page.locator(".st-key-tour_way").bounding_box(), touched.bounding_box()
        assert way["y"] + way["height"] <= view.height + 1
        assert box["y"] + box["height"] <= way["y"], number
        next_button = page.locator(".st-key-tour_next").get_by_role("button").bounding_box()
        places.add((round(next_button["x"]), round(next_button["y"])))
        assert page.evaluate("document.documentElement.scrollWidth") <= view.width
    assert len(places) == 1
