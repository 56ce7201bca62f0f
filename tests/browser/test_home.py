"""The Home page in a real browser: the first screen says what this is and shows it at work."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from qtl_core.explain.kept_traces import kept_traces
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.requests import named_model
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, View, open_page, settled
from ui.base.assets import script
from ui.home.followed_pictures import BEFOREHAND
from ui.home.trace_view import traces_data

FIRST_MS = 120_000  # a worker imports torch first, on a machine that may be busy
NEXT_STEPS = ("Start the tour", "Try your own photo", "Train one yourself")
SCREENS = (View("laptop", 1440, 900, "light"), View("phone", 390, 844, "dark"))


def answering(page: Page) -> Page:
    expect(page.locator(".walk .place")).to_have_text(re.compile(r"^Picture \d+ of \d+$"), timeout=FIRST_MS)
    return page


@pytest.mark.parametrize("view", SCREENS, ids=lambda view: view.name)
def test_the_first_screen_holds_it_all_and_moves_by_itself(app, visit, view: View):
    page = answering(visit(app, view, wait=False))
    ways = [
        page.locator(".st-key-ways").get_by_role("link", name=name) for name in ("Start the tour", "Train one yourself")
    ]
    for part in (page.get_by_role("heading", level=1), page.locator(".walk .bar"), *ways):
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box["y"] + box["height"] <= view.height
    before = page.locator(".walk canvas.spheres").evaluate("canvas => canvas.toDataURL()")
    expect(page.locator(".walk .words")).to_contain_text("CNOT", timeout=60_000)
    assert page.locator(".walk canvas.spheres").evaluate("canvas => canvas.toDataURL()") != before
    page.get_by_role("slider", name="How far the picture has come").press("End")
    expect(page.locator(".walk .verdict b")).to_have_text(re.compile("[✓✗] (ants|bees)"))
    expect(page.locator(".walk figcaption")).to_have_text("drawn")
    assert page.evaluate("document.documentElement.scrollWidth") <= view.width


USUAL = ((1280, 800), (1366, 768), (1440, 900), (1920, 1080))


def test_it_all_fits_on_usual_screens_with_a_next_step_in_sight(app, visit):
    page = answering(visit(app, wait=False))
    for width, height in USUAL:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function("document.querySelector('.stMain').clientHeight === innerHeight")
        beyond = page.evaluate("(main => main.scrollHeight - main.clientHeight)(document.querySelector('.stMain'))")
        assert beyond == 0, f"it scrolls by {beyond} pixels at {width} x {height}"
        for name in NEXT_STEPS:
            box = page.locator(".st-key-ways").get_by_role("link", name=name).bounding_box()
            assert box["y"] + box["height"] <= height
    assert page.evaluate(f"(() => {{ {PACE} return {CHECKS}; }})()") == {
        "shortest": [5000, 3500, 2500],
        "reads": True,
        "order": True,
        "at": [0, 1, 2, 2],
        "column": [0, 0, 6, 6],
        "timeAt": [0.5, 3, True],
    }
    walks = traces_data(kept_traces(), named_model(RUN_ID).run)["walks"]
    begins, ends = page.evaluate(f"(walks) => {{ {PACE} return {ANSWER_AND_END}; }}", [walk["brief"] for walk in walks])
    assert max(begins) <= 12_500, (
        "whoever passes by sees an answer within a quarter of a minute, the page's load included"
    )
    assert max(ends) <= 20_000


PACE = script("pace")
ANSWER_AND_END = """["begin", "end"].map((which) => walks.map((stages) => timed(stages, "normal").at(-1)[which]))"""
CHECKS = """((said) => {
    const paces = ["slow", "normal", "fast"], [slow, normal, fast] = paces.map((pace) => dwellMs(said, pace));
    const parts = [{ said: "One.", from: 0, to: 0 }, { said, from: 0, to: 6 }, { said, from: 6, to: 6 }];
    const stages = timed(parts, "fast"), times = [0, 2500, stages[2].begin, stages[2].end + 1];
    const at = times.map((time) => placeAt(stages, time)), shortest = paces.map((pace) => dwellMs("One.", pace));
    const cut = timed([parts[0], { ...parts[1], to: 3 }, { ...parts[1], from: 3 }, parts[2]], "slow"), [first] = cut;
    const again = [
        timeAt(cut, { number: 0, column: 0, answered: false }, 0.5) / first.end,
        placeAt(cut, timeAt(cut, { number: 1, column: 3, answered: false }, 0)).column,
        placeAt(cut, timeAt(cut, { number: 2, column: 6, answered: true }, 0)).answered,
    ];
    return {
        shortest, reads: fast >= said.split(" ").length / 3 * 1000, order: slow > normal && normal > fast,
        at: at.map((each) => each.number), column: at.map((each) => each.column), timeAt: again,
    };
})(Array(30).fill("word").join(" "))"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that has not gone anywhere yet."""
    page, watch = open_page(browser, DESKTOP_LIGHT)
    yield page
    page.context.close()
    assert watch.problems == []


