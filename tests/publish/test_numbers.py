"""The page of a run that learnt numbers: its ranges, what of the rows is published, and its words."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import Unavailable
from qtl_core.explain.plane import KnownRows
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.publish.doubt import doubt_of
from qtl_core.publish.facts import facts
from qtl_core.publish.folder import PageRequest, page_files
from qtl_core.publish.numbers import number_facts
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings
from tests.export.test_run_script import made
from tests.publish.test_folder import with_weights

NAMES = ("x", "<b>width")
VALUES = np.array([[0.0, 10], [1, 30], [4, 20], [-9, 99]], np.float32)  # the last one is held out


def numbers_run(source: str = "points", **settings: object) -> TrainedRun:
    """A run of two columns with random weights."""
    run = TrainedRun.of(made(RunSettings().changed(source=source, qubits=3, depth=2, **settings)))
    prepared = replace(run.prepared, feature_size=2, feature_names=NAMES, weights_sha256="")
    return with_weights(replace(run, prepared=prepared))


def find_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the rows found again that it learnt from."""
    found = KnownRows(("a", "b", "c", "d"), VALUES, np.array([0, 1, 0, 1]), 3)
    monkeypatch.setattr("qtl_core.publish.numbers.rows_of_run", lambda _: found)


def test_ranges_are_those_of_the_rows_it_learnt_from(monkeypatch):
    find_rows(monkeypatch)
    said = number_facts(numbers_run())
    assert said["are_known"]
    assert said["columns"] == [
        {"name": "x", "low": 0, "start": 1, "high": 4},
        {"name": "<b>width", "low": 10, "start": 20, "high": 30},
    ]


def test_points_of_a_shape_are_published_and_rows_of_peoples_tables_are_not(monkeypatch):
    find_rows(monkeypatch)
    assert number_facts(numbers_run())["points"] == [[0, 10, 0], [1, 30, 1], [4, 20, 0], [-9, 99, 1]]
    assert number_facts(numbers_run("table"))["points"] == []


def test_where_the_rows_are_gone_ranges_are_a_guess_and_said_to_be_one():
    run = numbers_run("table")
    epoch = run.epochs[-1]
    weights = run.checkpoint.best_weights | {MEAN: np.array([5.0, -1]), SCALE: np.array([2.0, 0.5])}
    checkpoint = replace(epoch.checkpoint, best_weights=weights)
    run = replace(run, epochs=(*run.epochs[:-1], replace(epoch, checkpoint=checkpoint)))
    said = number_facts(run)
    assert not said["are_known"]
    assert [(each["low"], each["high"]) for each in said["columns"]] == [(3.75, 6.25), (-6, 4)]


@pytest.mark.parametrize("head", ["dressed", "linear"])
def test_the_page_asks_for_numbers_and_speaks_of_no_picture(head, monkeypatch):
    find_rows(monkeypatch)
    monkeypatch.setattr("qtl_core.publish.folder.onnx_bytes", lambda *_, **__: b"tests/export makes it")
    run = numbers_run(head=head)
    page = page_files(PageRequest(TrainedModel("made", run), "Plants"))
    text = page["index.html"].decode()
    assert "Give it 2 numbers" in text and 'class="fields"' in text
    assert not re.search("picture|camera|image network says", re.sub(r"<script>.*?</script>", "", text, flags=re.S))
    assert (b'class="way"' in page["index.html"]) == (head == "dressed")
    said = facts(run, doubt_of(Unavailable("")))
    assert "transform" not in said and json.dumps(said)
