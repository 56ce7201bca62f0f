"""Drawn pictures of neither ants nor bees: the same for the same number, different ones, some with a beetle."""

from __future__ import annotations

import hashlib

import pytest

from qtl_core.pictures.sources.drawn import neither
from qtl_core.pictures.sources.drawn.neither import draw_neither
from qtl_core.pictures.sources.drawn.texture import SIZE


def digest(number: int) -> str:
    return hashlib.sha256(draw_neither(number).tobytes()).hexdigest()


def test_a_number_is_a_picture():
    picture = draw_neither(3)
    assert (picture.mode, picture.size) == ("RGB", SIZE)
    assert digest(3) == hashlib.sha256(picture.tobytes()).hexdigest()
    assert len({digest(number) for number in range(4)}) == 4


def test_about_as_many_have_a_beetle_as_have_none(monkeypatch):
    drawn: list[int] = []
    monkeypatch.setattr(neither, "_beetle", lambda *_: drawn.append(1))
    with_one = 0
    for number in range(24):
        before = len(drawn)
        draw_neither(number)
        with_one += len(drawn) > before
    assert 6 <= with_one <= 18


def test_its_grounds_are_those_of_ants_and_of_bees():
    scenes = neither._scenes()
    assert {"sand", "comb", "sky", "flower"} <= set(scenes)
    assert sum(scenes.values()) == pytest.approx(201)
