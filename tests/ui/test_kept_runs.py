"""The kept runs a person can choose from: those with weights that are over; a store that cannot be used is said."""

from __future__ import annotations

import sqlite3

from streamlit.testing.v1 import AppTest

from qtl_core.runs import store
from qtl_core.runs.store import layout, opening
from tests.helpers.made_runs import made_run


def script() -> None:
    import streamlit as st

    from ui.session.kept_runs import choosable_runs

    st.text(" ".join(record.id for record in choosable_runs(2)))


def offered() -> AppTest:
    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    return app


def test_the_newest_runs_that_are_over_are_offered(tmp_path):
    view = made_run(tmp_path)
    runs = [store.keep_run(view) for _ in range(4)]
    store.delete([runs[3]])
    training = store.start_run("20260101-000000-aaaaaa", made_run(tmp_path, ended=False))
    assert offered().text[0].value.split() == [runs[2], runs[1]]
    training.close()


def test_a_store_of_a_newer_version_costs_a_sentence_and_not_the_page(tmp_path):
    store.keep_run(made_run(tmp_path))
    with sqlite3.connect(layout.store_file()) as connection:
        connection.execute("PRAGMA user_version = 99")
    opening._ready.clear()
    app = offered()
    assert app.text[0].value == ""
    assert "newer version of this app" in app.warning[0].value
