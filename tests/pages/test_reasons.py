"""What lies behind an answer, as the Predict page shows it: the head that comes along, real worker processes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.explain.counterfactual import Counterfactual, Counterfactuals, LabelInterval
from qtl_core.explain.heatmap import HeatMaps
from qtl_core.explain.neighbours import Neighbour
from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.jobs import JobView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_runs import made_pictures
from tests.helpers.other_pictures import as_png, other_pictures
from tests.pages.test_predict import opened, opened_with, settled, upload, words
from ui.base import job_managers
from ui.base.theme import CLASSES
from ui.predict.counterfactual_chart import change_words, clear_part, counterfactual_chart, counterfactual_words
from ui.predict.neighbours import count_words
from ui.session import keys
from ui.session.pictures import Predict

FOUND = Counterfactuals(
    (0, 1),
    (0.5, 1.0),
    (Counterfactual(0, 0.5, -0.25, 1), None),
    ((LabelInterval(-1.5, -0.25, 1), LabelInterval(-0.25, 1.5, 0)), (LabelInterval(-1.5, 1.5, 0),)),
)


# The workers of the first test serve the others, too: all but one ask the run that comes along.
own_managers = pytest.mark.usefixtures("own_managers")


def answered(*needed: str) -> AppTest:
    """The page with the answer for a drawn ant, once the words that are needed are on it."""
    app = upload(opened(), ("ant.jpg", drawn_example("val/ants/000.jpg")))
    return settled(app, lambda app: all(each in words(app) for each in needed))


def test_the_margin_and_what_would_change_its_mind_are_said(own_home):
    said = words(answered("What would change its mind", "Each bar is all that one qubit's angle can be"))
    assert "**bees** leads ants by" in said  # a drawn ant that it gets wrong
    assert "The smallest change of a single angle" in said or "No single angle can change that" in said


def test_the_spheres_are_the_state_with_the_pictures_own_angles(own_home):
    app = answered("What would change its mind")
    assert "The qubits after the embedding: nothing that was trained has acted yet." in words(app)
    assert "No qubit is entangled here" in words(app)
    depth = bundled_run().prepared.settings.circuit.depth
    app.select_slider(key=keys.JOURNEY_PART).set_value(f"layer {depth}").run()
    assert f"The qubits after layer {depth}: this is what is measured." in words(app)
    told = next(iter(app.session_state[Predict.KEY].answers.answers.values())).explanation
    vectors = drawn_vectors(app)
    np.testing.assert_allclose(vectors[:, 2], told.expectations, atol=6e-3)  # two digits on screen


def drawn_vectors(app: AppTest) -> np.ndarray:
    """What the spheres' words say, shape (qubits, 3)."""
    said = next(each.proto.alt for each in app.get("plotly_chart") if "Bloch" in each.proto.alt)
    return np.array([[float(value) for value in re.findall(r"-?\d\.\d\d", part)] for part in said.split(";")])


def with_heat_map(*needed: str) -> AppTest:
    app = answered("What would change its mind")
    app.toggle(key=keys.HEAT_SHOWN).set_value(True).run()
    return settled(app, lambda app: all(each in words(app) for each in needed))


def test_where_it_looked_is_shown_for_a_class_then_for_a_qubit_then_side_by_side(own_home):
    app = with_heat_map("Bright: what speaks for bees.")
    assert "7 × 7 places" in words(app)
    assert "cannot be compared" in words(app)
    assert words(app).count('<figure><img src="data:image') == 1
    target = app.selectbox(key=keys.heat_target_key(1))
    assert target.options[0] == "bees (the answer)"
    assert [each.split(",")[0] for each in target.options[2:]] == [f"qubit {wire}" for wire in range(4)]
    maps = {words(target.select_index(index).run()) for index in range(len(target.options))}
    assert len(maps) == len(target.options)
    target.select_index(0).run()
    next(group for group in app.button_group if group.key == keys.HEAT_VIEW).set_value("Side by side").run()
    assert words(app).count('<figure><img src="data:image') == 2
    assert "<figcaption>The picture</figcaption>" in words(app)


def test_a_map_that_is_zero_everywhere_is_said_to_be_so(own_home):
    app = with_heat_map("Bright:")
    made = HeatMaps("gradient", np.zeros((2, 7, 7)), np.zeros((4, 7, 7)))
    book, jobs = app.session_state[Predict.KEY].reasons, job_managers.express_jobs()
    job = next(id for key, id in book.ids.items() if key[0] == "heat map")
    jobs.jobs[job].view = JobView(result=made)
    app.run()
    assert "The map is zero everywhere: found this way, no place in the picture speaks for bees." in words(app)
    assert "<figure><img" not in words(app)


