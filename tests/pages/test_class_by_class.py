"""The panel of every class's figures: which part it shows, what it says of it, and where nothing is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.class_figures import PartFigures, class_figures
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.evaluation.probability_figures import probability_figures
from qtl_core.runs.events import Tested as Looked
from qtl_core.runs.view import RunView
from tests.helpers.made_runs import made_run
from tests.pages.test_results import shown, text_of
from ui.base.theme import CLASSES
from ui.results.class_by_class import MOST_DRAWN, precision_figure, roc_figure
from ui.session import keys

TAB = "Class by class"


def looked_at_run(looks: int = 1) -> RunView:
    """A run whose test part has one of four wrong."""
    view = made_run(Path("/nowhere"))
    prepared = replace(
        view.prepared, test_size=4, test_files=tuple(f"t/{n}.jpg" for n in range(4)), test_labels=(0, 0, 1, 1)
    )
    shares = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3], [0.2, 0.8]], np.float32)
    return replace(view, prepared=prepared, tested=Looked(2, 0.4, 0.75, shares), looks=looks)


def table(app: AppTest) -> dict[str, tuple[str, ...]]:
    (found,) = [each.value for each in app.dataframe if "Precision" in each.value]
    return {row["Class"]: (row["Photos"], row["Precision"][:5], row["Recall"][:5]) for _, row in found.iterrows()}


def test_without_a_test_part_it_says_that_the_figures_flatter():
    app = shown(made_run(Path("/nowhere")), TAB)
    assert "which also chose the best epoch: so they flatter" in text_of(app)
    assert table(app) == {"ants": (3, "0.750", "1.000"), "bees": (3, "1.000", "0.667")}


def test_the_test_part_comes_first_and_validation_can_be_chosen():
    app = shown(looked_at_run(), TAB)
    words = text_of(app)
    assert "Test: 3 of 4 photos right (75.0%" in words and "so that figure flatters" in words
    assert "4 for the test" in words
    assert table(app) == {"ants": (2, "0.667", "1.000"), "bees": (2, "1.000", "0.500")}
    app.session_state[keys.FIGURES_PART] = "validation"
    app.run()
    assert table(app)["ants"] == (3, "0.750", "1.000")


def test_a_second_look_is_said():
    assert "looked at 2 times" in text_of(shown(looked_at_run(looks=2), TAB))
    assert "looked at 2 times" not in text_of(shown(looked_at_run(), TAB))


def test_a_run_that_broke_down_has_counts_and_no_curves():
    view = made_run(Path("/nowhere"), (3,))
    broken = replace(view.epochs[0], val_probabilities=np.full((6, 2), np.nan, np.float32))
    app = shown(replace(view, epochs=(broken,)), TAB)
    assert not app.exception and "No curves" in "".join(each.value for each in app.caption)
    assert {each.value for each in app.metric if each.label in ("Brier score", "ROC area")} == {"not known"}


def part_of(classes: int) -> PartFigures:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(classes), 6 * classes).astype(np.float32)
    names = tuple(f"<b>{each}" for each in range(classes))
    found = Evaluation(names, np.arange(6 * classes) % classes, shares, tuple(map(str, range(6 * classes))))
    return PartFigures("validation", 1, found, class_figures(found))


@pytest.mark.parametrize("classes", [2, 30])
def test_curves_are_drawn_of_the_weakest_classes_with_their_areas(classes):
    part = part_of(classes)
    figures = probability_figures(part.evaluation)
    roc, precision = roc_figure(part, figures, CLASSES * 6), precision_figure(part, figures, CLASSES * 6)
    assert len(roc.data) == min(classes, MOST_DRAWN) + 1 and len(precision.data) == min(classes, MOST_DRAWN)
    weakest = sorted(each.roc_area for each in figures.curves)[:MOST_DRAWN]
    named = sorted(float(trace.name.split("(")[-1].rstrip(")")) for trace in roc.data if trace.name != "chance")
    assert named == pytest.approx(weakest, abs=6e-4)
    assert not any("<b>" in trace.name for trace in roc.data)
