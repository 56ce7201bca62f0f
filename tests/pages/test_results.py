"""What the result of a run says: figures, comparison, matrix, pictures; on tiny pictures and runs made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from tests.helpers.made_histories import history
from tests.helpers.made_runs import made_pictures, made_run
from ui.base import theme
from ui.results.confusion import LARGE_MATRIX, MOST_LISTED, cells, confusion_figure
from ui.results.gallery import ALL, LEAST_SURE, MISTAKES, ordered, prediction_tile
from ui.results.published_comparison import comparison
from ui.session import keys
from ui.widgets.pictures import thumbnail
from ui.widgets.status import differences

GALLERY = "All validation photos"


def shown(view: RunView, tab: str | None = None) -> AppTest:
    """Runs a page that shows nothing but this result, with one of its tabs open, the first if none is named."""

    def page(view):
        from ui.results.panel import show_results

        show_results(view)

    app = AppTest.from_function(page, args=(view,), default_timeout=30)
    if tab:
        app.session_state[keys.RESULT_TABS] = tab
    return app.run()


def text_of(app: AppTest) -> str:
    """All words on the page, the HTML of the picture grids included."""
    assert not app.exception
    assert not app.error
    plain = [*app.subheader, *app.markdown, *app.caption, *app.warning]
    return "\n".join([*(element.value for element in plain), *(html.proto.body for html in app.get("html"))])


@pytest.fixture
def folder(tmp_path) -> Path:
    return made_pictures(tmp_path / "photos")


def paper_run(right: int) -> RunView:
    """A run of the paper's setting on 153 photos that are not on disk."""
    view = made_run(Path("/nowhere"), right_by_epoch=(6,))
    labels = (0,) * 70 + (1,) * 83
    predicted = np.where(np.arange(153) < right, labels, 1 - np.array(labels))
    probabilities = np.where(predicted[:, None] == [0, 1], 0.8, 0.2).astype(np.float32)
    prepared = replace(
        view.prepared,
        val_labels=labels,
        val_files=tuple(f"/nowhere/{number}.jpg" for number in range(153)),
        train_size=244,
        val_size=153,
    )
    last = replace(view.epochs[0], val_probabilities=probabilities, val_accuracy=right / 153)
    epochs = tuple(replace(last, epoch=number, is_best=number == 1) for number in range(1, 31))
    return replace(view, prepared=prepared, epochs=epochs)


class TestWords:
    def test_the_best_epoch_is_told_in_pictures_and_as_a_share(self, folder):
        words = text_of(shown(made_run(folder, right_by_epoch=(3, 5, 4))))
        assert "5 of 6 photos right" in words
        assert "after epoch 2, the best of 3: 83.3%, likely between 43.6% and 97.0%" in words

    def test_where_one_class_is_most_of_the_pictures_each_is_told_by_itself(self):
        words = text_of(shown(history((60, 60), ((54, 3), (0, 3)))))
        assert "Always naming ants would get 57 of 60 right. By class: 54 of 57 ants, 3 of 3 bees." in words
        assert "Always naming" not in text_of(shown(history()))

    def test_a_collapse_onto_a_common_class_is_said_with_its_cause(self):
        app = shown(history((100, 1), ((20, 0), (20, 0)), (0.3, 0.2, 0.2), accuracy=0.99))
        (warning,) = app.warning
        assert "40 of 40 validation pictures are taken for ants" in warning.value
        assert "100 of the 101 training pictures are ants" in warning.value

    def test_a_run_that_goes_on_says_so(self, folder):
        words = text_of(shown(made_run(folder, right_by_epoch=(3, 5), ended=False)))
        assert "the best so far, 2 of 30 done" in words

    def test_only_real_photos_are_called_photos(self, folder):
        drawn = made_run(folder, settings=RunSettings().changed(source="drawn"))
        words = text_of(shown(drawn))
        assert "5 of 6 pictures right" in words
        assert '<span class="drawn">drawn</span>' in words

    def test_notes_and_files_passed_over_are_shown(self, folder):
        view = made_run(folder, notes=("my_net was *not* here.",), passed_over=(("/x/a.gif", "It is a GIF."),))
        app = shown(view)
        assert not app.warning
        assert r":material/info: my\_net was \*not\* here." in [each.value for each in app.markdown]
        assert "1 file was passed over" in [expander.label for expander in app.expander]

    def test_other_settings_on_screen_mark_the_result(self):
        def page(on_screen):
            from qtl_core.settings import RunSettings
            from ui.widgets.status import show_stale

            show_stale(RunSettings(), on_screen)

        app = AppTest.from_function(page, args=(RunSettings().changed(qubits=6),), default_timeout=60).run()
        assert [warning.value for warning in app.warning] == ["These figures belong to other settings: Qubits 4 → 6."]
        assert not AppTest.from_function(page, args=(RunSettings(),), default_timeout=60).run().warning

    def test_before_the_first_epoch_there_are_only_notes(self, folder):
        view = replace(made_run(folder, notes=("A note.",)), epochs=(), ended=None)
        app = shown(view)
        assert [each.value for each in app.markdown] == [":material/info: A note.", "A note."]
        assert not app.subheader
        assert not shown(RunView()).main.children

    def test_every_setting_that_differs_is_named(self):
        changed = RunSettings().changed(depth=2, rotation="rot", augmentation=True)
        assert differences(RunSettings(), changed) == [
            "Depth 6 → 2",
            "Rotation RY (the paper's) → Full rotation (Rot)",
            "Augmentation off → on",
        ]


