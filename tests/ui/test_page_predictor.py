"""Two runs on the same pictures: what is set against what, counted and written to files; one run's reliability."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from qtl_core.evaluation.calibration import calibration_of_run
from qtl_core.evaluation.ood import OodReport
from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.inference.requests import Answer
from ui.predict.answer_table import contents
from ui.predict.calibration import reliability_figure
from ui.predict.page_predictor import agreement_in_words, paired
from ui.session.answer_queue import AnswerProgress

NONE = np.zeros(0)


def said(picture: str, share: float, names: tuple[str, str] = ("ants", "bees")) -> Answer:
    """A run that says the first class with this probability."""
    by_class = dict(zip(names, (share, 1 - share), strict=True))
    told = Explanation(Prediction(max(by_class, key=by_class.get), by_class, 0.1), NONE, NONE, NONE, NONE, NONE, NONE)
    return Answer(picture, f"{picture}.jpg", told, ood=OodReport(False, 0.25, 0.5, 3, 20, "pictures"))


def answer_progress(*answers: Answer) -> AnswerProgress:
    return AnswerProgress(answers, 4, None)


FIRST = answer_progress(
    said("a", 0.9), said("b", 0.6), Answer("c", "c.jpg", error="The file is empty."), said("d", 0.2)
)


def test_pictures_are_paired_by_what_they_are_not_by_their_place():
    pairs = paired([FIRST, answer_progress(said("d", 0.8), said("a", 0.7))])
    assert [pair.first.id for pair in pairs] == ["a", "b", "d"]
    assert [pair.second and pair.second.id for pair in pairs] == ["a", None, "d"]
    assert [pair.differs for pair in pairs] == [False, False, True]
    assert agreement_in_words(pairs) == "They disagree on 1 of 2 pictures."


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ([], ""),
        ([said("a", 0.8), said("d", 0.1)], "They agree on all 2 pictures."),
        ([said("a", 0.1)], "They disagree on this picture."),
        ([said("a", 0.8, ("cats", "dogs"))], "They were trained on different classes"),
    ],
)
def test_agreement_is_said_of_what_both_answered(second, expected):
    words = agreement_in_words(paired([FIRST, answer_progress(*second)]))
    assert words.startswith(expected) if expected else words == ""


def test_files_hold_both_answers_and_what_could_not_be_read():
    second = [said("a", 0.1).at(2.0)]
    table, objects = contents([FIRST.answers, second], [("ants", "bees"), ("ants", "bees")])
    rows, told = list(csv.DictReader(table.splitlines())), json.loads(objects)
    assert [row["file"] for row in rows] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert (rows[0]["label"], rows[0]["second_label"], rows[1]["second_label"]) == ("ants", "bees", "")
    assert (rows[0]["temperature"], rows[0]["second_temperature"]) == ("1.0", "2.0")
    assert float(rows[0]["second_p(ants)"]) == pytest.approx(0.25)  # roots: 0.1^(1/2) beside 0.9^(1/2) is 1 to 3
    assert (rows[0]["doubt"], float(rows[0]["distance"])) == ("none", 0.25)
    assert (rows[2]["error"], told[2]["error"]) == ("The file is empty.",) * 2
    assert told[0]["second"]["probabilities"]["bees"] == pytest.approx(0.75)
    assert "second" not in told[1]


def test_a_point_of_the_diagram_stands_for_every_bin_that_has_pictures():
    found = calibration_of_run(bundled_run())
    line, plain, scaled = reliability_figure(found, 2).data
    assert (list(line.x), list(line.y)) == ([0, 1], [0, 1])
    assert plain.customdata.sum() == scaled.customdata.sum() == 153
    there = found.plain.counts > 0
    assert list(plain.x) == found.plain.confidence[there].tolist()
    assert list(plain.y) == found.plain.accuracy[there].tolist()
    assert max(plain.marker.size) == plain.marker.size[int(plain.customdata.argmax())]
