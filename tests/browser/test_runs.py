"""The Runs page in a real browser: tick, compare, rename, delete and undo, take files along; on a desk and a phone."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from qtl_core.runs.store import keep_run
from qtl_core.settings import RunSettings
from tests.browser.conftest import served
from tests.helpers.made_runs import made_pictures, made_run
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled
from tools.made_store import fill_store

HOSTILE = "<img src=x onerror=document.title='hit'> **b** [a](javascript:alert(1)) $x$"
THREE = (("First", (3, 5), 6), ("Second", (2, 3), 2), (HOSTILE, (4, 6), 6))
HEADER, ONE_LINE = 36, 35  # pixels of the table; its rows are as high as the longest name takes
MANY = 5_000
KEY_MS = 150  # a person's pace
CROWDED_MS = 180_000  # on a machine that does much other work at once, a test must not fail for that


@contextmanager
def with_three_runs(place: Path) -> Iterator[str]:
    """An app with three kept runs on the same six pictures; the newest has a name that means harm."""
    home, folder = place / "home", made_pictures(place / "pictures")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(home))
        for created, (name, right, depth) in enumerate(THREE):
            settings = RunSettings().changed(source="folder", folder=str(folder), depth=depth, epochs=2)
            keep_run(made_run(folder, right, settings=settings), name=name, created=1e9 + created)
    with served(home) as address:
        yield f"{address}/runs"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Such an app for all who leave its runs as they are."""
    with with_three_runs(tmp_path_factory.mktemp("three")) as address:
        yield address


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[str]:
    """Such an app for a test that changes or deletes them."""
    with with_three_runs(tmp_path) as address:
        yield address


ACCURACY = "2"  # the column after the name


def table(page: Page) -> Locator:
    return page.locator('[class*="st-key-runs_table_"]').first


def middle_of(page: Page, row: int) -> float:
    """How far below the table's top the middle of a row lies, in pixels; of a table that scrolls the first one's."""
    rows = int(table(page).locator("[role=grid]").get_attribute("aria-rowcount")) - 1
    each = (table(page).locator("canvas").first.bounding_box()["height"] - HEADER) / rows
    return HEADER + max(each, ONE_LINE) * (row + 0.5)


def tick(page: Page, *rows: int) -> None:
    """Clicks the boxes at the beginning of these rows."""
    for row in rows:
        table(page).scroll_into_view_if_needed()
        table(page).click(position={"x": 18, "y": middle_of(page, row)})
        settled(page)


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as arriving:
        page.get_by_role("button", name=name, exact=False).last.click()
    return Path(arriving.value.path()).read_bytes()


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_DARK], ids=lambda view: view.name)
def test_two_runs_are_compared(app, visit, view):
    page = visit(app, view)
    tick(page, 1, 2)
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()
    expect(page.get_by_text("They disagree on 2 pictures: A alone is right on 0, B alone on 2.")).to_be_visible()
    expect(page.get_by_text("what chance alone would give (p = 0.50)")).to_be_visible()
    expect(page.locator(".tiles:visible figure img")).to_have_count(2)
    curves = page.locator(".st-key-compared_curves .js-plotly-plot")
    curves.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.st-key-compared_curves .js-plotly-plot')?._fullData")
    assert curves.evaluate("plot => plot._fullData.length") == 4  # accuracy and loss of each
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_click_on_a_row_opens_it_and_on_a_phone_its_accuracy_is_in_sight(app, visit):
    page = visit(app, PHONE_DARK)
    table(page).scroll_into_view_if_needed()
    table(page).click(position={"x": 310, "y": middle_of(page, 1)})  # right of the names: the accuracy
    settled(page)
    cell = page.locator("canvas [role=gridcell][aria-selected=true]")
    expect(cell).to_have_attribute("aria-colindex", ACCURACY)
    row = page.locator("canvas [role=row]").filter(has=page.locator("[aria-selected=true]"))
    name = row.locator("[role=gridcell][aria-colindex='1']").inner_text()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_runs_are_ticked_by_keyboard_alone(app, visit):
    page = visit(app)
    page.get_by_role("textbox", name="Search").focus()
    while not page.evaluate("document.activeElement.matches('canvas')"):
        page.keyboard.press("Tab")
        page.wait_for_timeout(KEY_MS)
    for _ in range(2):  # the second row and the third
        page.keyboard.press("ArrowDown")  # opens it
        settled(page)
        page.keyboard.press("Shift+Space")
        settled(page)
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()


