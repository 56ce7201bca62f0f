"""Doubts about a run stand wherever it goes: answers all alike, no better than guessing, a training that broke off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtl_core.export.run_notebook import run_notebook
from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.doubts import constant_words, doubts
from qtl_core.inference.model_card import model_card
from qtl_core.inference.requests import model_of
from qtl_core.publish.words import about_words
from qtl_core.runs.events import Failed
from tests.inference.test_model_card import with_answers

BUNDLED = bundled_run()
LABELS = np.array(BUNDLED.prepared.val_labels)
COMMONEST = int(np.bincount(LABELS).max())


def test_a_run_that_answers_everything_alike_is_not_said_to_tell_its_classes():
    alike = with_answers(np.tile([0.2, 0.8], (153, 1)))
    said = "It answers everything alike: bees for every one of its 153 validation drawings"
    assert constant_words(alike).startswith(said) and constant_words(BUNDLED) == ""
    assert model_card(alike)[0].startswith("It was trained to tell ants from bees, which it does not do. It was shown")
    assert said in run_notebook(alike, "", "run.ipynb").decode()


def test_the_level_of_guessing_stands_beside_what_it_gets():
    level = f"would get {COMMONEST} of 153 right"
    assert any(each.endswith(f"{level}.") for each in doubts(BUNDLED))
    swapped = np.eye(2)[1 - LABELS]
    assert any(f"{level}: it is no better than guessing." in each for each in doubts(with_answers(swapped)))


def test_a_training_that_broke_off_is_said():
    failed = replace(BUNDLED, ended=None, failed=Failed("The disk is full.", "There is no room."))
    assert any("broke off after epoch" in each and "The disk is full." in each for each in doubts(failed))
    assert any("was stopped after epoch" in each for each in doubts(replace(BUNDLED, ended=None)))


def test_a_published_page_says_so_too_of_a_run_that_goes_out_with_two_epochs():
    alike = replace(with_answers(np.tile([0.2, 0.8], (153, 1))), ended=None)
    later = tuple(replace(alike.epochs[-1], epoch=number, is_best=False) for number in (7, 8, 9))
    several = replace(alike, epochs=(*alike.epochs, *later))
    said = dict(about_words(model_of(several, "made"), ""))["How good it is."]
    assert "It answers everything alike: bees" in said
    assert "Its training was stopped after epoch 9 of" in said
