"""A store of 5,000 runs: what the Runs page takes of a processor, which other work on the machine does not change."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from tests.made_store import fill_store
from ui import state
from ui.runs.table import FIRST

MANY = 5_000
USABLE_S = 1.0  # of one core, for all that the server does for the page


@pytest.fixture
def app(tmp_path, monkeypatch) -> AppTest:
    """The page's body over such a store, opened once, as a server has when it is not the first visit."""
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    fill_store(MANY, epochs=1)

    def page() -> None:
        from ui.errors import guarded
        from ui.runs_page import show_runs_page

        with guarded():
            show_runs_page()

    return AppTest.from_function(page, default_timeout=300).run()


def seconds(action) -> float:
    """Processor time of this process."""
    began = time.process_time()
    action()
    return time.process_time() - began


def test_the_page_is_usable_within_a_second(app):
    search = app.text_input(key=state.RUNS_SEARCH)
    opening = seconds(lambda: app.run())
    searching = seconds(lambda: search.set_value("baseline ring").run())
    print(f"{MANY:,} runs: {opening:.2f} s of a core to show, {searching:.2f} s to search")
    assert not app.exception
    assert not app.error
    assert 0 < len(app.dataframe[0].value) < MANY
    assert max(opening, searching) < USABLE_S


def test_the_first_of_them_are_in_the_table_until_all_are_asked_for(app):
    first = list(app.dataframe[0].value["Time"])
    assert len(first) == FIRST
    app.get_by_key(state.RUNS_ALL).set_value(True).run()
    everything = list(app.dataframe[0].value["Time"])
    assert len(everything) == MANY
    assert everything[:FIRST] == first
    app.selectbox(key=state.RUNS_ORDER).set_value("Oldest first").run()
    app.get_by_key(state.RUNS_ALL).set_value(False).run()
    assert list(app.dataframe[0].value["Time"]) == everything[::-1][:FIRST]