class TestComparison:
    def test_the_papers_experiment_is_compared_in_photos(self):
        view = paper_run(right=146)
        paper, linear = comparison(view, evaluation_of(view))
        assert "148 of 153 photos right, two photos apart from this one" in paper
        assert "chance alone may explain it" in paper
        assert "a plain linear layer got 146 of 153" in linear
        assert "two photos apart" in linear

    def test_a_clear_difference_is_not_called_chance(self):
        view = paper_run(right=100)
        assert "more than chance alone" in comparison(view, evaluation_of(view))[0]

    @pytest.mark.parametrize("changes", [{"source": "drawn"}, {"depth": 5}, {"epochs": 3}])
    def test_another_experiment_is_not_compared(self, changes):
        view = paper_run(right=146)
        view = replace(view, prepared=replace(view.prepared, settings=RunSettings().changed(**changes)))
        assert comparison(view, evaluation_of(view)) == []

    def test_another_network_is_named(self):
        view = paper_run(right=146)
        settings = RunSettings().changed(backbone="mobilenet_v2")
        view = replace(view, prepared=replace(view.prepared, settings=settings))
        assert "Theirs used ResNet-18." in comparison(view, evaluation_of(view))[0]

    def test_a_run_that_was_stopped_is_not_compared(self):
        view = paper_run(right=146)
        view = replace(view, epochs=view.epochs[:20])
        assert comparison(view, evaluation_of(view)) == []

    def test_the_trap_is_explained_where_it_shows(self, folder):
        view = made_run(folder, right_by_epoch=(5,), settings=RunSettings().changed(backbone_mode="published"))
        assert "batch norms" in comparison(view, evaluation_of(view))[0]
        frozen = made_run(folder, right_by_epoch=(5,))
        assert comparison(frozen, evaluation_of(frozen)) == []


class TestMatrix:
    def test_the_figure_holds_the_counts_and_what_a_click_tells(self, folder):
        evaluation = evaluation_of(made_run(folder, right_by_epoch=(5,)))
        *rows, points = confusion_figure(evaluation, "#000000", theme.CLASSES * 200).data
        assert [list(row.z[0]) for row in rows] == [[1, 0], pytest.approx([1 / 3, 2 / 3])]
        assert rows[1].colorscale[-1][1] == theme.class_colour(1)
        assert list(points.text) == ["<b>3</b>", "<b>0</b>", "<b>1</b>", "<b>2</b>"]
        assert [tuple(place) for place in points.customdata] == [(0, 0), (0, 1), (1, 0), (1, 1)]
        assert (points.x[1], points.y[1]) == (1, 0), "predicted runs to the right, true downwards"

    @pytest.mark.parametrize("classes", [31, 1_000])
    def test_many_classes_are_one_picture_whose_fullest_cells_can_be_opened(self, classes):
        dice = np.random.default_rng(0)
        probabilities = dice.dirichlet(np.full(classes, 0.1), 2_000).astype(np.float32)
        labels = dice.integers(0, classes, 2_000)
        many = Evaluation(tuple(f"class {n}" for n in range(classes)), labels, probabilities, ("f",) * 2_000)
        rows, points = confusion_figure(many, "#000000", theme.CLASSES * 200).data
        assert rows.z.shape == (classes, classes)
        assert [tuple(place) for place in points.customdata] == cells(many)[:MOST_LISTED]
        assert len(confusion_figure(many, "#000000", theme.CLASSES * 200).to_json()) < 2_000_000
        assert len(confusion_figure(many, "#000000", theme.CLASSES * 200).layout.xaxis.ticktext) <= LARGE_MATRIX

    def test_a_hostile_class_name_stays_text(self):
        hostile = Evaluation(("<b>x</b>", "y"), np.array([0]), np.array([[0.9, 0.1]]), ("f",))
        assert "<b>x" not in "".join(confusion_figure(hostile, "#000000", theme.CLASSES * 200).layout.xaxis.ticktext)

    def test_mistakes_come_first_among_the_cells(self, folder):
        assert cells(evaluation_of(made_run(folder, right_by_epoch=(5,)))) == [(1, 0), (0, 0), (1, 1)]

    def test_all_mistakes_are_shown_until_a_cell_is_chosen(self, folder):
        app = shown(made_run(folder, right_by_epoch=(4,)))
        assert "All 2 mistakes" in text_of(app)
        (pills,) = [group for group in app.button_group if group.key == keys.CELL]
        pills.set_value((0, 0)).run()
        words = text_of(app)
        assert "ants recognised: 3" in words
        assert "All 2 mistakes" not in words

    def test_with_no_mistake_it_says_so(self, folder):
        assert "No mistake in 6 photos" in text_of(shown(made_run(folder, right_by_epoch=(6,))))


