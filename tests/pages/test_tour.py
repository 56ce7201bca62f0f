"""The Tour page without a browser: every stop opens, acts on the real app, and says nothing that was not computed."""

from __future__ import annotations

import inspect
import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, run_trace_job
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.explanation import Prediction
from qtl_core.inference.requests import Answer, named_model
from qtl_core.learn import directions, ideas
from qtl_core.training.ablation import BARE, BOTTLENECK, LINEAR, RANDOM, WHOLE, HeadScores
from qtl_core.training.ablation_verdict import comparison_words, comparisons, conclusion, plain_words
from qtl_core.training.transfer.arms import Amount, Arm, TransferComparison
from qtl_core.training.transfer.new_pictures import AMOUNTS, RECIPE_NAMES, Carried
from tests.conftest import PROJECT
from tests.helpers.page_words import wait_for_news
from ui.base import job_managers
from ui.tour import STOPS, carry, circuit, entanglement, features, fool, photos, spirals, yours

PATIENCE = 300  # seconds for a worker to start and to load an image network, on a machine that is busy


# The workers of the first test serve the others, too: all ask the run that comes along.
own_managers = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module")
def traces() -> tuple[PictureTrace, ...]:
    made: list[PictureTrace] = []
    run_trace_job((named_model(RUN_ID), choose_pictures(None, 6)), made.append, lambda: False)
    return tuple(made)


def at(stop: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["stop"] = stop
    return app.switch_page("pages/tour.py").run()


def settled(app: AppTest, until: Callable[[AppTest], bool]) -> AppTest:
    deadline = time.monotonic() + PATIENCE
    while not until(app) and time.monotonic() < deadline:
        wait_for_news()
        app.run()
    assert until(app)
    return app


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in (*app.markdown, *app.caption, *app.subheader))


@pytest.mark.parametrize("number", range(1, len(STOPS) + 1))
def test_every_stop_opens_by_its_link(number: int):
    app = at(str(number))
    assert not app.exception
    assert not app.error
    stop = import_module(f"ui.tour.{STOPS[number - 1]}")
    assert app.subheader[0].value == f"{number}. {stop.TITLE}"
    shown = [text.value for text in app.markdown]
    assert shown.index(stop.TASK) < shown.index(stop.TEXT)  # what to do comes first, and what is touched in between


def test_the_spirals_are_drawn_and_trained_on_a_click(own_home):
    app = at("8")
    data = json.loads(app.get("bidi_component")[0].proto.json)
    assert data["bare"] and data["classes"] == ["A", "B"]
    assert spirals.SPIRALS.data.points == 2000 and "200 held out" in spirals.TEXT


@pytest.mark.parametrize("stop", ["0", "12", "-1", "x", "", "²", "1e3", "99999999999999999999"])
def test_a_link_to_no_stop_opens_the_first(stop: str):
    assert at(stop).subheader[0].value.startswith("1. ")


def test_the_buttons_go_on_and_back_and_write_the_link():
    app = at("3")
    next(button for button in app.button if button.label.startswith("Next: ")).click().run()
    assert app.subheader[0].value == "4. Entanglement"
    assert app.query_params["stop"] in ("4", ["4"])
    next(button for button in app.button if button.label == "Back").click().run()
    assert app.subheader[0].value == "3. A qubit"


def test_the_last_stop_leads_to_training_by_a_button_as_every_next():
    end = next(button for button in at("11").button if button.label == "Now train your own")
    assert end.proto.type == "primary"


def button(app: AppTest, words: str):
    return next(button for button in app.button if button.label.startswith(words))


def test_pictures_are_tapped_and_then_compared_with_the_network(traces):
    app = settled(at("1"), lambda app: any(button.label.startswith("Picture 6") for button in app.button))
    button(app, "Picture 2: say that it is a bee").click().run()
    button(app, "Picture 5: say that it is a bee").click().run()
    button(app, "Picture 5: you say bee; take it back").click().run()
    assert not button(app, "Picture 5").label.endswith("back")
    button(app, "That is all").click().run()
    assert not app.exception
    assert re.search(r"You have \*\*\d of 6\*\* right, the network \*\*\d of 6\*\*", said(app))
    assert not [each for each in app.button if each.label.startswith("Picture")]
    button(app, "Guess again").click().run()
    assert button(app, "Picture 2").label.endswith("say that it is a bee")


