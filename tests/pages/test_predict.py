"""The Predict page as a person uses it, with a run really trained on a tiny folder and real worker processes."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from starlette.datastructures import Headers
from starlette.formparsers import MultiPartParser
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.calibration import calibration_of_run
from qtl_core.inference.bundled import RUN_ID, bundled_run, drawn_example
from qtl_core.runs.store import keep_run
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures, whole_run
from tests.helpers.other_pictures import as_png, other_pictures
from tests.helpers.page_words import wait_for_news
from ui.base import job_managers, uploads
from ui.base.uploads import keep_uploads_in_memory
from ui.predict.answer_gallery import GIVEN
from ui.predict.answers import SECOND
from ui.session import keys
from ui.session.pictures import Predict
from ui.tour import STOPS
from ui.widgets import live_camera, picture_choice

PATIENCE = 300  # seconds for a worker to start and to load an image network, on a machine that is busy


pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture
def trained(tmp_path: Path, own_home: Path) -> RunView:
    """A run that is kept in this test's home."""
    settings = RunSettings().changed(
        source="folder", folder=str(made_pictures(tmp_path / "mine")), backbone="efficientnet_lite0", epochs=2, qubits=3
    )
    view = RunView()
    for event in run(RunRequest(settings), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def opened() -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    return app.switch_page("pages/predict.py").run()


def opened_with(run_id: str) -> AppTest:
    """The page with a kept run of another session chosen, which nobody is answered by who did not choose it."""
    return opened().selectbox(key=keys.PREDICT_MODEL).set_value(run_id).run()


def settled(app: AppTest, until: Callable[[AppTest], bool] = lambda app: "How the answer" in words(app)) -> AppTest:
    """Refreshes the page as a browser would, until something is there."""
    deadline = time.monotonic() + PATIENCE
    while not until(app):
        assert time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
    return app


def words(app: AppTest) -> str:
    assert not app.exception
    shown = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.warning, *app.info, *app.error]
    return "\n".join([*(each.value for each in shown), *(html.proto.body for html in app.get("html"))])


