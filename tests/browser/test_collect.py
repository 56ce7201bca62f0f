"""Pictures on their way into a class, in a real browser: every way in, and what may come between."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import press
from tests.helpers.own_sets import noise_picture
from tools.browser import settled

SLOW = 400_000  # bytes a second, so that what is on its way can be seen on its way
PASTE = """([bytes, name]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}"""
DROP = """(box, [bytes, name]) => {
    const data = new DataTransfer(), drop = box.querySelector(".drop");
    data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    for (const kind of ["dragenter", "dragover", "drop"]) {
        drop.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
}"""


def new_set(page: Page) -> tuple[Locator, Locator]:
    """Makes a set of two classes; returns where its first one takes pictures, and all of the page."""
    press(page, "New data set")
    expect(page).to_have_url(re.compile(r"[?&]data=[0-9a-f]{12}"))
    settled(page)
    return page.locator(".collect").first, page.locator(".stMain")


def told(box: Locator) -> Locator:
    return box.locator(".told")


def at_speed(page: Page, speed: int, *, offline: bool = False) -> None:
    """Has the browser's network be so quick; -1 is as quick as it is."""
    devtools = page.context.new_cdp_session(page)
    wanted = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
    devtools.send("Network.emulateNetworkConditions", wanted)


def made_files(folder: Path, count: int, first: int = 0) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"picture{number:03}.png" for number in range(first, first + count)]
    for number, file in enumerate(files, start=first):
        file.write_bytes(noise_picture(number, (200, 150)))  # 90 KB
    return files


def test_files_a_folder_a_drop_a_paste_and_a_zip_come_into_a_class(app, visit, tmp_path):
    page = visit(f"{app}/data", wait=False)
    box, main = new_set(page)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "same <b>.png").write_bytes(noise_picture(1, (200, 150)))
    files = [*made_files(tmp_path / "some", 3), tmp_path / "notes.txt", tmp_path / "same <b>.png"]
    box.locator("input.some").set_input_files(files)
    expect(told(box)).to_have_text("Done: 3 added, 2 not.")
    expect(main).to_contain_text("2 classes, 3 pictures")
    box.locator("summary").click()
    expect(box.locator(".skipped")).to_contain_text("the same picture, byte for byte.")
    expect(box.locator(".skipped")).to_contain_text("same <b>.png")
    expect(box.locator(".skipped")).to_contain_text("It is not a picture of a kind read here")

    made_files(tmp_path / "folder/inside", 2, 10)
    (tmp_path / "folder/.DS_Store").write_bytes(b"\0")
    box.locator("input.all").set_input_files(tmp_path / "folder")
    expect(told(box)).to_have_text("Done: 2 added, 1 not.")

    box.hover()  # with two boxes, a paste is for the one pointed at last
    page.evaluate(PASTE, [list(noise_picture(21)), "image.png"])
    expect(main).to_contain_text("2 classes, 6 pictures")
    box.evaluate(DROP, [list(noise_picture(22)), "dropped.png"])
    expect(main).to_contain_text("2 classes, 7 pictures")

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(4):
            archive.writestr(f"pets/{('cats', 'dogs')[number % 2]}/{number}.png", noise_picture(30 + number))
    payload = {"name": "pets.zip", "mimeType": "application/zip", "buffer": content.getvalue()}
    box.locator("input.some").set_input_files([payload])
    expect(page.locator(".st-key-archive")).to_contain_text("pets.zip")


def test_what_is_on_its_way_can_be_stopped_and_outlasts_another_page_and_a_lost_connection(app, visit, tmp_path):
    page = visit(f"{app}/data", wait=False)
    box, main = new_set(page)
    at_speed(page, SLOW)
    box.locator("input.some").set_input_files(made_files(tmp_path, 40, 100))
    expect(told(box)).to_contain_text(re.compile(r"^\d+ of 40 · \d+ s left"))
    box.locator(".stop").click()
    expect(told(box)).to_have_text(re.compile(r"^Stopped: \d+ added; \d+ wait here\.$"), timeout=1_000)
    box.get_by_role("button", name="Go on").click()
    expect(told(box)).to_contain_text(" of 40 · ")

    page.get_by_role("link", name="Learn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Learn")
    at_speed(page, -1)
    page.get_by_role("link", name="Data").click()
    box = page.locator(".collect").first
    expect(told(box)).to_have_text("Done: 40 added.")
    expect(main).to_contain_text("2 classes, 40 pictures")

    box.evaluate("box => { window.whole = window.fetch; window.fetch = () => Promise.reject(new TypeError()); }")
    box.locator("input.some").set_input_files(made_files(tmp_path, 3, 200))
    expect(told(box)).to_contain_text("No connection: it goes on by itself when there is one.")
    page.evaluate("window.fetch = window.whole")
    expect(told(box)).to_have_text("Done: 3 added.")
    expect(main).to_contain_text("2 classes, 43 pictures")

    at_speed(page, SLOW // 4)
    box.locator("input.some").set_input_files(made_files(tmp_path, 20, 300))
    expect(told(box)).to_contain_text(" of 20 · ")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    at_speed(page, -1)
    expect(page.locator(".collect .before").first).to_contain_text(
        re.compile(r"^\d+ of 20 files were not sent when this page was closed\.")
    )
