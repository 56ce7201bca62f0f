"""The map and the words on learning as a page shows them, made by a real worker from a real little run."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.diagnosis.checks import sought_in_words
from qtl_core.explain.decision_map.contact_sheet import ContactSheet
from qtl_core.explain.decision_map.frames import map_of
from qtl_core.explain.decision_map.request import PictureMap, request_of
from qtl_core.runs.store import keep_run, load_run
from qtl_core.runs.view import RunView
from qtl_core.settings import ModelSettings, RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.training.run import RunRequest, run
from tests.helpers.every_head import with_head
from tests.helpers.made_networks import quick_settings
from tests.helpers.made_runs import made_pictures, made_run
from tests.helpers.page_words import wait_for_news
from ui.base import job_managers, theme
from ui.results.decision_map_view import about, map_data, sentence
from ui.results.diagnosis import gradient_figure, in_words, verdict_in_words
from ui.session import keys

LIMIT_SECONDS = 300  # a worker imports torch first, on a machine that may be busy


pytestmark = pytest.mark.usefixtures("own_managers")


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> RunSettings:
    folder = tmp_path_factory.mktemp("map")
    return quick_settings(folder, epochs=3, learning_rate=0.02, qubits=3)


def trained(settings: RunSettings) -> RunView:
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


@pytest.fixture
def view(settings) -> RunView:
    return trained(settings)


def opened(view: RunView, tab: str) -> AppTest:
    """A page that shows this result, with one of its tabs open."""

    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    app = AppTest.from_function(page, args=(view,), default_timeout=30)
    app.session_state[keys.RESULT_TABS] = tab
    return app.run()


def words(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.warning, *app.error))


def components(app: AppTest) -> list[dict]:
    """The data that the maps on the page were given."""
    return [json.loads(found.proto.json) for found in app.get("bidi_component")]


def with_map(app: AppTest) -> dict:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not (found := components(app)) or not found[0]["sheet"]:
        assert time.monotonic() < deadline, words(app)
        wait_for_news()
        app.run()
    return found[0]


class TestMap:
    def test_it_is_made_only_for_those_who_open_it(self, view):
        app = opened(view, "What is taken for what")
        assert job_managers.maps().ids == {}
        assert components(app) == []

    def test_the_component_gets_every_picture_epoch_and_thumbnail(self, view):
        data = with_map(opened(view, "The map"))
        made = map_of(request_of(view, (0, 1)))
        assert data["epochs"] == [1, 2, 3]
        assert data["epochs"][data["start"]] == view.best.epoch
        assert (data["count"], len(data["names"]), data["grid"]) == (14, 14, 40)
        places = np.frombuffer(base64.b64decode(data["places"]), "<i2").reshape(3, 14, 2) / 32_767 * np.pi / 2
        np.testing.assert_allclose(places, made.places, atol=1e-4)
        predicted = np.frombuffer(base64.b64decode(data["predicted"]), np.uint8).reshape(3, 14)
        assert (predicted == made.probabilities.argmax(-1)).all()
        assert len(base64.b64decode(data["winners"])) == len(base64.b64decode(data["surface"])) == 3 * 40 * 40
        assert data["sheet"].startswith("data:image/jpeg;base64,")
        assert data["colours"] == [theme.class_colour(0), theme.class_colour(1)]

    def test_another_pair_of_qubits_can_be_chosen(self, view):
        app = opened(view, "The map")
        with_map(app)
        assert "the angles of qubits 0 and 1" in words(app)
        (pills,) = [group for group in app.button_group if group.key == keys.MAP_QUBITS]
        pills.set_value((1, 2)).run()
        data = with_map(app)
        assert (data["along"], data["up"]) == ("angle of qubit 1", "angle of qubit 2")
        assert "the other qubits are held at their mean" in words(app)

    @pytest.mark.parametrize("head", [name for name in HEADS if name != "dressed"])
    def test_every_head_has_a_map_that_says_what_its_axes_are(self, view, head):
        app = opened(with_head(view, head), "The map")
        data = with_map(app)
        assert data["count"] == 14
        expected = {"qubit": "the angles of qubits", "hidden unit": "the values of hidden units"}
        assert expected.get(HEADS[head].unit, "This head is one linear layer") in words(app)
        assert ("circuit" in data["about"]) == HEADS[head].has_circuit

    def test_one_qubit_has_one_axis_and_it_says_so(self, settings):
        app = opened(trained(settings.changed(qubits=1, epochs=1)), "The map")
        data = with_map(app)
        assert (data["upwards"], data["up"]) == (False, "spread so that all can be seen")
        assert "one angle of its only qubit" in words(app)
        assert "held at their mean" not in words(app)

    def test_a_run_from_disk_stands_still_and_says_why(self, view):
        app = opened(load_run(keep_run(view)), "The map")
        assert with_map(app)["epochs"] == [3]
        assert "Only the last epoch's weights were kept with this run" in words(app)

    def test_pictures_that_have_changed_since_are_not_shown_as_the_runs(self, view):
        other = replace(view, prepared=replace(view.prepared, weights_sha256="0" * 64))
        app = opened(other, "The map")
        deadline = time.monotonic() + LIMIT_SECONDS
        while "no map of this run" not in words(app):
            assert time.monotonic() < deadline, words(app)
            wait_for_news()
            app.run()
        assert components(app) == []

    def test_where_there_can_be_none_it_says_why(self, tmp_path):
        published = RunSettings().changed(backbone_mode="published")
        app = opened(made_run(made_pictures(tmp_path / "p"), settings=published), "The map")
        assert "drifts with every batch" in words(app)


def made_map() -> PictureMap:
    probabilities = np.float32([[[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]])
    return PictureMap(
        (2, 0),
        ModelSettings(),
        -np.pi / 2,
        np.pi / 2,
        ("ants", "bees"),
        np.array([5, 9]),
        ("a/x.jpg", "b/y.jpg", "b/z.jpg"),
        np.array([0, 1, 0]),
        np.array([False, True, True]),
        3,
        np.zeros((2, 3, 2), np.float32),
        probabilities,
        np.full((2, 40, 40, 2), 0.5, np.float32),
    )


def test_the_words_of_a_map_count_validation_pictures_right():
    assert sentence(made_map(), 0, 10, "photos") == "Epoch 5 of 10: 1 of 2 validation photos right."
    assert sentence(made_map(), 1, 10, "photos") == "Epoch 9 of 10: 2 of 2 validation photos right."
    assert "angles of qubit 2 and 0" in about(made_map(), "photos")


def test_a_map_whose_best_epoch_is_not_shown_begins_at_the_nearest():
    data = map_data(
        made_map(),
        ContactSheet(b"", 2, 96),
        identity="1",
        total=10,
        best=8,
        noun="photos",
        drawn=False,
        colours=theme.CLASSES,
    )
    assert data["start"] == 1


@pytest.mark.parametrize(
    ("head", "classes", "along", "up"),
    [
        ("dressed_fixed", 2, "angle of qubit 2", "angle of qubit 0"),
        ("bottleneck", 2, "value of hidden unit 2", "value of hidden unit 0"),
        ("linear", 2, "the direction that decides", "the widest direction beside it"),
        ("linear", 3, "where scores part the most", "where they part the most beside"),
    ],
)
def test_the_axes_of_a_map_are_called_what_they_are(head, classes, along, up):
    names = ("ants", "bees", "cats")[:classes]
    made = replace(made_map(), model=ModelSettings(head), low=-2.0, high=4.0, classes=names)
    data = map_data(made, None, identity="1", total=10, best=8, noun="photos", drawn=False, colours=theme.CLASSES)
    assert (data["along"], data["up"]) == (along, up)
    places = np.frombuffer(base64.b64decode(data["places"]), "<i2")
    assert set(places) == {round(-1 / 3 * 32_767)}, "0 lies a third of the way from -2 to 4"
    assert data["ends"] == (["−π/2", "π/2"] if head == "dressed_fixed" else ["-2", "4"])
    assert "circuit" not in about(made, "photos") or head == "dressed_fixed"


class TestLearning:
    def test_a_run_that_goes_wrong_is_told_above_and_its_gradients_are_shown(self, view):
        always = np.tile(np.float32([0.6, 0.4]), (6, 1))
        stuck = replace(
            view,
            epochs=tuple(
                replace(epoch, train_loss=0.7, val_loss=0.7, val_probabilities=always) for epoch in view.epochs
            ),
        )
        app = opened(stuck, "Is it learning?")
        assert (
            "collapsed to one class: after epoch 3, 6 of 6 validation pictures are taken for ants"
            in app.warning[0].value
        )
        assert "is said above" in words(app)
        assert len(app.get("plotly_chart")) == 2

    def test_a_run_that_goes_well_is_told_so(self, tmp_path):
        app = opened(made_run(made_pictures(tmp_path / "p")), "Is it learning?")
        assert "None of the usual troubles shows" in words(app)
        assert "no angles that learn" in words(app)

    def test_what_cannot_be_judged_is_said_in_place_of_all_being_well(self, tmp_path):
        made = made_run(made_pictures(tmp_path / "p"))
        assert verdict_in_words(made) == f"None of the usual troubles shows. {sought_in_words(made)}"
        assert "not kept with this run" not in verdict_in_words(made)
        older = replace(made, prepared=replace(made.prepared, train_counts=()))
        assert "not kept with this run" in verdict_in_words(older)
        broken = replace(made, epochs=(*made.epochs[:2], replace(made.epochs[2], train_loss=float("nan"))))
        assert verdict_in_words(broken).startswith("From epoch 3 on its figures are no numbers any more")
        always = np.tile(np.float32([0.6, 0.4]), (6, 1))
        stuck = tuple(replace(epoch, train_loss=0.7, val_probabilities=always) for epoch in made.epochs)
        assert verdict_in_words(replace(made, epochs=stuck)) == "What went wrong, and what may help, is said above."
        both = replace(made, epochs=(*stuck[:2], replace(stuck[2], val_loss=float("inf"))))
        assert verdict_in_words(both).startswith("What went wrong before is said above. From epoch 3 on")

    def test_the_chart_holds_the_gradients_on_a_scale_that_does_not_move(self, view):
        figure = gradient_figure(view)
        (heat,) = figure.data
        sizes = np.array([epoch.layer_gradients for epoch in view.epochs]).T
        assert np.allclose(heat.customdata, sizes)
        assert np.allclose(heat.z, np.log10(np.clip(sizes, 1e-5, None)))
        assert (heat.zmin, heat.zmax) == (-5, -1)
        assert (list(heat.x), list(heat.y)) == ([1, 2, 3], [1, 2, 3, 4, 5, 6])
        assert figure.layout.yaxis.autorange == "reversed"
        first = np.sqrt(np.square(sizes[:, 0]).mean())
        assert f"{first:.1e} on average in the first epoch" in in_words(view)
