"""Data sets of one's own in a real browser: from nothing to a trained network, and what others may do with them."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.steps import FIRST_RUN_MS, press
from tests.helpers.own_sets import SHAPES, picture
from tools.browser import PHONE_LIGHT, settled


def files(shape: int, count: int, first: int = 0) -> list[FilePayload]:
    return [
        {"name": f"{SHAPES[shape]}_{number}.jpg", "mimeType": "image/jpeg", "buffer": picture(shape, number)}
        for number in range(first, first + count)
    ]


def card(page: Page, number: int) -> Locator:
    """The card of a class, by its place."""
    return (
        page.locator("[class*='st-key-class_head_']")
        .nth(number)
        .locator("xpath=ancestor::*[contains(@class, 'st-key-class_') and not(contains(@class, 'class_head'))][1]")
    )


def drop(page: Page, number: int, pictures: list[FilePayload]) -> None:
    """Gives files to a class, as choosing them does."""
    card(page, number).locator("input.some").set_input_files(pictures)


def rename(field: Locator, name: str) -> None:
    field.fill(name)
    field.press("Enter")


def new_set(page: Page) -> str:
    """Makes a set; returns its identifier."""
    press(page, "New data set")
    expect(page).to_have_url(re.compile(r"[?&]data=[0-9a-f]{12}"))
    return re.search(r"[?&]data=([0-9a-f]{12})", page.url)[1]


def thumbnails(page: Page, number: int) -> Locator:
    return card(page, number).locator(".strip img")


def test_from_nothing_to_a_trained_network_and_tidied_up(own_data_app, visit):
    page = visit(f"{own_data_app}/data", wait=False)
    set_id = new_set(page)
    rename(page.get_by_label("Name of the data set"), "Shapes <b>")
    rename(page.get_by_label("Name of the class Class 1"), "circles")
    rename(page.get_by_label("Name of the class Class 2"), "stripes")
    expect(page.get_by_label("Name of the class stripes")).to_have_value("stripes")
    drop(page, 0, files(0, 7))
    expect(card(page, 0)).to_contain_text("7 pictures")
    drop(page, 1, files(1, 6))
    expect(card(page, 1)).to_contain_text("6 pictures")
    assert thumbnails(page, 0).first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    expect(page.get_by_text("a try, not kept on disk")).to_be_visible(timeout=FIRST_RUN_MS)
    expect(page.get_by_text(re.compile(r"^\d of 4 right$"))).to_be_visible()

    card(page, 0).get_by_role("button", name="Look through").click()
    tiles = page.locator(".gallery .tile")
    expect(tiles).to_have_count(7)
    tiles.nth(1).click()
    tiles.nth(2).click(modifiers=["Shift"])
    expect(page.locator(".gallery output")).to_have_text("2 selected")
    page.locator(".gallery .remove").click()
    expect(tiles).to_have_count(5)
    press(page, "Undo")
    expect(tiles).to_have_count(7)
    tiles.nth(0).click()
    page.locator(".gallery select.move").select_option(label="stripes")
    expect(tiles).to_have_count(6)
    press(page, "Undo")
    expect(tiles).to_have_count(7)

    page.reload()
    expect(page.get_by_label("Name of the data set")).to_have_value("Shapes <b>")
    expect(card(page, 0)).to_contain_text("7 pictures")
    page.get_by_role("link", name="Train").click()
    expect(page).to_have_url(re.compile(rf"/train\?.*data={set_id}"))
    expect(page.locator(".st-key-materials")).to_contain_text("Shapes <b>")


def test_on_a_phone_others_look_train_and_copy_by_the_link_and_change_nothing(own_data_app, visit):
    teacher = visit(f"{own_data_app}/data", wait=False)
    set_id = new_set(teacher)
    for shape in (0, 1):
        drop(teacher, shape, files(shape, 5, 100))
        expect(card(teacher, shape)).to_contain_text("5 pictures")
    again = teacher.context.new_page()
    again.goto(f"{own_data_app}/data?data={set_id}")
    expect(again.get_by_label("Name of the data set")).to_be_visible()  # another tab of the same browser is the owner's
    again.close()

    pupil = visit(f"{own_data_app}/data?data={set_id}", PHONE_LIGHT, wait=False)
    expect(pupil.get_by_text("You can look at these pictures and train on them.")).to_be_visible()
    expect(pupil.locator(".strip img").first).to_be_visible()
    expect(pupil.get_by_role("button", name="Undo")).to_have_count(0)
    expect(pupil.locator("input.some")).to_have_count(0)
    answer = pupil.request.put(
        f"{own_data_app}/own/{set_id}/1/pictures?name=mine.jpg&upload=0123456789", data=picture(2, 1)
    )
    assert answer.status == 403
    assert pupil.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_LIGHT.width
    lesson = visit(f"{own_data_app}/train?task=Tell+them+apart&data={set_id}&hide=depth", PHONE_LIGHT, wait=False)
    expect(lesson.locator(".st-key-lesson_task")).to_contain_text("Tell them apart")
    expect(lesson.locator(".st-key-materials")).to_contain_text("10 pictures in 2 classes")
    press(lesson, "Start")
    expect(lesson.get_by_text(re.compile("Finished after 30 epochs")).first).to_be_visible(timeout=FIRST_RUN_MS)
    expect(lesson).to_have_url(re.compile(f"data={set_id}"))
    pupil.get_by_role("button", name="Make a copy").first.click()
    expect(pupil.get_by_label("Name of the data set")).to_have_value("Data set 1 (copy)")
    drop(pupil, 0, files(0, 1, 200))
    expect(card(pupil, 0)).to_contain_text("6 pictures")
    settled(pupil)
    assert pupil.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_LIGHT.width
    expect(card(teacher, 0)).to_contain_text("5 pictures")
