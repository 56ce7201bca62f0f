"""Links in a real Chromium: the address follows every change, Back undoes, a link is copied, a lesson hides."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qtl_core.runs.store import keep_run
from qtl_core.settings import RunSettings
from tests.browser.steps import enter
from tests.helpers.made_runs import made_pictures, made_run
from tools.browser import DESKTOP_LIGHT, PHONE_LIGHT, View, settled
from ui.session import keys

SETTINGS = RunSettings().changed(epochs=3, seed=11, source="drawn", backbone="efficientnet_lite0")


def shown(page: Page, name: str):
    return page.locator(f".st-key-{keys.field_key(name)}")


def set_depth(page: Page, presses: int) -> None:
    """Moves the depth slider by keys, as one does who goes step by step."""
    slider = shown(page, "depth").get_by_role("slider")
    for _ in range(abs(presses)):
        slider.press("ArrowRight" if presses > 0 else "ArrowLeft")
    settled(page)


def depth(page: Page) -> str:
    return shown(page, "depth").get_by_role("slider").input_value()


def open_share(page: Page) -> Page:
    page.locator(".st-key-page_head").get_by_role("button", name=re.compile("Share|Lesson")).click()
    expect(page.get_by_label("The link")).to_have_value(re.compile("^http://127"))
    return page


def link_in(page: Page) -> str:
    return page.get_by_label("The link").input_value()


def test_the_address_follows_and_a_second_tab_and_a_reload_see_the_same(app, visit):
    page = visit(f"{app}/train")
    set_depth(page, -2)
    expect(page).to_have_url(re.compile(r"\?depth=4$"))
    second = visit(page.url)
    assert depth(second) == "4"
    set_depth(second, 3)  # each tab has settings of its own
    expect(second).to_have_url(re.compile(r"\?depth=7$"))
    page.reload()
    assert depth(settled(page)) == "4"


def test_back_and_forward_undo_a_setting_and_lead_from_page_to_page(app, visit):
    page = visit(f"{app}/train")
    set_depth(page, -1)
    set_depth(page, -1)
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?depth=5$"))
    assert depth(settled(page)) == "5"
    page.go_forward()
    expect(page).to_have_url(re.compile(r"\?depth=4$"))
    assert depth(settled(page)) == "4"
    page.locator(".st-key-navigation").get_by_role("link", name="Circuit").click()
    expect(page).to_have_url(re.compile(r"/circuit\?depth=4$"))
    settled(page)
    page.go_back()
    expect(page).to_have_url(re.compile(r"/train\?depth=4$"))
    assert depth(settled(page)) == "4"


@pytest.mark.parametrize("view", [DESKTOP_LIGHT, PHONE_LIGHT], ids=lambda view: view.name)
def test_the_button_copies_the_link(app, visit, view: View):
    page = visit(f"{app}/train?depth=3&seed=7", view)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_share(page).get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{app}/train?depth=3&seed=7"
    assert page.evaluate("document.documentElement.scrollWidth") <= view.width


def test_without_a_secure_context_it_is_copied_the_older_way(app, visit):
    """What a class room's plain http offers: no `navigator.clipboard` at all."""
    page = visit(f"{app}/train?depth=3")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("window.reader = navigator.clipboard; window.reader.writeText('before')")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    open_share(page).get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("window.reader.readText()") == f"{app}/train?depth=3"


def test_where_nothing_can_be_copied_the_link_is_marked_and_it_says_so(app, visit):
    page = visit(f"{app}/train?depth=3")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    open_share(page).get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("does not let pages copy")).to_be_visible()
    marked = page.get_by_label("The link").evaluate(
        "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    )
    assert marked == link_in(page)


def test_a_teacher_makes_a_lesson_and_a_pupil_opens_it_on_a_phone(app, visit):
    teacher = open_share(visit(f"{app}/train?depth=3"))
    expect(teacher.get_by_text("Only this computer can open the link")).to_be_visible()
    teacher.get_by_text("For a lesson: a task").click()
    task = teacher.get_by_role("textbox", name="The task")
    task.fill("How few qubits are enough?\n<b>Try</b> *it*.")
    task.press("Control+Enter")
    settled(teacher)
    for name in ("Depth", "Learning rate", "More settings", "Circuit"):
        teacher.get_by_role("button", name=name, exact=True).last.click()
        settled(teacher)
    expect(teacher.get_by_label("The link")).to_have_value(
        re.compile(r"\?task=How.*\.&depth=3&hide=circuit,depth,learning_rate,more$")
    )
    assert shown(teacher, "depth").is_visible(), "the teacher's own page stays whole"
    pupil = visit(link_in(teacher), PHONE_LIGHT)
    expect(pupil.locator(".st-key-lesson_task")).to_contain_text("How few qubits are enough?")
    expect(pupil.locator(".st-key-lesson_task")).to_contain_text("<b>Try</b> *it*.")
    expect(shown(pupil, "epochs")).to_be_visible()
    expect(shown(pupil, "depth")).to_have_count(0)
    expect(pupil.get_by_text("More settings")).to_have_count(0)
    assert pupil.evaluate("document.documentElement.scrollWidth") <= PHONE_LIGHT.width
    navigation = pupil.locator(".st-key-navigation")
    expect(navigation.get_by_role("link", name="Circuit")).to_have_count(0)
    navigation.get_by_role("link", name="Data").click()
    expect(pupil).to_have_url(re.compile(r"/data\?task=How.*&depth=3&hide="))
    expect(pupil.locator(".st-key-lesson_task")).to_contain_text("How few qubits are enough?")
    navigation.get_by_role("link", name="Train").click()
    expect(shown(settled(pupil), "epochs")).to_be_visible()
    expect(shown(pupil, "depth")).to_have_count(0)
    open_share(pupil).get_by_role("button", name="Show everything").click()
    expect(shown(settled(pupil), "depth")).to_be_visible()
    expect(pupil).to_have_url(re.compile(r"/train\?depth=3$"))


def test_a_link_opens_a_kept_run_with_its_results_on_any_server_that_has_it(serve, visit, tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("QTL_HOME", str(home))
    run_id = keep_run(made_run(made_pictures(Path(tmp_path / "photos")), settings=SETTINGS))
    page = visit(f"{serve(home)}/train?run={run_id}")
    expect(page.locator(".st-key-run_status")).to_contain_text("Finished after 3 epochs")
    expect(page.get_by_text("other settings")).to_have_count(0)
    assert "seed=11&" in page.url
    assert page.url.endswith(f"&run={run_id}")
    enter(page, "Epochs", "5")
    settled(page)
    expect(page.get_by_text("These figures belong to other settings: Epochs 3 → 5")).to_be_visible()
    page.reload()
    expect(page.get_by_text("These figures belong to other settings: Epochs 3 → 5")).to_be_visible()


@pytest.mark.parametrize(
    "query",
    [
        "run=../../../etc/passwd&qubits=%00&hide=%3Cscript%3Ealert(1)%3C/script%3E&depth=3",
        f"seed={'9' * 5000}&depth=3&job=%3Cimg%20src=x%3E",
        "qubits=3&qubits=99&depth=3&hide=start,stop,reset,train",
    ],
)
def test_a_hostile_link_is_said_and_the_rest_of_it_holds(app, visit, query: str):
    page = visit(f"{app}/train?{query}")
    assert depth(page) == "3"
    expect(page.get_by_test_id("stAlert").filter(has_text="The link").first).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    expect(page).to_have_url(f"{app}/train?depth=3")
