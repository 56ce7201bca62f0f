"""Findings of runs that learnt numbers speak of rows and points, never of pictures or folders."""

from __future__ import annotations

import re

import numpy as np
import pytest

from qtl_core.evaluation.diagnosis.checks import diagnose, sought_in_words
from qtl_core.evaluation.diagnosis.of_numbers import in_words_for
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from tests.helpers.made_histories import by_heart, history

OF_PICTURES = re.compile(r"picture|photo|folder", re.IGNORECASE)
CASES = {
    "collapsed": lambda **source: history((34, 26), ((10, 0), (10, 0)), [0.69] * 4, **source),
    "nothing learnt": lambda **source: history((40, 40), ((5, 5), (5, 5)), [0.693] * 8, accuracy=0.5, **source),
    "overfitting": by_heart,
    "imbalance": lambda **source: history((100, 10), ((20, 0), (9, 1)), [0.4, 0.3], accuracy=0.95, **source),
    "still falling": lambda **source: history(losses=list(np.linspace(0.69, 0.45, 8)), accuracy=0.8, **source),
    "underfitting": lambda **source: history((10, 9), ((3, 1), (2, 2)), [0.66] * 30, accuracy=12 / 19, **source),
}


def said(view) -> str:
    findings = " ".join(f"{each.what} {each.why} {each.do}" for each in diagnose(view))
    return f"{findings} {sought_in_words(TrainedRun.of(view))}"


@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
@pytest.mark.parametrize(("source", "noun"), [("points", "points"), ("table", "rows")])
def test_no_finding_of_numbers_speaks_of_pictures(make, source, noun):
    of_numbers, of_pictures = said(make(source=source)), said(make())
    assert diagnose(make(source=source)), "the case must show something"
    assert not OF_PICTURES.findall(of_numbers), of_numbers
    assert noun in of_numbers and OF_PICTURES.search(of_pictures)


@pytest.mark.parametrize(
    ("of_pictures", "of_points"),
    [
        (
            "See whether the pictures lie in the folders of their classes.",
            "See whether the points have the labels that are theirs.",
        ),
        ("So far, whatever a picture shows.", "So far, whatever its numbers are."),
        ("No validation picture is of another class.", "No validation point is of another class."),
        ("Pictures go in. Picture", "Points go in. Point"),
    ],
)
def test_what_is_told_otherwise_of_numbers(of_pictures, of_points):
    settings = RunSettings()
    assert in_words_for(settings.changed(source="points").data, of_pictures) == of_points
    assert in_words_for(settings.changed(source="folder").data, of_pictures) == of_pictures
