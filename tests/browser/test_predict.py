"""The Predict page in a real browser: files go in, answers come out, on a desktop and on a phone."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import served
from tests.browser.steps import choose
from tests.helpers.odd_files import bad_files, good_files, hostile_names
from tests.helpers.other_pictures import as_png, other_pictures
from tools.browser import PHONE_DARK, settled

ANSWER_MS = 180_000  # the first answer waits for a worker and an image network, on a machine that may be busy
NAME = "<img src=x onerror=alert(1)>=1+1 🐝.png"


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wherever `new_app` could write to."""
    return {name: tmp_path_factory.mktemp(name) for name in ("home", "temporary")}


@pytest.fixture(scope="module")
def new_app(places: dict[str, Path]) -> Iterator[str]:
    """An app in which nobody has trained anything."""
    with served(places["home"], TMPDIR=str(places["temporary"])) as address:
        yield address


def test_a_newcomer_can_ask_the_run_that_comes_along_and_is_led_to_train(new_app, visit):
    page = visit(f"{new_app}/predict")
    bring(page, {"photo.jpg": good_files()["JPEG"]})
    page.get_by_role("link", name="Train your own").click()
    expect(page.get_by_role("heading", name="Teach a quantum circuit")).to_be_visible()


def test_files_are_answered_and_the_answers_downloaded(trained_app, visit):
    page = visit(f"{trained_app}/predict")
    bring(page, {"upright.jpg": good_files()["EXIF orientation 6"], NAME: good_files()["PNG"], "page.jpg": b"<html>"})
    expect(page.locator(".choice button")).to_have_count(2)
    assert page.locator(".choice img[src='x']").count() == 0, "a file's name was taken for markup"
    expect(page.get_by_text("1 file cannot be answered for")).to_be_visible()
    table = list(csv.DictReader(io.StringIO(downloaded(page, "Answers as CSV"))))
    objects = json.loads(downloaded(page, "Answers as JSON"))
    assert [row["file"] for row in table] == [each["file"] for each in objects]
    assert {row["label"] for row in table} <= {"ants", "bees", ""}
    assert next(row for row in table if row["file"] == "page.jpg")["error"] == "It is a web page, not a picture."


def test_nothing_that_strangers_bring_is_run_by_the_browser(new_app, visit):
    page = visit(f"{new_app}/predict")
    title = page.title()
    page.evaluate("window.alert = () => { document.title = 'taken over' }")
    active = {f"{kind}.html": content for kind, content in bad_files().items() if b"alert" in content}
    assert len(active) == 2
    names = [name for name in hostile_names() if name.isprintable()]
    bring(page, active | {name: good_files()["JPEG"] for name in names})
    expect(page.locator(".choice button")).to_have_count(len(names))
    expect(page.get_by_text("2 files cannot be answered for")).to_be_visible()
    for name in ("<script>document", "<img src=x"):
        choose(page, "Picture", name)
        settled(page)
    assert page.title() == title
    for markup in ("img[src='x']", "a[href^='javascript']", "script:text('taken over')"):
        assert page.locator(f".stMain {markup}").count() == 0, f"a file's name was taken for {markup}"


def test_nothing_uploaded_is_written_to_disk(new_app, places, visit):
    page, photo = visit(f"{new_app}/predict"), good_files()["PNG"] + os.urandom(4_000_000)
    server = owner_of(new_app)
    bring(page, {"large.png": photo})
    written = [path for place in places.values() for path in place.rglob("*") if path.is_file()]
    assert not [path for path in written if photo[-2000:-1000] in path.read_bytes()]
    for process in (server, *children_of(server)):
        unnamed = [link for link in open_files(process) if link.endswith("(deleted)") and "memfd" not in link]
        assert not [link for link in unnamed if link.startswith(str(places["temporary"]))], unnamed