def jpeg(colour: str = "olive", size: tuple[int, int] = (60, 40)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    uploader = app.file_uploader(key=keys.PREDICT_FILES)
    return uploader.set_value([(name, content, "image/jpeg") for name, content in files]).run()


def test_on_the_first_visit_the_run_that_comes_along_answers_for_pictures_it_draws_itself(own_home):
    app = opened()
    assert app.selectbox(key=keys.PREDICT_MODEL).value == "bundled"
    assert "learnt that from 244 drawings" in words(app)
    assert words(app).index("learnt that from") < words(app).index("Nothing you upload")
    next(group for group in app.button_group if group.key == keys.PREDICT_FROM).set_value("Examples").run()
    settled(app)
    listed = app.dataframe[0].value
    right = [row["class"] in row["file"] for _, row in listed.iterrows()]
    assert len(right) == 6
    assert sum(right) >= 5
    assert [tile["tag"] for tile in gallery(app)] == ["drawn"] * 6
    assert set(listed["doubt"]) == {"none"}
    assert not (own_home / "datasets").exists()


def gallery(app: AppTest) -> list[dict[str, str]]:
    """The tiles of the gallery, in their order."""
    found = app.get("bidi_component")
    return json.loads(found[0].proto.json)["tiles"] if found else []


def test_nobody_is_answered_by_anothers_run_who_did_not_choose_it(own_home):
    """Whoever can reach the server can train or bring one in, and it would be the newest."""
    keep_run(whole_run(own_home), origin="file")
    assert opened().selectbox(key=keys.PREDICT_MODEL).value == RUN_ID
    another = keep_run(whole_run(own_home))
    keep_run(whole_run(own_home), origin="head")
    offered = opened().selectbox(key=keys.PREDICT_MODEL)
    assert offered.value == RUN_ID
    assert len(offered.options) == 4, "they can be chosen all the same"
    begin = [option.split(" · ")[0] for option in offered.options]
    assert begin == ["Comes with the app", "A head from elsewhere", "Kept on this server", "From a file"]
    assert opened_with(another).selectbox(key=keys.PREDICT_MODEL).value == another


def test_what_is_far_from_all_it_learnt_from_is_flagged_and_nothing_said_of_what_it_is(own_home):
    made = other_pictures()
    files = [(name, as_png(made[name])) for name in ("text-0", "noise-0", "plain-0")]
    app = settled(upload(opened(), *files))
    assert sorted(app.dataframe[0].value["doubt"]) == ["nothing to see", "unlike training", "unlike training"]
    unlike, blank, one = (warning.value for warning in app.warning)
    assert unlike.startswith(
        "**2 of 3 are unlike the pictures this run learnt from** (it only saw drawings of ants and"
    )
    assert "exceed it as well" in unlike
    assert blank.startswith("**1 of 3 pictures shows nothing.**")
    assert one.startswith(("Unlike the pictures this run learnt from", "There is hardly anything"))
    assert sum("⚠ unlike training" in tile["note"] for tile in gallery(app)) == 2


def test_the_most_doubtful_come_first_and_a_tap_opens_the_reasons_of_a_picture(own_home):
    made = other_pictures()
    files = [(f"{number}.jpg", drawn_example(f"val/bees/{number:03d}.jpg")) for number in range(3)]
    app = settled(upload(opened(), *files, ("noise.png", as_png(made["noise-0"]))))
    listed = app.dataframe[0].value
    assert listed["file"].iloc[0] == "noise.png"
    sure = [max(row["p(ants)"], row["p(bees)"]) for _, row in listed.iloc[1:].iterrows()]
    assert sure == sorted(sure)
    assert [tile["note"].split(" · ")[-1] for tile in gallery(app)] == list(listed["file"])
    assert app.selectbox(key=keys.PREDICT_SHOWN).value == gallery(app)[0]["id"]
    app.selectbox(key=keys.PREDICT_ORDER).set_value(GIVEN).run()
    settled(app)
    assert list(app.dataframe[0].value["file"]) == ["0.jpg", "1.jpg", "2.jpg", "noise.png"]


def test_a_run_whose_network_is_missing_says_so_before_anything_is_uploaded(own_home):
    view = whole_run(own_home)
    settings = view.prepared.settings.changed(backbone="resnet34")
    keep_run(replace(view, prepared=replace(view.prepared, settings=settings)), "20260101-000000-abcdef")
    app = opened_with("20260101-000000-abcdef")
    assert not app.error, "nothing went wrong: it is how things stand"
    assert "whose weights are not on this machine" in app.info[0].value
    assert str(own_home) not in app.info[0].value
    assert not app.get("file_uploader")


def test_one_picture_gets_class_probabilities_and_its_journey(trained):
    app = settled(upload(opened_with(trained.ended.run), ("bee.jpg", jpeg())))
    row = app.dataframe[0].value.iloc[0]
    assert row["file"] == "bee.jpg"
    assert row["class"] in ("ants", "bees")
    assert row["p(ants)"] + row["p(bees)"] == pytest.approx(1, abs=1e-6)
    assert row["time"] > 0
    sums = app.dataframe[1].value
    assert list(sums[""]) == ["Qubit 0", "Qubit 1", "Qubit 2", "Bias", "Score: the sum"]
    figures = sums["ants"].astype(float)
    assert figures[:4].sum() == pytest.approx(figures[4], abs=4e-6)  # six digits each on screen
    assert "Nothing you upload is written to disk" in words(app)
    assert "cannot be said. It knows only 12 pictures" in words(app)
    assert trained.ended.run in app.selectbox(key=keys.PREDICT_MODEL).value
    assert "Teach it other pictures" in [
        each.label for each in app.button
    ]  # it is kept, so that another can start from it


def test_wrong_files_are_listed_with_their_reason_and_the_others_answered(trained):
    name = "<script>alert(1)</script> *bold* 🐝" + "x" * 500 + ".jpg"
    files = [("good.jpg", jpeg()), ("empty.jpg", b""), ("page.jpg", b"<!doctype html>"), (name, jpeg("navy"))]
    app = settled(upload(opened_with(trained.ended.run), *files))
    assert app.dataframe[0].value["file"].iloc[0] == "good.jpg"
    assert len(app.dataframe[0].value) == 2
    unread = app.dataframe[1].value
    assert list(unread["file"]) == ["empty.jpg", "page.jpg"]
    assert list(unread["reason"]) == ["The file is empty.", "It is a web page, not a picture."]
    assert "<script>alert" not in words(app)
    table, objects = (proto.proto.url for proto in app.get("download_button"))
    assert table.endswith(".csv")
    assert objects.endswith(".json")


def test_a_picture_taken_away_is_forgotten(trained):
    app = settled(upload(opened_with(trained.ended.run), ("a.jpg", jpeg()), ("b.jpg", jpeg("navy"))))
    assert len(app.session_state[Predict.KEY].answers.answers) == 2
    upload(app)
    assert app.session_state[Predict.KEY].answers.answers == {}
    deadline = time.monotonic() + PATIENCE
    while any(job.spec.owner for job in job_managers.express_jobs().jobs.values()):
        assert time.monotonic() < deadline, "the manager still knows of the pictures"
        time.sleep(0.05)


def test_examples_are_validation_pictures_that_can_be_leafed_through(trained):
    app = opened_with(trained.ended.run)
    next(group for group in app.button_group if group.key == keys.PREDICT_FROM).set_value("Examples").run()
    settled(app)
    assert sorted(app.dataframe[0].value["file"]) == sorted(
        f"{Path(file).parent.name}/{Path(file).name}" for file in trained.prepared.val_files
    )
    next(button for button in app.button if button.label == "Other examples").click().run()
    settled(app)


def test_a_run_whose_network_is_not_the_one_it_was_trained_with_says_so(trained, own_home):
    prepared = replace(trained.prepared, weights_sha256="0" * 64)
    keep_run(replace(trained, prepared=prepared), trained.ended.run)
    app = opened_with(trained.ended.run)
    assert not app.error, "nothing went wrong: it is how things stand"
    assert "not those this run was trained with" in app.info[0].value
    assert str(own_home) not in app.info[0].value
    assert not app.get("file_uploader"), "a picture is asked for that cannot be answered"


def examples(app: AppTest) -> AppTest:
    next(group for group in app.button_group if group.key == keys.PREDICT_FROM).set_value("Examples").run()
    return settled(app)


def test_temperature_scaling_changes_all_percentages_no_answer_and_says_so(own_home):
    app = examples(opened())
    plain = app.dataframe[0].value
    calibration = calibration_of_run(bundled_run())  # held by tests/evaluation/test_calibration.py
    assert f"is then **{100 * calibration.scaled.error:.1f} percentage points**" in words(app)
    assert "are at temperature" not in words(app)
    app.toggle(key=keys.PREDICT_TEMPERATURE).set_value(True).run()
    settled(app)
    warmer, temperature = app.dataframe[0].value, calibration.temperature
    assert f"percentages below are at temperature {temperature:.2f}" in words(app)
    assert f"divided by the temperature {temperature:.2f}," in words(app)
    assert list(warmer["class"]) == list(plain["class"])
    powers = plain[["p(ants)", "p(bees)"]].to_numpy() ** (1 / temperature)
    expected = powers[:, 0] / powers.sum(axis=1)
    assert list(warmer["p(ants)"]) == pytest.approx(expected.tolist(), abs=1e-6)


def test_two_runs_answer_side_by_side_and_their_disagreements_are_counted(trained):
    app = upload(opened_with(trained.ended.run), ("a.jpg", jpeg()), ("b.jpg", jpeg("navy")), ("none.jpg", b""))
    app.selectbox(key=keys.PREDICT_OTHER).set_value("bundled").run()
    settled(app, lambda app: "agree" in words(app) and "Whose answer" in [group.label for group in app.button_group])
    listed = app.dataframe[0].value
    differing = (listed["class"] != listed["second: class"]).sum()
    expected = f"They disagree on {differing} of 2 pictures." if differing else "They agree on all 2 pictures."
    assert expected in words(app)
    assert list(listed["agree"] == "yes") == list(listed["class"] == listed["second: class"])
    assert all("second: " in tile["note"] for tile in gallery(app))
    assert "**2 of 2 pictures show nothing.**" in words(app)
    assert "The first run: Whether a picture is unlike" in words(app)
    first = list(app.dataframe[-1].value["ants"])
    next(group for group in app.button_group if group.key == keys.PREDICT_WHOSE).set_value(SECOND).run()
    assert list(app.dataframe[-1].value["ants"]) != first
    app.selectbox(key=keys.PREDICT_OTHER).set_value(None).run()
    settled(app)
    assert "second: class" not in app.dataframe[0].value
    assert app.session_state[Predict.KEY].other_answers.answers == {}


def test_a_long_set_can_be_stopped_and_gone_on_with(own_home):
    pictures = [(f"{number}.jpg", jpeg(size=(40 + number, 30))) for number in range(40)]
    app = upload(opened(), *pictures)
    settled(app, lambda app: "answer_stop" in [button.key for button in app.button])
    app.button(key="answer_stop").click().run()
    settled(app, lambda app: "**Stopped:**" in words(app))
    there = len(app.session_state[Predict.KEY].answers.answers)
    assert there < 40
    assert f"{there} of 40 answers are there" in words(app)
    app.button(key="answer_go_on").click().run()
    settled(app, lambda app: len(app.session_state[Predict.KEY].answers.answers) > there)


def test_more_files_than_there_is_room_for_are_said_to_be_left_out(own_home, monkeypatch):
    keep_uploads_in_memory()
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_500_000)
    files = [(f"{number}.jpg", jpeg(size=(60 + number, 40)) + bytes(600_000)) for number in range(4)]
    app = settled(upload(opened(), *files))
    assert list(app.dataframe[0].value["file"]) == ["0.jpg", "1.jpg"]
    unread = app.dataframe[1].value
    assert list(unread["file"]) == ["2.jpg", "3.jpg"]
    assert set(unread["reason"]) == {uploads.NO_ROOM}


