"""The words on distances: what was measured, and never what a picture shows."""

from __future__ import annotations

import re

import pytest

from qtl_core.evaluation.ood import OodReport
from qtl_core.evaluation.ood_words import distance_in_words, flag_message, flags_message
from tests.conftest import PROJECT

FAR = OodReport(False, 0.785, 0.4684, 0, 244, "real photos", beyond=12, trained_on="drawings of ants and bees")
NEAR = OodReport(False, 0.31, 0.4684, 101, 244, "real photos", beyond=12, trained_on="drawings of ants and bees")
BLANK = OodReport(True, 0.9, 0.4684, 0, 244, "real photos", beyond=12)
SAYS_WHAT_IT_IS = re.compile(
    r"looks? like (neither|none)|(not|neither|no) an? ant (or|nor|and)|neither ants? nor", re.I
)
USER_FACING = ("qtl_core", "ui", "pages", "README.md", "docs")


def test_a_far_picture_is_said_to_be_far_with_number_limit_and_how_often_known_ones_are():
    said = flag_message(FAR)
    assert said.startswith("Unlike the pictures this run learnt from (it only saw drawings of ants and bees): ")
    assert "distance from the nearest of them is 0.785, beyond the limit of 0.468." in said
    assert "Of 244 real photos, 12 (4.9%) exceed it as well." in said
    assert said.endswith("This says how far away it is, not what it shows.")
    assert flag_message(NEAR) == ""
    assert "plain colour" in flag_message(BLANK)


def test_several_pictures_are_counted_by_their_flags():
    far, blank = flags_message([FAR, FAR, NEAR, BLANK])
    assert far.startswith(
        "**2 of 4 are unlike the pictures this run learnt from** (it only saw drawings of ants and bees)"
    )
    assert "limit of 0.468" in far
    assert "12 (4.9%)" in far
    assert blank.startswith("**1 of 4 pictures shows nothing.**")
    assert "12 (4.9%) exceed it as well. This says how far away they are, not what they show." in far
    assert flags_message([NEAR, NEAR]) == []
    (one,) = flags_message([FAR, NEAR])
    assert one.startswith("**1 of 2 is unlike")
    assert one.endswith("This says how far away it is, not what it shows.")


def test_a_near_picture_gets_the_same_figures():
    said = distance_in_words(NEAR)
    assert "is 0.310, from 0 (alike) to 1" in said
    assert "The limit is 0.468." in said
    assert "Of 244 real photos, 12 (4.9%) exceed it. 101 of them" in said, "this one does not exceed it, too"
    assert said.endswith("101 of them are as far away as this one, or farther.")
    assert distance_in_words(OodReport(False, unknown="Gone.")) == ""


def test_a_distance_and_a_limit_that_it_exceeds_never_read_the_same():
    assert "is 0.46841, beyond the limit of 0.46840." in flag_message(OodReport(False, 0.46841, 0.4684, 0, 20, "x"))


@pytest.mark.parametrize("place", USER_FACING)
def test_no_text_says_of_a_picture_what_it_is_because_it_is_far_away(place):
    top = PROJECT / place
    files = (
        [top] if top.is_file() else [each for each in top.rglob("*") if each.suffix in {".py", ".md", ".js", ".html"}]
    )
    assert files
    found = [file.name for file in files if SAYS_WHAT_IT_IS.search(file.read_text(encoding="utf-8"))]
    assert not found