def test_examples_on_a_phone(trained_app, visit):
    page = visit(f"{trained_app}/predict", PHONE_DARK)
    page.get_by_text("Examples", exact=True).click()
    answered(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width
    expect(page.get_by_text("6. Probabilities")).to_be_visible()


def test_the_camera_answers_live_and_a_held_picture_is_explained(trained_app, visit):
    page = visit(f"{trained_app}/predict")
    page.get_by_text("Camera", exact=True).click()
    page.get_by_role("button", name="Answer live from the camera").click()
    live = page.locator(".live")
    expect(live.locator(".bars .share").first).to_have_text(re.compile(r"\d+%"), timeout=ANSWER_MS)
    expect(live.locator(".state")).to_contain_text(re.compile(r"\d\.\d answers a second"))
    page.get_by_role("button", name="Hold this picture").click()
    answered(page)
    expect(page.get_by_text("6. Probabilities")).to_be_visible()
    expect(live.locator(".state"), "the camera stays open beside it").to_contain_text("answers a second")
    page.get_by_role("button", name="Close camera").click()
    assert page.evaluate("globalThis[Symbol.for('qtl.camera')].stream") is None, "the camera is let go"


def test_where_it_looked_on_a_phone(new_app, visit):
    page = visit(f"{new_app}/predict", PHONE_DARK)
    bring(page, {"photo.jpg": good_files()["JPEG"]})
    page.get_by_text("Where it looked", exact=True).click()
    heat = page.get_by_role("img", name="Where it looked for")
    expect(heat).to_be_visible(timeout=ANSWER_MS)
    over = heat.get_attribute("src")
    page.get_by_text("Side by side", exact=True).click()
    expect(page.get_by_role("img", name="The picture", exact=True)).to_be_visible(timeout=ANSWER_MS)
    boxes = [page.get_by_role("img", name=name).bounding_box() for name in ("The picture", "Where it looked for")]
    assert boxes[0]["y"] == boxes[1]["y"], "one stands below the other"
    assert heat.get_attribute("src") == over
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width


def test_two_runs_side_by_side_with_temperature_scaling_on_a_phone(trained_app, visit):
    page = visit(f"{trained_app}/predict", PHONE_DARK)
    choose(page, "Compare with", "Kept on this server")
    settled(page)
    bring(page, {"noise.png": as_png(other_pictures()["noise-0"]), "photo.jpg": good_files()["JPEG"]})
    expect(page.get_by_text("The run compared with")).to_be_visible(timeout=ANSWER_MS)
    expect(page.get_by_text(re.compile("They (dis)?agree on"))).to_be_visible()
    expect(page.get_by_text("Unlike the pictures this run learnt from").first).to_be_visible()
    page.get_by_text("Temperature scaling", exact=True).first.click()
    expect(page.get_by_text(re.compile(r"The first run: .* at temperature 0\.33, fitted on 153"))).to_be_visible()
    page.get_by_text("How far can its percentages be trusted?").last.click()
    expect(page.get_by_text("Share that is right").last).to_be_visible()
    settled(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width
    row = next(csv.DictReader(io.StringIO(downloaded(page, "Answers as CSV"))))
    assert (row["file"], row["doubt"]) == ("noise.png", "unlike training")


def bring(page: Page, files: dict[str, bytes]) -> None:
    """Uploads files and waits for the answers."""
    payload = [{"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in files.items()]
    page.locator("input[type=file]").set_input_files(payload)
    answered(page)


def answered(page: Page) -> None:
    expect(page.get_by_text("How the answer came about")).to_be_visible(timeout=ANSWER_MS)
    settled(page)


def owner_of(address: str) -> int:
    """The process that listens at this address (Linux)."""
    port = f"--server.port\0{address.rsplit(':', 1)[1]}\0".encode()
    return next(int(each.parent.name) for each in Path("/proc").glob("[0-9]*/cmdline") if port in _read(each))


def children_of(process: int) -> list[int]:
    """Its child processes."""
    statuses = {int(each.parent.name): _read(each) for each in Path("/proc").glob("[0-9]*/status")}
    return [child for child, status in statuses.items() if f"PPid:\t{process}\n".encode() in status]


def open_files(process: int) -> list[str]:
    """What a process holds open, also what has no name any more."""
    links = []
    for link in Path(f"/proc/{process}/fd").glob("*"):
        with contextlib.suppress(OSError):  # it was closed meanwhile
            links.append(str(link.readlink()))
    return links


def _read(file: Path) -> bytes:
    with contextlib.suppress(OSError):  # the process has ended meanwhile
        return file.read_bytes()
    return b""


def downloaded(page: Page, button: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_text(encoding="utf-8")
