"""Charts as files: what is in them lies where its values say, whatever names and figures they are given."""

from __future__ import annotations

import io
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qtl_core.drawing.charts.chart import Chart, Panel, Series, number, share
from qtl_core.drawing.charts.painters import chart_png, chart_svg, dashes
from qtl_core.drawing.charts.scene import Mark, Stroke, Words, scene_of, ticks

SVG = "{http://www.w3.org/2000/svg}"


def chart(*series: Series, **changes: object) -> Chart:
    values = {
        "title": "Accuracy",
        "x_title": "Epoch",
        "series": series,
        "x_range": (0, 10),
        "y_range": (0.0, 1.0),
        "x_words": number,
        "y_words": share,
    } | changes
    return Chart("A chart", (Panel(**values),))


def line(name: str = "one", y: tuple[float, ...] = (0.0, 0.5, 1.0), **changes: object) -> Series:
    return Series(name, tuple(range(0, 5 * len(y), 5)), y, "#0072B2", **changes)


def data_strokes(found: Chart) -> list[Stroke]:
    """The curves, without the legend's sample."""
    return [stroke for stroke in scene_of(found).strokes if stroke.colour == "#0072B2"][1:]


def test_points_lie_where_their_values_say():
    (curve,) = data_strokes(chart(line()))
    (left, bottom), middle, (right, top) = curve.points
    assert middle == (pytest.approx((left + right) / 2), pytest.approx((top + bottom) / 2))
    assert bottom - top == 220
    grid = [stroke for stroke in scene_of(chart(line())).strokes if stroke.points[0][0] == stroke.points[1][0] == left]
    assert grid, "the axis begins where the first value lies"


def test_rows_go_from_the_top_and_have_their_intervals():
    found = chart(
        Series("", (5,), (0,), "#0072B2", symbol="circle", joined=False, low=(2,), high=(8,)),
        Series("", (5,), (1,), "#D55E00", symbol="square", joined=False),
        y_range=(1.5, -0.5),
        rows=("first", "second"),
    )
    scene = scene_of(found)
    places = {words.text: words.y for words in scene.words}
    first, second = scene.marks
    assert (first.y, second.y) == (places["first"], places["second"])
    assert first.y < second.y
    (interval,) = [stroke for stroke in scene.strokes if stroke.colour == "#0072B2"]
    assert interval.points[0][0] < first.x < interval.points[1][0]


def test_a_figure_that_is_no_number_leaves_a_gap():
    pieces = data_strokes(chart(line(y=(0.1, 0.2, math.nan, 0.4, 0.5)), x_range=(0, 20)))
    assert [len(piece.points) for piece in pieces] == [2, 2]
    assert data_strokes(chart(line(y=(math.nan, math.inf)))) == []


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", "\x00\ufffe\x1b[31m", "x" * 10_000, "ünï 🐝"])
def test_any_name_is_only_a_name(name):
    text = chart_svg(chart(line(name)))
    tree = ET.fromstring(text)
    assert {element.tag for element in tree.iter()} <= {
        SVG + tag for tag in ("svg", "title", "rect", "polyline", "circle", "polygon", "text")
    }
    assert len(text) < 20_000
    assert Image.open(io.BytesIO(chart_png(chart(line(name))))).size[0] == 1440


def test_both_files_hold_the_same_picture():
    found = chart(line(symbol="diamond"))
    tree = ET.fromstring(chart_svg(found))
    pixels = np.asarray(Image.open(io.BytesIO(chart_png(found))))
    assert pixels.shape[:2] == (2 * float(tree.get("height")), 2 * float(tree.get("width")))
    for mark in scene_of(found).marks:
        assert isinstance(mark, Mark)
        assert pixels[round(2 * mark.y), round(2 * mark.x)].tolist() == [0x00, 0x72, 0xB2]
    assert {text.text for text in tree.iter(f"{SVG}text")} == {words.text for words in scene_of(found).words}
    assert all(isinstance(words, Words) for words in scene_of(found).words)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_few_and_inside(low, span):
    found = ticks(low, low + span)
    slack = 1e-6 * max(abs(low), span)
    assert len(found) <= 8
    assert all(low - slack <= value <= low + span + slack for value in found)


def test_ticks_are_round():
    assert ticks(0.65, 1.02) == [0.7, 0.8, 0.9, 1.0]
    assert ticks(0, 30, most=8) == [0, 5, 10, 15, 20, 25, 30]


def test_a_dashed_line_is_as_long_as_its_strokes_and_gaps():
    pieces = list(dashes([(0, 0), (10, 0), (10, 10)], (4, 2)))
    assert sum(math.dist(*piece) for piece in pieces) == pytest.approx(14)  # 4 of every 6, of 20
    assert pieces[0] == ((0, 0), (4, 0))
