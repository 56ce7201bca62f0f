"""Cross-validation on the page: what is chosen, and what the folds say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.evaluation.cross_validation import CrossValidation, Fold
from tests.helpers.made_runs import made_run
from ui.train.folds import folded_settings, folds_figure
from ui.train.seeds import intro
from ui.widgets.status import differences

FOLDS = tuple(Fold(number, 8, 10, 2, right, right - 1, 0.9) for number, right in ((1, 8), (2, 10), (3, 9)))


def found() -> CrossValidation:
    return CrossValidation(made_run(Path("/nowhere")).prepared, 3, FOLDS, 0, 1.0)


def test_the_folds_are_shown_with_what_flatters():
    def page(result):
        from ui.train.folds import show_folds

        show_folds(result, result.prepared.settings)

    app = AppTest.from_function(page, args=(found(),), default_timeout=30).run()
    assert not app.exception
    assert app.subheader[0].value == "27 of 30 photos right, each judged by a head that had not learnt from it"
    words = " ".join(each.value for each in app.markdown)
    assert "standard deviation of 10.0% from fold to fold" in words and "which flatters" in words


def test_every_fold_is_a_bar_and_the_mean_a_line():
    figure = folds_figure(found())
    assert list(figure.data[0].y) == [0.8, 1.0, 0.9]
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0.9


def test_folds_with_a_network_that_stood_in_are_of_these_settings():
    """What is on screen is what a run would really use, and so is what the folds are compared with."""
    result = found()
    really = result.prepared.settings
    result = replace(result, prepared=replace(result.prepared, asked=really.changed(backbone="mobilenet_v2")))
    assert really.data.backbone != "mobilenet_v2"
    assert differences(folded_settings(result), really) == []
    assert differences(folded_settings(result), really.changed(depth=1))
    views = replace(result, prepared=replace(result.prepared, asked=really.changed(augmentation=True)))
    assert differences(folded_settings(views), really.changed(augmentation=True)) == []


@pytest.mark.parametrize("shots", [0, 9])
def test_folds_are_chosen_beside_seeds_and_take_long_from_shots(shots):
    def page(shots):
        from qtl_core.settings import RunSettings
        from ui.train.seeds import _show_controls

        _show_controls(RunSettings().changed(shots=shots), False)

    app = AppTest.from_function(page, args=(shots,), default_timeout=30).run()
    assert ["each takes as long as a run alone" in each.value for each in app.caption] == [True] * bool(shots)
    assert not app.exception and [each.label for each in app.button] == ["Repeat with 50 seeds", "Stop repeating"]
    app.session_state["repeat_by"] = "Cross-validation"
    app.run()
    assert [each.label for each in app.button] == ["Train 5 folds", "Stop repeating"]


def test_what_a_repetition_changes_is_said_of_seeds_and_of_folds():
    assert intro("points", over_folds=False).startswith("The seed decides")
    assert "divided into folds" in intro("points", over_folds=True)
