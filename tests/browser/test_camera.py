"""The camera on the Data page, with a Chromium that sees drawn ants, then drawn bees: bursts, a training, live answers.

And a phone without a camera for pages, as over plain http in a class room: its own camera app, by a code.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from qtl_core.pictures.sources.drawn import draw_picture
from tests.browser.conftest import served
from tests.browser.steps import FIRST_RUN_MS, RUN_MS, press
from tools.browser import DESKTOP_LIGHT, PHONE_LIGHT, launch, open_page, settled
from tools.fake_camera import camera_option, write_scene

BURST_MS = 1_500  # seven or eight pictures


def drawings(name: str) -> list:
    return [draw_picture("train", name, number) for number in range(8)]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """The file that the camera sees."""
    return tmp_path / "scene.mjpeg"


@pytest.fixture
def looking(browser: Browser, scene: Path) -> Iterator[Callable[..., Page]]:
    """Opens a page in a Chromium whose camera sees the scene; the page must have been without a fault."""
    write_scene(scene, drawings("ants"))
    seeing = launch(browser.browser_type, camera_option(scene))
    opened = []

    def go(address: str) -> Page:
        opened.append(open_page(seeing, DESKTOP_LIGHT))
        page = opened[-1][0]
        page.goto(address)
        return settled(page)

    yield go
    for page, watch in opened:
        watch.look_for_traceback(page)
    seeing.close()
    assert [problem for _, watch in opened for problem in watch.problems] == []


def take_burst(page: Page, camera: Locator) -> None:
    """Holds the button for a while, and waits until all that was taken is there."""
    hold = camera.get_by_role("button", name="Hold to take pictures")
    expect(hold).to_be_visible()
    camera.locator("video").evaluate(
        "video => new Promise((go) => { if (video.readyState > 2) go(); video.onplaying = go; })"
    )
    hold.hover()
    page.mouse.down()
    page.wait_for_timeout(BURST_MS)
    page.mouse.up()
    expect(camera.locator("output")).to_contain_text(re.compile(r"\d+ pictures are in"), timeout=RUN_MS)


def test_two_classes_by_burst_are_learnt_and_answered_live(app, looking, scene):
    page = looking(f"{app}/data")
    press(page, "New data set")
    camera = page.locator(".camera:not(.live)")
    for number, name in enumerate(("ants", "bees"), start=1):
        write_scene(scene, drawings(name))
        page.get_by_role("radiogroup", name=f"Add to Class {number} from").get_by_role("radio", name="Camera").click()
        camera.get_by_role("button", name="Use the camera").click()
        take_burst(page, camera)
        take_burst(page, camera)
    # Whoever looks at bees has bees told, without a click on Start.
    page.get_by_role("button", name="Answer live from the camera").click(timeout=FIRST_RUN_MS)
    expect(page.locator(".live .bars .top .name")).to_have_text("Class 2", timeout=RUN_MS)
    camera.get_by_role("button", name="Close camera").click()
    page.locator(".live").get_by_role("button", name="Close camera").click()
    assert page.evaluate("globalThis[Symbol.for('qtl.camera')].stream") is None, "the camera is let go"
    write_scene(scene, drawings("ants"))
    page.get_by_role("button", name="Answer live from the camera").click()
    expect(page.locator(".live .bars .top .name")).to_have_text("Class 1", timeout=RUN_MS)


def test_a_phone_adds_by_a_code_until_it_is_taken_back(tmp_path, browser, drawn_home):
    with served(tmp_path / "home", STREAMLIT_SERVER_ADDRESS="0.0.0.0", QTL_OPEN="1") as address:
        page, watch = open_page(browser, DESKTOP_LIGHT)
        page.goto(f"{address}/data")
        press(settled(page), "New data set")
        page.get_by_role("radiogroup", name="Add to Class 1 from").get_by_role("radio", name="Phone").click()
        press(page, "Make a code")
        link = page.locator(".share input")
        expect(link).to_have_value(re.compile("/phone#"))
        token = link.input_value().split("#")[1]

        phone, seen = open_page(browser, PHONE_LIGHT)
        phone.add_init_script("delete Navigator.prototype.mediaDevices")  # as over plain http
        phone.goto(f"{address}/phone#{token}")
        expect(phone.get_by_role("heading", name="Class 1")).to_be_visible()
        expect(phone.get_by_text("plain http")).to_be_visible()
        expect(phone.get_by_role("button", name="Use the camera")).to_be_hidden()
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE_LIGHT.width
        photo = io.BytesIO()
        draw_picture("train", "ants", 1).resize((1_600, 1_200)).save(photo, "JPEG")
        files = [{"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}]
        phone.get_by_label("Choose pictures").last.set_input_files(files)
        expect(phone.locator(".line")).to_contain_text("1 picture is in Class 1")

        expect(page.get_by_text("1 picture came from phones")).to_be_visible()
        press(page, "Take the code back")
        expect(page.get_by_role("button", name="Make a code")).to_be_visible()
        phone.reload()
        expect(phone.get_by_text("This code was taken back. Ask for a new one.")).to_be_visible()
        expect(phone.get_by_text("Choose pictures").last).to_be_hidden()
        assert [*watch.problems, *seen.problems] == []
        for each in (page, phone):
            each.context.close()