def test_what_is_said_of_guesses_is_true(traces):
    bees = [number for number, trace in enumerate(traces, start=1) if trace.picture.truth == "bees"]
    others = [number for number in range(1, 7) if number not in bees]
    network = sum(trace.explanation.prediction.label == trace.picture.truth for trace in traces)
    assert f"**6 of 6** right, the network **{network} of 6**" in photos.words(traces, bees)
    assert f"**0 of 6** right, the network **{network} of 6**" in photos.words(traces, others)
    assert photos.words(traces, bees).startswith("You know a bee when you see one.")
    assert photos.words(traces, bees[1:]).startswith("Not all of these are easy, even for you.")
    assert "thought" not in photos.TEXT
    low = binomtest(6, 6).proportion_ci(method="wilson").low
    assert f"may still get only {100 * low:.1f}% of all such pictures" in photos.words(traces, bees)
    wrong = [picture for picture in traces if not picture.is_right]
    none = photos.words(wrong, [n for n, each in enumerate(wrong, start=1) if each.picture.truth != "bees"])
    assert none.endswith(f"the network **0 of {len(wrong)}**: it never learnt from these.")


def answer(trace: PictureTrace, name: str, label: str, sure: float = 0.9) -> Answer:
    classes = trace.explanation.classes
    shares = {each: sure if each == label else 1 - sure for each in classes}
    return Answer(name, name, replace(trace.explanation, prediction=Prediction(label, shares, 0.0)))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ({"as it is": "bees", "blurred": "bees"}, "However it was changed, it is still taken for bees."),
        ({"as it is": "bees", "blurred": "ants"}, "Shown blurred, it is taken for something else."),
        (
            {"as it is": "bees", "blurred": "ants", "in grey": "ants"},
            "Shown blurred or in grey, it is taken for something else.",
        ),
        ({"as it is": "ants", "blurred": "ants"}, "It is taken for ants even unchanged."),
        (
            {"as it is": "ants", "blurred": "bees"},
            "It is taken for ants even unchanged. Shown blurred, it is taken for something else.",
        ),
        ({"blurred": "ants"}, "Shown blurred, it is taken for something else."),
        ({}, ""),
    ],
)
def test_what_fooled_it_is_said_of_the_answers_that_came(traces, labels: dict[str, str], words: str):
    bee = next(trace for trace in traces if trace.picture.truth == "bees")
    answers = [answer(bee, name, label) for name, label in labels.items()]
    nothing = [answer(bee, "noise, no animal", "ants", 0.75), answer(bee, "stripes, no animal", "bees", 0.8)]
    sure = "Of a picture with no animal in it, it is up to **80.0%** sure."
    assert fool.words([*answers, *nothing], bee) == f"{words} {sure}".strip()
    assert fool.words(answers, bee) == (words or "No answer came.")


def test_question_marks_are_said_by_what_flagged_the_pictures():
    assert yours.flag_words(["", ""]) == yours.flag_words([]) == ""
    start, end = "**?** stands before a picture that is ", ": trust its answer less."
    far, plain = "far from those this run learnt from", "nearly plain colour"
    assert yours.flag_words(["", "unlike"]) == f"{start}{far}{end}"
    assert yours.flag_words(["blank"]) == f"{start}{plain}{end}"
    assert yours.flag_words(["blank", "", "unlike"]) == f"{start}{far}, or {plain}{end}"


def test_likeness_is_the_cosine_of_the_features(traces):
    alike = features.likeness(traces)
    assert alike.diagonal() == pytest.approx(1)
    one, other = traces[0].explanation.features, traces[1].explanation.features
    assert alike[0, 1] == pytest.approx((one @ other) / ((one @ one) ** 0.5 * (other @ other) ** 0.5), abs=1e-5)
    assert all(features.nearest(traces)[index] != index for index in range(6))


def test_the_network_is_asked_about_pictures_of_nothing():
    app = settled(at("7"), lambda app: "no animal in it" in said(app))
    assert "The run that comes with the app answers." in said(app)
    assert not app.error


@own_managers
def test_the_comparison_is_asked_for_with_the_pictures_that_are_here():
    app = at("9")
    next(button for button in app.button if button.label.startswith("Train all five")).click().run()
    assert not app.exception
    (job,) = job_managers.studio_jobs().jobs.values()
    assert job.spec.payload is None or job.spec.payload.settings.data.source == "drawn"
    job_managers.studio_jobs().stop(job.id)


@own_managers
def test_a_head_is_carried_to_new_pictures_on_a_click():
    app = at("10")
    assert "The run that comes with the app hands down what it learnt of ants and bees." in said(app)
    button(app, "Train from all starts").click().run()
    assert not app.exception
    (job,) = job_managers.studio_jobs().active()
    assert "Train from all starts" in next(each.label for each in app.button if each.disabled)
    app.query_params["stop"] = "9"
    app.run()
    button(app, "Train all five").click().run()
    assert job_managers.studio_jobs().wait(job, PATIENCE) is None  # dropped, as nobody waits for it any more


