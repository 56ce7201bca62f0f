"""What the browser tells of pictures and zips that came, and who is shown where to drop them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.incoming import finish_archive, incoming_archive
from ui.base.visitor_cookie import NAME, new_secret
from ui.data import collect
from ui.data.collect import NO_COOKIE, ArrivedArchive

UPLOAD = "0123456789abcdef01234567"
PAGE = """
import streamlit as st
from qtl_core.pictures.datasets.creating import list_datasets
from ui.data.collect import show_collect
(dataset,) = list_datasets()
found = show_collect(dataset, dataset.classes[0])
st.text(f"{found.pictures} {found.archive}")
"""


def shown() -> AppTest:
    app = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not app.exception
    return app


def test_where_nothing_came_nothing_is_new():
    create("pets", ["cats", "dogs"])
    assert [text.value for text in shown().text] == ["False None"]


def test_a_browser_that_keeps_no_cookies_is_told_so(monkeypatch):
    create("pets", ["cats", "dogs"])
    monkeypatch.setenv("QTL_OPEN", "1")
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {})
    assert [info.value for info in shown().info] == [NO_COOKIE]
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {NAME: new_secret()})
    assert not shown().info


def arrived(owner: str = "") -> None:
    with incoming_archive(owner, UPLOAD, 0) as file:
        file.write(b"PK")
    finish_archive(owner, UPLOAD)


def test_a_zip_is_one_that_came(monkeypatch):
    monkeypatch.setattr(collect, "owner", lambda: "")
    told = {"upload": UPLOAD, "name": "pets.zip", "size": 2}
    assert collect._archive(told) is None
    arrived()
    found = collect._archive(told)
    assert isinstance(found, ArrivedArchive)
    assert (found.upload, found.name, found.path.read_bytes()) == (UPLOAD, "pets.zip", b"PK")
    monkeypatch.setattr(collect, "owner", lambda: "somebody else")
    assert collect._archive(told) is None


@pytest.mark.parametrize("told", [None, "x", 1, [], {}, {"upload": 5}, {"upload": "../../etc"}, {"upload": ""}])
def test_what_else_a_browser_says_is_nothing(monkeypatch, told):
    monkeypatch.setattr(collect, "owner", lambda: "")
    assert collect._archive(told) is None
