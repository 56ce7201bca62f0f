"""`learn` from a shell: experiments listed, learnt, and refused where there is none of that name."""

from __future__ import annotations

import json

import pytest

from qtl_core.cli.learn import listing, run
from qtl_core.learn.experiments import catalogue
from tests.helpers.shell import shell
from tests.helpers.toy_experiment import TOY


@pytest.fixture
def toy(monkeypatch):
    """The made-up experiment in place of all others, and of the directions of the paper."""
    for module in (listing, run):
        monkeypatch.setattr(module, "DIRECTIONS", {})
        monkeypatch.setattr(module, "all_keys", lambda: ("toy",))
        monkeypatch.setattr(module, "experiment", lambda _: TOY)


def test_an_experiment_is_one_object_with_the_numbers_of_every_stop(capsys, toy):
    done = shell(capsys, "learn", "run", "toy", "--json")
    assert done.returncode == 0 and "3 of 3" in done.stderr
    found = json.loads(done.stdout)
    assert found["task_a"] == "half the line" and found["task_b"] == TOY.task_b and found["carried"] == TOY.carried
    for way in (found["scratch"], found["transferred"], *(stop["scratch"] for stop in found["stops"])):
        assert set(way) == {"median", "low", "high", "missed"} and way["low"] <= way["median"] <= way["high"]
    assert found["low"] <= found["difference"] <= found["high"] and found["p"] <= found["p_corrected"] <= 1
    assert (found["seeds"], found["likeness"], found["verdict"]) == (20, 0.5, "saved")
    assert [stop["likeness"] for stop in found["stops"]] == [0, 0.5, 0.9]
    assert found["stops"][1].items() <= found.items()
    assert f"saves {found['difference']:.0f} looks on average" in found["sentence"]


def test_another_stop_is_asked_for_and_told_in_words(capsys, toy):
    done = shell(capsys, "learn", "run", "toy", "--likeness", "0.9")
    assert done.returncode == 0 and "First nearly the line is learnt; then the line of B" in done.stdout
    assert "nothing in common (first a line of noise)" in done.stdout and TOY.without in done.stdout
    at_zero = json.loads(shell(capsys, "learn", "run", "toy", "--likeness", "0", "--json").stdout)
    assert at_zero["verdict"] == "uncertain" and "luck would not give" in at_zero["sentence"]


def test_a_stop_or_an_experiment_that_is_not_there_is_refused_with_what_there_is(capsys, toy):
    for words, said in (
        (("toi",), "no experiment “toi”. Is toy meant? Choose from toy."),
        (("toy", "--likeness", "0.3"), "no stop 0.3. Choose from 0, 0.5, 0.9."),
    ):
        done = shell(capsys, "learn", "run", *words)
        assert (done.returncode, done.stdout) == (2, "") and said in done.stderr


def test_the_list_names_every_experiment_with_its_stops(capsys, toy):
    assert shell(capsys, "learn", "list").stdout.split() == ["toy", *TOY.title.split()]
    (listed,) = map(json.loads, shell(capsys, "learn", "list", "--json").stdout.splitlines())
    assert listed["likenesses"] == [0, 0.5, 0.9] and listed["usual"] == 0.5 and listed["task_a"] == "half the line"


def test_every_experiment_of_the_catalogue_is_listed(capsys):
    listed = [json.loads(line) for line in shell(capsys, "learn", "list", "--json").stdout.splitlines()]
    assert [each["key"] for each in listed][: len(catalogue.all_keys())] == list(catalogue.all_keys())
