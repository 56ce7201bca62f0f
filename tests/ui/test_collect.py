"""Who is shown where to drop pictures and zips."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.creating import create
from ui.base.visitor_cookie import NAME, new_secret
from ui.data.collect import NO_COOKIE

PAGE = """
from qtl_core.pictures.datasets.creating import list_datasets
from ui.data.collect import show_collect
(dataset,) = list_datasets()
show_collect(dataset, dataset.classes[0])
"""


def shown() -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    return app


def test_a_browser_that_keeps_no_cookies_is_told_so(monkeypatch):
    create("pets", ["cats", "dogs"])
    monkeypatch.setenv("QTL_OPEN", "1")
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {})
    assert [info.value for info in shown().info] == [NO_COOKIE]
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {NAME: new_secret()})
    assert not shown().info
