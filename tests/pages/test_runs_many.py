"""A store of 5,000 runs on the Runs page: it asks no more of the store, and draws no more of it, than of a few.

How long a person waits for it is measured by `make page-speed`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.helpers.asked import statements
from tools.made_store import fill_store
from ui.runs.table import FIRST
from ui.session import keys

FEW, MANY = 7, 5_000


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> dict[int, Path]:
    """A home with so many runs, by their number: they are only read here, and many take seconds to make."""
    found = {}
    for runs in (FEW, MANY):
        found[runs] = tmp_path_factory.mktemp(f"{runs}_runs")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("QTL_HOME", str(found[runs]))
            fill_store(runs, epochs=1)
    return found


@pytest.fixture
def opened(homes, monkeypatch):
    """Opens the page's body over a store of so many, as a server has when it is not the first visit."""
    monkeypatch.setattr("ui.runs.page.show_study_link", lambda: None)  # a link to a page, and here is but one

    def page() -> None:
        from ui.base.errors import guarded
        from ui.runs.page import show_runs_page

        with guarded():
            show_runs_page()

    def over(runs: int) -> AppTest:
        monkeypatch.setenv("QTL_HOME", str(homes[runs]))
        return AppTest.from_function(page, default_timeout=300).run()

    return over


@pytest.fixture
def app(opened) -> AppTest:
    return opened(MANY)


def test_the_store_is_asked_no_more_often_for_many_than_for_few(opened, monkeypatch):
    asked, often = statements(monkeypatch), {}
    for runs in (FEW, MANY):
        app = opened(runs)
        asked.clear()
        app.run()
        assert not app.exception
        assert not app.error
        assert len(app.dataframe[0].value) == min(runs, FIRST)
        often[runs] = len(asked)
    assert 0 < often[MANY] <= often[FEW]


def test_a_search_takes_in_all_of_them_and_asks_no_more(app, monkeypatch):
    asked = statements(monkeypatch)
    app.run()
    without = len(asked)
    asked.clear()
    app.text_input(key=keys.RUNS_SEARCH).set_value("baseline ring").run()
    assert not app.exception
    assert 0 < len(app.dataframe[0].value) < MANY
    assert len(asked) <= without


def test_the_first_of_them_are_in_the_table_until_all_are_asked_for(app):
    first = list(app.dataframe[0].value["Time"])
    assert len(first) == FIRST
    app.get_by_key(keys.RUNS_ALL).set_value(True).run()
    everything = list(app.dataframe[0].value["Time"])
    assert len(everything) == MANY
    assert everything[:FIRST] == first
    app.selectbox(key=keys.RUNS_ORDER).set_value("Oldest first").run()
    app.get_by_key(keys.RUNS_ALL).set_value(False).run()
    assert list(app.dataframe[0].value["Time"]) == everything[::-1][:FIRST]
