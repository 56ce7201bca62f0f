"""What would spoil a result, on the page: findings with pictures, their buttons, and undo."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.undoing import undo
from tests.helpers.page_words import wait_for_news
from ui.data.findings_panel import MISTAKEN

pytestmark = pytest.mark.usefixtures("own_managers")
PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 300  # seconds for a worker process to start on a machine that is busy


def photo(seed: int, brightness: float = 1.0) -> bytes:
    draw = np.random.default_rng(seed)
    coarse = Image.fromarray(draw.integers(0, 256, (5, 7, 3), dtype=np.uint8)).resize(
        (240, 160), Image.Resampling.BICUBIC
    )
    pixels = np.clip((np.asarray(coarse) + draw.normal(0, 25, (160, 240, 1))) * brightness, 0, 255).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def made_pets() -> str:
    """Nine cats and three dogs; a cat is there twice, another is dark. Too few of each to doubt a label."""
    made = create("pets", ("cats", "dogs"))
    cats, dogs = (each.id for each in made.classes)
    files = [Incoming(cats, photo(seed), f"cat of {name}.png") for seed, name in enumerate("abcdefg")]
    files += [Incoming(dogs, photo(100 + seed), f"dog of {name}.png") for seed, name in enumerate("abc")]
    files += [Incoming(cats, photo(0, 1.3), "cat &again.png"), Incoming(cats, photo(50, 0.1), "night.png")]
    assert not [each.reason for each in add_many(made.id, files) if each.reason]
    return made.id


def page(set_id: str, can_change: bool) -> None:
    from qtl_core.pictures.datasets.creating import find
    from ui.data.class_balance import show_class_balance
    from ui.data.findings_panel import show_findings

    record = find(set_id)
    show_class_balance(record)
    show_findings(record, can_change)


def opened(set_id: str, *, can_change: bool = True) -> AppTest:
    app = AppTest.from_function(page, args=(set_id, can_change), default_timeout=60).run()
    return wait(app, lambda app: "were looked at" in text_of(app))


def wait(app: AppTest, until: Callable[[AppTest], bool]) -> AppTest:
    deadline = time.monotonic() + PATIENCE
    while not until(app):
        assert time.monotonic() < deadline, text_of(app)
        assert not app.exception
        wait_for_news()
        app.run()
    return app


def text_of(app: AppTest) -> str:
    plain = [*app.subheader, *app.markdown, *app.caption, *app.warning, *app.info, *app.error]
    return "\n".join([*(element.value for element in plain), *(html.proto.body for html in app.get("html"))])


def titles(app: AppTest) -> list[str]:
    return [box.label for box in app.get("expander")]


def button(app: AppTest, words: str):
    (found,) = (each for each in app.button if each.label == words)
    return found


def test_findings_are_shown_mended_and_taken_back():
    set_id = made_pets()
    app = opened(set_id)
    copies, *others = titles(app)
    assert copies in ("The same picture in two parts (1)", "The same picture more than once (1)")
    assert others == ["Classes with few pictures", "Unbalanced classes", "Dark pictures (1)"]
    words = text_of(app)
    assert "cats/cat &amp;again.png" in words
    assert words.count('<img src="data:image/jpeg') == 3
    assert "9 pictures" in words  # of cats

    before = pictures_of(set_id)
    button(app, "Keep together").click().run()
    assert titles(app) == others
    assert len({each.group for each in pictures_of(set_id)}) == 2
    undo(set_id)
    assert pictures_of(set_id) == before
    wait(app.run(), lambda app: titles(app) == [copies, *others])

    remove = next(each for each in app.button if each.label == "Remove")  # of the first finding, the copies
    remove.click().run()
    assert titles(app) == [other for other in others if other != "Unbalanced classes"]  # 8 cats, not 9
    assert len(pictures_of(set_id)) == len(before) - 1


def test_what_is_kept_as_it_is_stays_away_until_that_is_taken_back():
    set_id = made_pets()
    app = opened(set_id)
    before = titles(app)
    for each in [each.key for each in app.button if each.label == "Keep as it is"]:
        next(one for one in app.button if one.key == each).click().run()
    assert titles(app) == ["Classes with few pictures", "Unbalanced classes"]
    wait(app, lambda app: "were looked at" in text_of(app))
    assert titles(app) == ["Classes with few pictures", "Unbalanced classes"], "a new check does not bring them back"
    undo(set_id)
    undo(set_id)
    wait(app.run(), lambda app: titles(app) == before)


def test_of_one_picture_in_two_classes_a_person_says_which_is_wrong():
    made = create("pets", ("cats", "dogs"))
    cats, dogs = (each.id for each in made.classes)
    files = [Incoming(cats, photo(seed), f"cat{seed}.png") for seed in range(4)]
    files += [Incoming(dogs, photo(100 + seed), f"dog{seed}.png") for seed in range(3)]
    add_many(made.id, [*files, Incoming(dogs, photo(0, 1.3), "again.png")])
    app = opened(made.id)
    assert [each.label for each in app.button if each.label.startswith("Remove")] == [
        "Remove from cats",
        "Remove from dogs",
    ]
    button(app, "Remove from cats").click().run()
    assert {each.name for each in pictures_of(made.id)} == {each.name for each in files[1:]} | {"again.png"}
    undo(made.id)
    wait(app.run(), lambda app: "Remove from cats" in [each.label for each in app.button])
    button(app, "Keep as it is").click().run()
    assert "Kept as it is: 1 finding" in text_of(app)


def test_balanced_class_weights_are_one_click_away():
    app = opened(made_pets())
    button(app, "Use balanced class weights").click().run()
    assert app.session_state["session_screen"].settings.training.class_weights == "balanced"
    assert "Use balanced class weights" not in [each.label for each in app.button]
    assert "The next training weighs the classes alike" in text_of(app)


def test_who_may_not_change_a_set_sees_findings_without_buttons_that_change_it():
    app = opened(made_pets(), can_change=False)
    assert "Dark pictures (1)" in titles(app)
    assert [each.label for each in app.button] == ["Use balanced class weights"]


def test_new_pictures_are_checked_by_themselves():
    set_id = made_pets()
    app = opened(set_id)
    cats = find(set_id).classes[0].id
    add_many(set_id, [Incoming(cats, photo(60, 0.1), "cellar.png")])
    wait(app.run(), lambda app: "Dark pictures (2)" in titles(app))


def test_every_class_has_its_bar():
    words = text_of(opened(made_pets()))
    assert words.count('<div class="class"') == 2
    counted = {part: sum(each.part == part for each in pictures_of(find("pets").id)) for part in ("train", "val")}
    assert counted["train"] + counted["val"] == 12
    assert 'title="dogs: 2 to train on, 1 for validation"' in words
    assert '<span class="count">9</span>' in words and '<span class="count">3</span>' in words


def test_the_share_of_mistaken_doubts_is_that_of_the_benchmark():
    table = (PROJECT / "benchmarks/planted_faults.md").read_text()
    rows = re.findall(r"^\| (?:MobileNetV2|EfficientNet-Lite0) \| (\d+) of 100 \| (\d+) of 1900", table, re.MULTILINE)
    in_words = {"4": "four", "5": "five"}
    odds = sorted({str(round((int(right) + int(wrong)) / int(wrong))) for right, wrong in rows})
    assert len(rows) == 2 and f"one in {' or '.join(in_words[each] for each in odds)} such doubts" in MISTAKEN