def test_it_moves_smoothly_without_asking_the_server(app, page: Page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    page.goto(app)
    expect(answering(page).locator(".walk .place")).to_have_text(re.compile("of 12$"), timeout=FIRST_MS)
    expect(page.get_by_text(BEFOREHAND)).to_have_count(0, timeout=FIRST_MS)  # until then it asks for the live answers
    settled(page)
    assert sent, "the page did not come by the socket that is watched"
    for _ in range(8):  # the last look for the answers comes up to two seconds after they are on screen
        sent.clear()
        page.wait_for_timeout(2_500)
        if not sent:
            break
    steps = page.evaluate(
        """() => new Promise(done => {
            const find = (root, name) => [...root.querySelectorAll("*")].flatMap(each =>
                [...(each.matches(name) ? [each] : []), ...(each.shadowRoot ? find(each.shadowRoot, name) : [])]);
            const [slider] = find(document, ".walk input"), began = performance.now(), places = new Set();
            const look = () => {
                places.add(slider.value);
                performance.now() - began > 2000 ? done(places.size / 2) : requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        })"""
    )
    assert steps >= 3  # a second; 30 and more where nothing else is at work
    assert sent == []


def test_it_can_be_paused_moved_by_hand_and_by_keyboard(app, visit):
    page = answering(visit(app, wait=False))
    play = page.locator(".walk .play")
    play.click()
    expect(play).to_contain_text("Play")
    words = page.locator(".walk .words").inner_text()
    page.wait_for_timeout(1500)
    assert page.locator(".walk .words").inner_text() == words
    slider = page.get_by_role("slider", name="How far the picture has come")
    slider.focus()
    slider.press("End")
    expect(page.locator(".walk .words")).to_contain_text("% sure")
    slider.press("Home")
    expect(page.locator(".walk .words")).to_contain_text("The trained part never learnt from it")
    before = page.locator(".walk .place").inner_text()
    page.get_by_role("button", name="Next picture").press("Enter")
    expect(page.locator(".walk .place")).not_to_have_text(before)
    play.press("Enter")
    expect(play).to_contain_text("Pause")


def test_whoever_wants_no_motion_gets_answers_that_stand_still(app, page: Page):
    page.emulate_media(reduced_motion="reduce")
    page.goto(app)
    answering(page)
    expect(page.locator(".walk .words")).to_contain_text("% sure")
    words = page.locator(".walk .words").inner_text()
    page.wait_for_timeout(1000)
    assert page.locator(".walk .words").inner_text() == words
    page.get_by_role("button", name="Next picture").click()
    expect(page.locator(".walk .place")).to_contain_text("2 of")
    expect(page.locator(".walk .words")).to_contain_text("% sure")


def test_a_link_from_before_there_was_a_home_still_shows_its_settings(app, visit):
    page = visit(f"{app}/?qubits=5", PHONE_DARK)
    expect(page).to_have_url(re.compile("/train.*qubits=5"))
    page.locator(".st-key-navigation").get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="See a quantum circuit tell ants from bees")).to_be_visible()
    expect(page).to_have_url(re.compile("/home.*qubits=5"))
