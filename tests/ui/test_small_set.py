"""The offer for few pictures: what it says of steps holds for so few that the paper's cannot be made, too."""

from __future__ import annotations

import pytest

from qtl_core.settings import RunSettings, TrainingSettings
from ui.train.small_set import _pictures_of, settings_words, steps_words


@pytest.mark.parametrize(
    ("pictures", "epochs", "said"),
    [
        (8, 30, "30 epochs are 60 steps; 500 epochs, the most there can be, are 1,000 steps here."),
        (12, 30, "30 epochs are 90 steps; 500 epochs, the most there can be, are 1,500 steps here."),
        (16, 30, "30 epochs are 120 steps; the paper takes 1,830, which is 458 epochs here."),
        (4, 1, "1 epoch is 1 step; 500 epochs, the most there can be, are 500 steps here."),
    ],
)
def test_it_says_how_many_steps_there_are_and_can_be(pictures, epochs, said):
    words = steps_words(pictures, TrainingSettings(epochs=epochs))
    assert words == f"**{pictures} pictures to learn from**: {said}"


def test_only_where_the_paper_s_steps_are_made_they_are_promised():
    assert settings_words(8).startswith("The paper's learning rate, and the weights of the lowest validation loss")
    assert settings_words(20).startswith("The paper's learning rate and number of steps, and the weights of")


@pytest.mark.parametrize(
    ("data", "pictures"),
    [
        ({}, 0),  # all of a set that is not small
        ({"per_class": 5}, 10),
        ({"source": "drawn", "per_class": 20}, 40),
        ({"source": "points", "per_class": 5}, 0),  # no pictures
        ({"source": "folder", "per_class": 5}, 0),  # no folder is named
    ],
)
def test_of_pictures_drawn_from_each_class_those_count(data, pictures):
    assert _pictures_of(RunSettings().changed(**data)) == pictures
