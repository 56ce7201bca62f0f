"""Odd and hostile files through the worker's own path: answered for the right way up, or turned down in a sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from qtl_core.inference.answering import BATCH_SIZE, answers
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import Answer, ImageRequest
from qtl_core.pictures.backbones.weights_files import spec_of
from tests.helpers.odd_files import bad_files, good_files, grey_files, picture, stored

ODD = [name for files in (good_files(), grey_files(), bad_files()) for name in files]


class Eye(Predictor):
    """A predictor that sees as the real one does, and has no network to ask."""

    def __init__(self) -> None:
        self.spec = spec_of("efficientnet_lite0")

    def explain_views(self, views, began):
        none = np.zeros(0)
        return [
            Explanation(Prediction("ants", {"ants": 1.0}, 0.1), view, none, none, none, none, none) for view in views
        ]


def answer_for(content: bytes) -> Answer:
    (answer,) = answers(Eye(), [ImageRequest("1", "photo.jpg", content)])
    return answer


def mean_colour(pixels: np.ndarray) -> np.ndarray:
    return pixels.reshape(-1, 3).astype(float).mean(axis=0)


def test_the_corpus_is_as_large_as_promised():
    assert len(ODD) >= 60
    assert len(set(ODD)) == len(ODD)


@pytest.mark.parametrize("name", good_files())
def test_a_picture_is_seen_upright_and_in_its_colours(name):
    seen = answer_for(good_files()[name]).explanation.seen
    assert seen.shape == (224, 224, 3)
    left, right, top = seen[120:, :80], seen[120:, -80:], seen[:20]
    assert mean_colour(left) == pytest.approx([255, 0, 0], abs=40)
    assert mean_colour(right) == pytest.approx([0, 0, 255], abs=40)
    assert mean_colour(top) == pytest.approx([0, 255, 0], abs=40)


@pytest.mark.parametrize("name", grey_files())
def test_a_picture_without_colour_keeps_its_darks_and_lights(name):
    seen = answer_for(grey_files()[name]).explanation.seen
    assert mean_colour(seen[:, :80]) == pytest.approx([0, 0, 0], abs=10)
    assert mean_colour(seen[:, -80:]) == pytest.approx([255, 255, 255], abs=10)


@pytest.mark.parametrize("name", bad_files())
def test_what_cannot_be_used_is_turned_down_in_a_sentence(name):
    answer = answer_for(bad_files()[name])
    assert answer.explanation is None
    assert answer.error.endswith(".")
    assert "Error" not in answer.error
    assert "alert" not in answer.error


def test_the_file_that_stands_for_adobe_has_its_marker_and_its_inverted_inks():
    content = good_files()["CMYK JPEG with Adobe's marker"]
    assert b"\xff\xee\x00\x0eAdobe" in content
    assert Image.open(io.BytesIO(content)).mode == "CMYK"


def test_one_pixel_is_a_picture():
    seen = answer_for(stored(picture((1, 1)), "PNG")).explanation.seen
    assert seen.shape == (224, 224, 3)
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) == 1


def test_good_files_among_bad_ones_keep_their_places():
    good, bad = good_files()["PNG"], bad_files()["HTML"]
    contents = [good, bad, bad, good, bad, good][:BATCH_SIZE]
    told = list(answers(Eye(), [ImageRequest(str(number), "x", content) for number, content in enumerate(contents)]))
    assert [answer.id for answer in told] == [str(number) for number in range(len(contents))]
    assert [answer.explanation is not None for answer in told] == [content is good for content in contents]
