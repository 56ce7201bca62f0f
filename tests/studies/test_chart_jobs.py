"""A study's charts drawn in a worker: each that is offered there is, and its points name their runs."""

from __future__ import annotations

import pytest

from qtl_core.studies.chart_jobs import (
    BANDS,
    DOTS,
    EPOCHS,
    HEAT,
    IMPORTANCE,
    PARALLEL,
    ChartRequest,
    chart_of,
    kinds_for,
)
from tests.helpers.made_studies import made_study

AXES = {
    DOTS: ("head", ""),
    BANDS: ("depth", "head"),
    HEAT: ("depth", "head"),
    PARALLEL: ("", ""),
    EPOCHS: ("", "head"),
    IMPORTANCE: ("", ""),
}


def test_every_chart_that_is_offered_is_drawn():
    store = made_study("head=dressed,bottleneck", "depth=0,2,4")
    assert kinds_for(store.plan) == list(AXES)
    for kind, (x, y) in AXES.items():
        measure = "val_accuracy" if kind == EPOCHS else "last_val_accuracy"
        assert chart_of(ChartRequest(store.id, kind, measure, x, y)).figure.data, kind


@pytest.mark.parametrize(
    ("axes", "kinds"),
    [((), [DOTS, EPOCHS]), (("head=dressed,linear",), [DOTS, EPOCHS, IMPORTANCE])],
)
def test_charts_over_axes_need_them(axes, kinds):
    assert kinds_for(made_study(*axes).plan) == kinds


def test_a_field_of_the_heat_map_names_the_run_nearest_to_its_mean():
    store = made_study("head=dressed,bottleneck", "depth=0,2,4")
    fields, *_, points = chart_of(ChartRequest(store.id, HEAT, "last_val_accuracy", "depth", "head")).figure.data
    assert {point[0] for point in points.customdata} == set(fields.customdata[:, :, 0].ravel())
    assert {point[0] for point in points.customdata} <= set(store.rows())
    assert points.marker.opacity == 0
    assert "%{z" not in points.hovertemplate
    assert points.text[0].endswith("%")


def test_importance_comes_with_its_sentence():
    store = made_study("head=dressed,bottleneck", "depth=0,2,4")
    assert chart_of(ChartRequest(store.id, IMPORTANCE, "last_val_accuracy")).words


def test_lines_through_all_axes_come_with_their_numbers():
    store = made_study("head=dressed,bottleneck", "depth=0,2,4")
    lines = chart_of(ChartRequest(store.id, PARALLEL, "last_val_accuracy")).lines
    assert len(lines.means) == 6 and set(lines.keys) <= set(store.rows())
