"""The Data page in a real browser: drawn pictures, the real photos, and a folder of one's own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import FIRST_RUN_MS, choose, enter, notes, pictures
from tests.conftest import needs_shared
from tests.helpers.made_runs import made_pictures
from tools.browser import PHONE_LIGHT, settled


def test_drawn_pictures_stand_in_for_the_photos_and_can_be_leafed_through(app, visit):
    page = visit(f"{app}/data", wait=False)  # drawing them for the first time refreshes the page
    expect(page.get_by_text("244 pictures to train on and 153 for validation, in 2 classes.")).to_be_visible(
        timeout=FIRST_RUN_MS
    )
    settled(page)
    assert "Drawn pictures of ants and bees are used instead" in notes(page)
    expect(page.get_by_role("button", name="Get the photos")).to_be_visible()
    expect(pictures(page)).to_have_count(24)
    expect(pictures(page).first).to_contain_text("drawn")
    before = pictures(page).first.text_content()
    page.get_by_role("button", name="Page 2").click()
    expect(page.get_by_text(re.compile(r"^25 to 48 of \d+ pictures$"))).to_be_visible()
    expect(pictures(page).first).not_to_have_text(before)
    page.get_by_role("radio", name="bees").click()
    page.get_by_role("radio", name="For validation").click()
    expect(page.get_by_text(re.compile(r"^1 to 24 of \d+ pictures$"))).to_be_visible()


def test_a_folder_of_ones_own_is_shown_on_a_phone_without_scrolling_sideways(app, visit, tmp_path):
    folder = made_pictures(tmp_path / ("a long name " * 12).strip())
    page = visit(f"{app}/data?source=folder", PHONE_LIGHT)
    expect(page.get_by_text("Type the path of a folder")).to_be_visible()
    enter(page, "Folder", str(folder))
    expect(page.get_by_text("6 pictures to train on and 6 for validation, in 2 classes.")).to_be_visible()
    settled(page)
    expect(pictures(page)).to_have_count(3)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_LIGHT.width
    assert str(folder) not in page.url  # a link must not tell where somebody's files lie


@pytest.mark.shared
@needs_shared
def test_the_real_photos_and_the_file_among_them_that_is_none(shared_app, visit):
    page = visit(f"{shared_app}/data", wait=False)
    expect(page.get_by_text("244 photos to train on and 153 for validation, in 2 classes.")).to_be_visible(
        timeout=FIRST_RUN_MS
    )
    settled(page)
    assert notes(page) == ""
    expect(page.get_by_role("button", name="Get the photos")).to_have_count(0)
    expect(pictures(page)).to_have_count(24)
    page.get_by_text("1 file was passed over").click()
    expect(page.get_by_test_id("stExpanderDetails").get_by_test_id("stDataFrame")).to_be_visible()
    choose(page, "Pictures", "Ants and bees, drawn")
    expect(page.get_by_text("244 pictures to train on")).to_be_visible(timeout=FIRST_RUN_MS)
    expect(pictures(page).first).to_contain_text("drawn")