def made_arm(right: int) -> Arm:
    return Arm(tuple(range(20)), np.full((20, 3), right / 100), np.full(20, 2))


def made_carried(recipe: str, right: int) -> Carried:
    prepared = replace(bundled_run().prepared, val_size=100, test_size=0)
    amounts = tuple(Amount(each, 2 * each, made_arm(right), made_arm(70)) for each in AMOUNTS)
    return Carried(recipe, TransferComparison(prepared, 20, AMOUNTS, amounts, (9, 9)))


def test_what_is_said_of_carrying_is_what_came_out_of_each_way():
    ways = tuple(made_carried(recipe, right) for recipe, right in zip(RECIPE_NAMES, (70, 60), strict=True))

    def script(ways):
        from ui.tour.carry import show_carried

        show_carried(ways, "Your own run")

    app = AppTest.from_function(script, args=(ways,), default_timeout=60).run()
    assert not app.exception
    text = said(app)
    assert "**The circuit alone.** The carried start made no difference beyond luck" in text
    assert "**The whole head.** The carried start did harm: 10.0 fewer of 100 right" in text
    assert "Your own run was carried." in text
    assert not re.search("helped|saved|better", carry.TEXT)


def test_new_pictures_stay_on_screen_until_there_is_a_curve(monkeypatch):
    tiles = []
    waited_for = SimpleNamespace(is_over=False, state="running", view=SimpleNamespace(error=None, result=()))
    monkeypatch.setattr(carry, "shown", lambda _: waited_for)
    monkeypatch.setattr(carry, "show_how_far", lambda *_: None)
    monkeypatch.setattr(carry, "show_tiles", lambda found, **_: tiles.extend(found))

    def script():
        from ui.tour import carry

        carry._panel(live=True)

    assert not AppTest.from_function(script, default_timeout=60).run().exception
    assert len(tiles) == carry.SHOWN * len(carry.CLASSES)


def shown(heads: tuple[HeadScores, ...]) -> str:
    def script(heads):
        from ui.tour.worth import show_heads

        show_heads(heads)

    app = AppTest.from_function(script, args=(heads,), default_timeout=60).run()
    assert not app.exception
    return said(app)


def made_heads(last: int) -> tuple[HeadScores, ...]:
    """The whole circuit, three that luck alone tells from it, and a linear layer with `last` pictures fewer right."""
    whole = (101, 102, 103, 104) * 5
    lucky = tuple(count + (-1) ** at for at, count in enumerate(whole))
    counts = {WHOLE: whole, RANDOM: lucky, BARE: lucky, LINEAR: tuple(count - last for count in lucky)}
    counts[BOTTLENECK] = lucky
    return tuple(HeadScores(kind, right, 153, "drawn", learning=5166) for kind, right in counts.items())


@pytest.mark.parametrize("last", [0, 5])
def test_the_eighth_stop_concludes_what_the_core_concludes_and_shows_what_lies_behind(last: int):
    heads = made_heads(last)
    text = shown(heads)
    assert f"**{plain_words(heads)}**" in text
    assert conclusion(heads) in text
    assert "Numbers that learn: the circuit 5,166" in text
    assert text.count("**") == 2  # no other claim stands out beside it
    for each in comparisons(heads):
        assert comparison_words(each, 153) in text


def test_nothing_is_concluded_before_all_heads_are_trained():
    text = shown(made_heads(5)[:3])
    assert "On these 153" not in text
    assert "Against" not in text


def test_texts_claim_no_result_of_the_comparison_beforehand():
    texts = {name: import_module(f"ui.tour.{name}").TEXT for name in STOPS}
    assert "simulated" in texts["qubit"]
    assert not re.search("as well|better|148|146", texts["worth"])


@own_managers
def test_a_stop_does_not_wait_for_the_comparison_of_the_other():
    """Both compare heads on one queue: whoever asks at the next stop has left the one before."""
    app = at("9")
    button(app, "Train all five").click().run()
    jobs = job_managers.studio_jobs()
    (before,) = jobs.active()
    app.query_params["stop"] = "8"
    app.run()
    button(app, "Train it now").click().run()
    assert jobs.wait(before, PATIENCE) is None  # dropped: one that came to its end would be known still


def test_a_stop_that_other_texts_name_is_the_one_that_compares_heads():
    """Learn and the circuit's stop send readers there by its number, which another stop put in between would change."""
    written = [inspect.getsource(module) for module in (ideas, directions, circuit, entanglement)]
    named = [int(number) for text in written for number in re.findall(r"\b[Ss]top (\d+)", text)]
    assert len(named) == len(written)
    assert set(named) == {1 + STOPS.index("worth")}