def with_neighbours(app: AppTest, *needed: str) -> AppTest:
    settled(app, lambda app: "Neighbours" in words(app)).toggle(key=keys.NEIGHBOURS_SHOWN).set_value(True).run()
    return settled(app, lambda app: all(each in words(app) for each in needed))


def test_the_distance_that_flags_a_picture_is_that_of_the_table_of_neighbours(own_home):
    """The head that comes along finds its drawings without one on disk; it has no angles of theirs."""
    noise = as_png(other_pictures()["noise-0"])
    app = with_neighbours(settled(upload(opened(), ("noise.png", noise))), "the mean of the nearest 5 is")
    said = words(app)
    flagged = re.search(r"distance from the nearest of them is (\d\.\d{3}), beyond", said)[1]
    assert f"the mean of the nearest 5 is **{flagged}**" in said
    row = next(proto.proto.body for proto in app.get("html") if 'class="tiles"' in proto.proto.body)
    shown = [float(each) for each in re.findall(r"<br>(\d\.\d{3}) away", row)]
    assert len(shown) == 6
    assert sum(shown[:5]) / 5 == pytest.approx(float(flagged), abs=1e-3)  # three digits each on screen
    assert "No angles of its training pictures come along" in said
    assert not (own_home / "datasets").exists(), "nothing is kept of what is drawn for it"


@own_managers
def test_neighbours_are_tiles_with_class_and_distance(tmp_path, own_home):
    folder = made_pictures(tmp_path / "mine")
    settings = RunSettings().changed(source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=2)
    *_, ended = run(RunRequest(settings), lambda _: None, lambda: False)
    own = (folder / "train/bees/bees_1.jpg").read_bytes()
    app = with_neighbours(
        upload(opened_with(ended.run), ("bee.jpg", own)), "In what the circuit sees", "Of 6 training pictures"
    )
    rows = [proto.proto.body for proto in app.get("html") if 'class="tiles"' in proto.proto.body]
    assert [row.count("<figure") for row in rows] == [6, 6]
    for row, away in zip(rows, ("0.0° away", "0.000 away"), strict=True):
        first = row.split("<figure")[1]
        assert f"bees_1.jpg: bees · {away}" in first
    assert "the nearest are 3\u00a0×" in words(app)


def test_counts_in_words():
    def counted(*labels: int) -> str:
        said = count_words([Neighbour("", label, 0.0) for label in labels], ("ants", "bees", "my_cats"))
        return said.replace("\u00a0", " ")

    assert counted(1, 1, 0, 2, 1) == "3 × bees, 1 × ants and 1 × my\\_cats"
    assert counted(0, 0, 1) == "2 × ants and 1 × bees"
    assert counted(1, 1) == "2 × bees"


def test_the_chart_draws_every_reach_and_where_the_answer_changes():
    bars, names, picture, change = counterfactual_chart(FOUND, ("a<b>", "bees"), CLASSES).data
    assert list(bars.y) == ["Qubit 0", "Qubit 0", "Qubit 1"]
    assert list(bars.base) == pytest.approx(np.degrees([-1.5, -0.25, -1.5]))
    assert list(bars.x) == pytest.approx(np.degrees([1.25, 1.75, 3.0]))
    assert list(names.text) == ["bees", "a&lt;b>", "a&lt;b>"]
    assert list(picture.x) == pytest.approx(np.degrees(FOUND.values))
    assert (list(change.x), list(change.y)) == ([pytest.approx(np.degrees(-0.25))], ["Qubit 0"])


def test_a_name_keeps_clear_of_the_marks():
    assert clear_part(-90, 90, []) == (-90, 90)
    assert clear_part(-90, 90, [-10]) == (-2, 90)
    assert clear_part(-90, 90, [20, 50]) == (-90, 12)
    assert clear_part(0, 20, [-5]) == (3, 20)
    assert clear_part(0, 90, [200, 95]) == (0, 87)
    start, end = clear_part(0, 10, [5])
    assert end - start < 0, "there is no room at all"


def test_the_chart_in_words():
    assert counterfactual_words(FOUND, ("ants", "bees")) == (
        "qubit 0 at 28.6°, bees from -14.3°; qubit 1 at 57.3°, no other answer within reach"
    )
    assert change_words(FOUND.by_unit[0]) == "from 28.6° to -14.3°, a turn by 43.0°"
    assert change_words(Counterfactual(0, 0.5, 0.5001, 1)).endswith("a turn by less than 0.1°")