class TestPictures:
    def test_a_tile_says_class_probability_and_the_truth(self, folder):
        evaluation = evaluation_of(made_run(folder, right_by_epoch=(5,)))
        right, wrong = prediction_tile(evaluation, 0, theme.CLASSES), prediction_tile(evaluation, 5, theme.CLASSES)
        assert (right.caption, right.note, right.mark) == ("ants 95.0%", "", "right")
        assert (wrong.caption, wrong.note, wrong.mark) == ("ants 60.0%", "true: bees", "wrong")
        assert wrong.colour == theme.class_colour(0)

    def test_filters(self, folder):
        evaluation = evaluation_of(made_run(folder, right_by_epoch=(4,)))
        assert ordered(evaluation, ALL).tolist() == [0, 1, 2, 3, 4, 5]
        assert ordered(evaluation, MISTAKES).tolist() == [4, 5]
        assert ordered(evaluation, LEAST_SURE).tolist() == [5, 4, 3, 2, 1, 0]

    def test_right_and_wrong_carry_a_sign(self, folder):
        words = text_of(shown(made_run(folder, right_by_epoch=(5,))))
        assert "✓" in words
        assert '<b class="sign">✗</b>' in words

    def test_a_thumbnail_is_a_small_square_and_follows_the_file(self, tmp_path):
        import io

        from PIL import Image

        file = tmp_path / "wide.png"
        Image.new("RGB", (400, 100), "red").save(file)
        first = thumbnail(str(file))
        assert Image.open(io.BytesIO(first)).size == (208, 208)
        Image.new("RGB", (500, 100), "blue").save(file)
        assert thumbnail(str(file)) != first

    def test_a_grid_that_nobody_looks_at_is_not_made(self, folder):
        assert "<img" not in text_of(shown(made_run(folder, right_by_epoch=(6,))))

    def test_missing_and_damaged_files_say_so_in_their_place(self, folder):
        (folder / "val/ants/ants_0.jpg").unlink()
        (folder / "val/ants/ants_1.jpg").write_bytes(b"no picture")
        words = text_of(shown(made_run(folder, right_by_epoch=(6,)), GALLERY))
        assert words.count('<div class="lost"><span>missing</span></div>') == 1
        assert words.count('<div class="lost"><span>cannot be read</span></div>') == 1
        assert words.count('<img src="data:image/jpeg;base64,') == 4

    def test_hostile_names_are_escaped(self, folder):
        view = made_run(folder, right_by_epoch=(6,))
        view = replace(view, prepared=replace(view.prepared, classes=("<script>x</script>", "bees")))
        words = text_of(shown(view, GALLERY))
        assert "<script>" not in words
        assert "&lt;script&gt;" in words


def test_raw_numbers_are_offered(folder):
    app = shown(made_run(folder))
    assert len(app.dataframe[0].value) == 3
    assert [button.proto.label for button in app.get("download_button")] == [
        "Epochs as CSV",
        "Predictions as CSV",
        "Settings as JSON",
    ]


def test_of_many_classes_few_names_stand_above_the_matrix_and_more_beside_it():
    classes = tuple(f"c{n:03}" for n in range(120))
    chances = np.eye(120, dtype=np.float32)
    figure = confusion_figure(Evaluation(classes, np.arange(120), chances, ("f",) * 120), "#000000", ["#009E73"] * 120)
    assert len(figure.layout.xaxis.tickvals) == len(figure.layout.xaxis.ticktext) <= 8
    assert len(figure.layout.yaxis.tickvals) == 30
