"""A run's file brings its pictures along where somebody asks on the Runs page, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.creating import delete
from qtl_core.settings import RunSettings
from qtl_core.ways_out.catalogue import ARCHIVE
from tests.exchange.test_run_files import kept
from tests.exchange.test_run_files_pictures import run_of, version_of
from tests.helpers.made_runs import made_run
from ui.runs import export_panel


def script(run_id: str) -> None:
    from qtl_core.runs.store import find_run
    from ui.runs.export_panel import show_take_along

    show_take_along(find_run(run_id))


@pytest.fixture
def asked(monkeypatch) -> list[bool]:
    """Whether the whole file brings its pictures along, each time that its button is shown."""
    found: list[bool] = []
    show = export_panel.show_button

    def noting(way, taken, **more) -> None:
        if way is ARCHIVE:
            found.append(taken.pictures)
        show(way, taken, **more)

    monkeypatch.setattr(export_panel, "show_button", noting)
    return found


def test_it_is_off_until_somebody_asks(asked):
    app = AppTest.from_function(script, default_timeout=60, args=(run_of(version_of()),)).run()
    assert not app.exception
    assert not app.checkbox[0].value and "Whoever gets the file sees them" in app.checkbox[0].help
    assert export_panel.PICTURES in [each.value for each in app.caption]
    app.checkbox[0].check().run()
    assert asked == [False, True]
    assert export_panel.PICTURES not in [each.value for each in app.caption]


def test_where_they_are_gone_it_says_why(asked):
    version = version_of()
    run_id = run_of(version)
    delete(version.set_id)
    app = AppTest.from_function(script, default_timeout=60, args=(run_id,)).run()
    assert app.checkbox[0].disabled and asked == [False]
    assert any("data set" in each.value for each in app.caption)


def test_a_run_of_other_pictures_is_not_asked(asked):
    app = AppTest.from_function(script, default_timeout=60, args=(kept(),)).run()
    assert not app.checkbox and asked == [False]


def test_of_a_run_that_learnt_numbers_no_picture_is_spoken_of():
    made = made_run(Path("nowhere"), settings=RunSettings().changed(source="points"))
    app = AppTest.from_function(script, default_timeout=60, args=(kept(made),)).run()
    assert not app.exception and app.caption
    assert export_panel.PICTURES not in [each.value for each in app.caption]