def test_a_name_is_kept_and_shown_as_it_is(own_app, visit):
    page = visit(own_app)
    tick(page, 0)
    expect(page.get_by_role("heading").filter(has_text="<img src=x onerror=")).to_be_visible()
    assert page.locator("h3 a[href]").count() == 0
    assert "hit" not in page.title()
    assert page.locator("img[src='x']").count() == 0
    field = page.get_by_label("Name", exact=True)
    field.fill("A better name")
    field.press("Enter")
    expect(page.get_by_role("heading", name="A better name")).to_be_visible()
    page.reload()  # the address says which run is open
    expect(page.get_by_role("heading", name="A better name")).to_be_visible()


def test_a_name_with_markup_is_harmless_in_the_charts(app, visit):
    page = visit(app)
    tick(page, 0, 1)
    legend = page.locator(".st-key-compared_curves .legendtext").first
    legend.scroll_into_view_if_needed()
    expect(legend).to_contain_text("A · <img src=x onerror=docu")
    assert page.locator(".st-key-compared_curves a").count() == 0
    assert "hit" not in page.title()


def test_deleting_is_taken_back_and_a_second_window_sees_it(own_app, visit):
    page = visit(own_app)
    tick(page, 1, 2)
    page.get_by_role("button", name="Delete these 2").click()
    expect(page.get_by_text("2 runs were deleted.")).to_be_visible()
    expect(page.get_by_text("1 run. All take")).to_be_visible()
    expect(visit(own_app).get_by_text("1 run. All take")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 runs. All take")).to_be_visible()
    expect(page.get_by_text("2 runs were deleted.")).to_have_count(0)


def test_all_of_a_comparison_is_taken_along(app, visit):
    page = visit(app)
    tick(page, 1, 2)
    assert ET.fromstring(downloaded(page, "Curves as SVG")).tag.endswith("svg")
    assert Image.open(io.BytesIO(downloaded(page, "Accuracies as PNG"))).format == "PNG"
    rows = list(csv.DictReader(io.StringIO(downloaded(page, "Figures as CSV").decode())))
    assert [row["name"] for row in rows] == ["Second", "First"]
    assert len(list(csv.DictReader(io.StringIO(downloaded(page, "Epochs as CSV").decode())))) == 4
    assert json.loads(downloaded(page, "All as JSON"))["mcnemar"]["p"] == 0.5


def test_a_search_narrows_the_table_and_keeps_what_is_ticked(app, visit):
    page = visit(app)
    tick(page, 1)
    page.get_by_role("textbox", name="Search").fill("first")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.get_by_text("1 of 3 runs")).to_be_visible()
    expect(page.get_by_text("1 ticked run is not among those shown.")).to_be_visible()
    tick(page, 0)
    expect(page.get_by_role("heading", name="2 runs side by side")).to_be_visible()
    page.get_by_role("button", name="Tick none").click()
    expect(page.get_by_role("heading", name="2 runs side by side")).to_have_count(0)


def test_five_thousand_runs_are_listed_searched_and_opened(tmp_path, monkeypatch, serve, visit):
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    fill_store(MANY, epochs=1)
    address = serve(tmp_path / "home")
    all_of_them = f"{MANY:,} runs. All take"
    expect(visit(f"{address}/runs").get_by_text(all_of_them)).to_be_visible(timeout=CROWDED_MS)
    page = visit(f"{address}/data")
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_text(all_of_them)).to_be_visible(timeout=CROWDED_MS)
    expect(table(page).locator("canvas").first).to_be_visible()
    settled(page)
    page.get_by_role("textbox", name="Search").fill("baseline ring")
    page.get_by_role("textbox", name="Search").press("Enter")
    expect(page.get_by_text(f"of {MANY:,} runs")).to_be_visible(timeout=CROWDED_MS)
    settled(page)
    tick(page, 0)
    expect(page.get_by_role("heading", name="Baseline")).to_be_visible(timeout=CROWDED_MS)
