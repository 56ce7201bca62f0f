"""Bursts that came as files: found by names and looks together, and by neither alone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from qtl_core.pictures.findings.bursts import find_bursts, follow_each_other, natural_order
from qtl_core.pictures.sources.perceptual_hash import SIDE, PerceptualHash


def panorama(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 10, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((400, 240), Image.Resampling.BICUBIC)


def frames(seed: int, count: int) -> list[PerceptualHash]:
    """What a camera sees that is moved along a scene, a fortieth of its view a frame."""
    views = [panorama(seed).crop((8 * at, 20, 8 * at + 300, 220)) for at in range(count)]
    return [
        PerceptualHash(f"{seed} {at}", np.asarray(view.resize((SIDE, SIDE))).tobytes()) for at, view in enumerate(views)
    ]


def test_a_burst_is_found_among_other_pictures():
    looks = [look for seed in range(9) for look in frames(seed, 1)] + frames(20, 12)
    names = [f"photo of something {seed}.jpg" for seed in "abcdefghi"] + [
        f"IMG_{number:04}.jpg" for number in range(96, 108)
    ]
    assert find_bursts(names, [0] * 21, looks) == [list(range(9, 21))]


def test_names_alone_make_no_burst():
    looks = [look for seed in range(12) for look in frames(seed, 1)]
    assert find_bursts([f"IMG_{number}.jpg" for number in range(12)], [0] * 12, looks) == []


def test_looks_alone_make_no_burst():
    assert find_bursts(list("abcdefghijkl"), [0] * 12, frames(3, 12)) == []


def test_two_bursts_that_follow_each_other_stay_two():
    looks = [*frames(1, 5), *frames(2, 5)]
    assert find_bursts([f"{number}.jpg" for number in range(10)], [0] * 10, looks) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_a_burst_is_of_one_class():
    assert find_bursts([f"{number}.jpg" for number in range(6)], [0, 0, 0, 1, 1, 1], frames(1, 6)) == [
        [0, 1, 2],
        [3, 4, 5],
    ]


def test_frames_that_are_gone_or_plain_or_unreadable_do_not_end_it():
    looks = frames(1, 9)
    del looks[4]
    names = [f"DSC{number}.jpg" for number in (1, 2, 3, 4, 6, 7, 8, 9)]
    plain = PerceptualHash("", bytes(SIDE * SIDE * 3), pixels="black")
    found = find_bursts([*names, "DSC5.jpg", "DSC10.jpg"], [0] * 10, [*looks, plain, None])
    assert found == [list(range(8))]


def test_two_pictures_are_no_burst():
    assert find_bursts(["1.jpg", "2.jpg"], [0, 0], frames(1, 2)) == []


@pytest.mark.parametrize(
    ("one", "other", "do"),
    [
        ("IMG_0012.jpg", "IMG_0013.jpg", True),
        ("IMG_9.jpg", "IMG_10.JPG", True),
        ("IMG_0012.jpg", "IMG_0112.jpg", False),
        ("IMG_0012.jpg", "DSC_0013.jpg", False),
        ("20240501_101530.jpg", "20240501_101531.jpg", True),
        ("20240501_101530.jpg", "20240502_101530.jpg", True),
        ("20240501_101530.jpg", "20240502_101531.jpg", False),
        ("shot-1714550000123.jpg", "shot-1714550001100.jpg", True),
        ("shot-1714550000123.jpg", "shot-1714550100123.jpg", False),
        ("a.jpg", "b.jpg", False),
        ("Bild (1).jpg", "Bild (2).jpg", True),
    ],
)
def test_which_names_follow_each_other(one, other, do):
    assert follow_each_other(one, other) == follow_each_other(other, one) == do


def test_numbers_in_names_are_in_their_order():
    assert sorted(["b10", "b2", "B1", "a"], key=natural_order) == ["a", "B1", "b2", "b10"]