def test_more_pictures_than_are_answered_at_a_time_are_said_to_be_left_out(own_home, monkeypatch):
    monkeypatch.setattr(picture_choice, "MAX_PICTURES", 2)
    app = settled(upload(opened(), *[(f"{number}.jpg", jpeg(size=(60 + number, 40))) for number in range(3)]))
    assert list(app.dataframe[0].value["file"]) == ["0.jpg", "1.jpg"]
    assert "Only the first 2 of these 3 pictures are answered for" in words(app)


def test_large_uploads_stay_in_memory():
    keep_uploads_in_memory()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'

    async def stream():
        yield head + bytes(3_000_000) + b"\r\n--x--\r\n"

    headers = Headers({"content-type": "multipart/form-data; boundary=x"})
    form = asyncio.run(MultiPartParser(headers, stream()).parse())
    assert form["file"].size == 3_000_000
    assert not form["file"].file._rolled


def test_a_photo_given_on_the_tour_is_there_with_its_reasons_until_it_is_taken_away(own_home):
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.query_params["stop"] = str(1 + STOPS.index("yours"))
    app = upload(app.switch_page("pages/tour.py").run(), ("bee.jpg", jpeg("gold")))
    app = settled(app.switch_page("pages/predict.py").run())
    assert "**bee.jpg** from before is still here." in words(app)
    assert [row["file"] for _, row in app.dataframe[0].value.iterrows()] == ["bee.jpg"]
    app = settled(upload(app, ("ant.jpg", jpeg("black"))), lambda app: len(gallery(app)) == 2)
    upload(app, ("other.jpg", jpeg("white")))
    settled(app, lambda app: {tile["said"].split(":")[0] for tile in gallery(app)} == {"bee.jpg", "other.jpg"})
    next(button for button in app.button if button.label == "Take away").click().run()
    assert "from before" not in words(app)
    assert list(settled(app).dataframe[0].value["file"]) == ["other.jpg"]


def test_a_picture_held_before_the_camera_is_explained_and_let_go(own_home, monkeypatch):
    def picture(name: str) -> str:
        return base64.b64encode(drawn_example(name)).decode()

    def camera(data, **_):
        given.append(data)
        return SimpleNamespace(held=told)

    told, given = {"id": "first", "picture": picture("val/bees/003.jpg")}, []
    monkeypatch.setattr(live_camera, "_show", camera)
    app = opened()
    next(group for group in app.button_group if group.key == keys.PREDICT_FROM).set_value("Camera").run()
    settled(app)
    assert (given[-1]["run"], given[-1]["temperature"]) == ("bundled", 1.0)
    told = None
    app.run()  # the browser says it once
    assert "How the answer came about" in words(app)
    told = {"id": "second", "picture": picture("val/ants/003.jpg")}
    settled(app.run(), lambda app: len(gallery(app)) == 2)
    assert app.selectbox(key=keys.PREDICT_SHOWN).value == "second", "what was held last is what one waits for"
    told = None
    next(button for button in app.button if button.label == "Let go of what is held").click().run()
    assert "How the answer came about" not in words(app)
    assert "Tap the picture" in words(app)
