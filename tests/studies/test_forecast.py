"""Forecasts: which runs they are of, and how they are said. How true they are is measured, not tested (no clocks)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qtl_core.studies.forecast import Forecast, Measured, _Sizes, forecast, from_rows
from qtl_core.studies.plan import READING
from qtl_core.studies.sampling import Search
from qtl_core.studies.words import time_words
from qtl_core.training.feature_forecast import Seconds
from tests.studies.test_comparisons import plan
from tests.studies.test_execution import MOONS


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "1 second"),
        (8.4, "8 seconds"),
        (89, "89 seconds"),
        (90, "1.5 minutes"),
        (150, "2.5 minutes"),
        (3600, "60 minutes"),
        (9000, "2.5 hours"),
    ],
)
def test_times_are_said_as_people_say_them(seconds, words):
    assert time_words(seconds) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Forecast(120, 8, 17, workers=2), "120 runs, 2 at a time: 8 to 17 seconds, longer on a busy machine."),
        (Forecast(1, 50, 200), "1 run: 1 to 3.5 minutes, longer on a busy machine."),
        (
            Forecast(9, 40, 40.2, 30, 397),
            "9 runs: about 40 seconds, longer on a busy machine. First 397 pictures are looked at.",
        ),
        (Forecast(1, 1, 1, 1, 1), "1 run: about 1 second, longer on a busy machine. First 1 picture is looked at."),
        (
            Forecast(9, 40, 400, budget=60),
            "9 runs: 0.5 to 6.5 minutes, longer on a busy machine. It ends after 60 seconds in any case.",
        ),
        (Forecast(0, 0, 0), "Every run is trained already."),
    ],
)
def test_a_forecast_is_a_sentence(found, words):
    assert found.words == words


@pytest.mark.parametrize(
    "changes", [{}, {"folds": 2}, {"noise_at": READING, "base": MOONS.changed(depolarizing_two=0.1)}]
)
def test_every_kind_of_run_is_measured(changes):
    asked = replace(plan("head=linear,dressed", "per_class=0,5", seeds=3), base=MOONS)
    asked = replace(asked, **changes)
    found = forecast(asked, 1)
    assert found.runs == len(asked.runs()) and 0 < found.low < found.high and found.pictures_missing == 0
    done = list(asked.runs())
    assert forecast(asked, 1, done=done[:5]).runs == len(done) - 5
    assert forecast(asked, 1, done=done).runs == 0


def test_a_search_that_has_asked_for_nothing_yet_takes_as_long_as_all_it_may_ask_for(monkeypatch):
    monkeypatch.setattr("qtl_core.studies.forecast._measured", lambda *_: 0.5)
    asked = replace(plan("depth=0:3", "qubits=2,4", seeds=3), base=MOONS, sampling=Search(5))
    found = forecast(asked, 1)
    assert found.runs == asked.planned == 15 and found.words.startswith("At most 15 runs: ")
    some = replace(asked, sampling=replace(asked.sampling, asked=((0, 2), (1, 4))))
    done = list(some.runs())
    assert forecast(some, 1, done=done).runs == 9 == from_rows(some, len(done), 3.0, 1).runs


def test_once_there_are_rows_they_say_how_long_the_rest_takes():
    asked = plan("depth=1,2", seeds=50)
    found = from_rows(asked, 20, 10.0, 2)
    assert found.runs == 80 and found.low < 40 < found.high
    assert from_rows(asked, 100, 10.0, 2).runs == 0


def test_runs_of_a_kind_are_measured_once_and_take_as_long_in_every_study(monkeypatch):
    asked = []

    def measured(run, *_):
        asked.append(run)
        return float(len(asked))

    monkeypatch.setattr("qtl_core.studies.forecast._measured", measured)
    rates = replace(plan("learning_rate=0.001,0.01", seeds=3), base=MOONS)
    one, known = replace(plan(seeds=5), base=MOONS), Measured()
    per_run = [found.seconds / found.runs for found in (forecast(each, 1, measured=known) for each in (rates, one))]
    assert len(asked) == 1 and per_run[0] == pytest.approx(per_run[1])


def test_pictures_that_are_new_are_counted_once_for_all_studies(monkeypatch):
    counts = iter((300, 284, 268))  # a measurement of the features keeps some

    def sizes(*_):
        return _Sizes(100, 50, 8, 2, next(counts), Seconds(1, 2))

    monkeypatch.setattr("qtl_core.studies.forecast._sizes", sizes)
    monkeypatch.setattr("qtl_core.studies.forecast._measured", lambda *_: 0.1)
    known = Measured()
    found = [
        forecast(replace(plan(axis, seeds=2), base=MOONS), 1, measured=known) for axis in ("depth=1,2", "qubits=2,3")
    ]
    assert [each.pictures_missing for each in found] == [300, 300]
