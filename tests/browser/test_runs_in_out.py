"""Runs and heads brought in and taken along again on the Runs page, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from torch import nn

from qtl_core.exchange.heads.reading import read_state
from qtl_core.exchange.run_files.writing import archive_bytes
from tests.browser.conftest import served
from tests.exchange.test_run_files import kept, whole
from tests.helpers.made_heads import demo_head, paper_head, saved
from tests.helpers.made_runs import made_pictures
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled

HEAD_MS = 120_000  # a worker process starts and reads the head, on a machine that may be busy
HOSTILE = "<img src=x onerror=alert(1)> **bold**"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app for all heads: each is brought in beside those of other tests."""
    with served(tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def files(tmp_path, monkeypatch) -> dict[str, bytes]:
    """Files from another machine, by name."""
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "another machine"))
    run = archive_bytes(kept(whole(folder=made_pictures(tmp_path / "pictures")), HOSTILE))
    heads = {"published.pt": saved(demo_head().state_dict()), "paper.pt": saved(paper_head().state_dict())}
    return {"run.qtl.zip": run, "damaged.qtl.zip": run[:-1], **heads}


def drop(page: Page, name: str, content: bytes) -> None:
    """Drops a file onto the field for runs and heads, which is unfolded if it is not."""
    if not page.locator(".st-key-bring_in").get_by_test_id("stFileUploaderDropzone").is_visible():
        page.get_by_text("Bring in a run or a head").click()
    page.locator(".st-key-bring_in input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    settled(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def taken_along(page: Page, way: str) -> tuple[str, bytes]:
    """What a way out gives: the name of the file, and its bytes; made first where that takes a worker."""
    place = page.locator(f".st-key-way_button_{way}")
    button, ready = place.get_by_role("button"), place.get_by_role("button", name="Download")
    expect(button.first).to_be_visible()
    if not ready.count():
        place.get_by_role("button", name="Make it").click()
    expect(ready).to_be_enabled(timeout=HEAD_MS)
    with page.expect_download(timeout=HEAD_MS) as download:
        ready.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def angles_in(content: bytes) -> int:
    """How many angles a head's file holds."""
    return read_state(content, "head.pt")["q_params"].size


def test_a_run_comes_in_is_opened_and_goes_out_as_it_was(empty_app, visit, files):
    page = visit(f"{empty_app}/runs")
    expect(page.get_by_text("No run is kept yet")).to_be_visible()
    drop(page, "damaged.qtl.zip", files["damaged.qtl.zip"])
    press(page, "Open this run")
    expect(page.get_by_text("damaged.qtl.zip cannot be opened as a run")).to_be_visible(timeout=HEAD_MS)
    expect(page.get_by_text("No run is kept yet")).to_be_visible()
    drop(page, "run.qtl.zip", files["run.qtl.zip"])
    press(page, "Open this run")
    brought_in = page.get_by_text(f"The run “{HOSTILE}” was brought in.")  # as text, nothing of it acted on
    expect(brought_in).to_be_visible(timeout=HEAD_MS)
    settled(page)
    expect(page.get_by_text("5 of 6 photos right").first).to_be_visible()  # it is opened at once
    page.get_by_text("Take it along").click()
    name, content = taken_along(page, "file")
    assert name == "img-src-x-onerror-alert-1-bold.qtl.zip"
    assert content == files["run.qtl.zip"]
    name, script = taken_along(page, "script")
    compile(script, name, "exec")


def test_a_head_is_taken_under_every_name_that_a_shell_takes_and_other_files_are_told(app, visit, files):
    page = visit(f"{app}/runs")
    head = saved({"state_dict": {f"model.{name}": value for name, value in demo_head().state_dict().items()}})
    dropped = {
        name: (head, f"The head “{name[0]}” was brought in.") for name in ("a.ckpt", "b.bin", "c.pth.tar", "d.PTH")
    }
    dropped["whole.pt"] = saved(nn.Linear(2, 2)), "It holds a whole pickled model"
    dropped["page.safetensors"] = b"<!DOCTYPE html><p>Not found", "It is a web page"
    for name, (content, words) in dropped.items():  # what a file is, its contents say
        drop(page, name, content)
        press(page, "Bring in this head")
        expect(page.get_by_text(words)).to_be_visible(timeout=HEAD_MS)
        settled(page)


def test_a_head_comes_in_on_a_phone_and_goes_out(app, visit, files):
    page = visit(f"{app}/runs", PHONE_DARK)
    drop(page, "published.pt", files["published.pt"])
    expect(page.get_by_role("textbox", name="Classes")).to_have_value("ants, bees")
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width
    press(page, "Bring in this head")
    expect(page.get_by_text("The head “published” was brought in.")).to_be_visible(timeout=HEAD_MS)
    settled(page)
    expect(page.get_by_text("A head from elsewhere")).to_be_visible()
    expect(page.get_by_text("resnet18-f37072fd.pth").first).to_be_visible()  # what to get before it can predict
    page.get_by_text("Take it along").click()
    name, content = taken_along(page, "head")
    assert name.startswith("head_")
    assert content.startswith(b"PK")
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_a_head_of_the_paper_is_asked_about_read_as_chosen_and_taken_along_for_either_code(app, visit, files, view):
    page = visit(f"{app}/runs", view)
    drop(page, "paper.pt", files["paper.pt"])
    expect(page.get_by_text("The file holds 15 rows of angles for 6 layers.")).to_be_visible(timeout=HEAD_MS)
    settled(page)
    expect(page.get_by_role("radio", name="The paper's own code")).to_be_checked()
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= view.width
    press(page, "Bring in this head")
    expect(page.get_by_text("The head “paper” was brought in.")).to_be_visible(timeout=HEAD_MS)
    settled(page)
    expect(page.get_by_text("which uses rows 1 to 6, counted from 0").first).to_be_visible()
    page.get_by_text("Take it along").click()
    settled(page)
    rows = [angles_in(taken_along(page, "head")[1])]
    page.get_by_test_id("stRadioGroup").get_by_text("The paper's own code").click()
    settled(page)
    name, content = taken_along(page, "head")
    assert name.endswith("_paper.pt")
    assert [*rows, angles_in(content)] == [24, 60]
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= view.width
