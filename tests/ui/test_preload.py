"""Code that is fetched ahead is really there, and where it is not, nothing is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from ui.base import streamlit_internals
from ui.shell import preload


def test_the_code_of_tables_is_a_file_that_streamlit_serves():
    (name,) = re.findall(r'new URL\("([^"]+)"', preload.fetched_ahead())
    assert (Path(st.__file__).parent / "static/static/js" / name).is_file()


def test_a_streamlit_that_has_it_elsewhere_is_asked_for_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(streamlit_internals.st, "__file__", str(tmp_path / "__init__.py"))
    assert preload.fetched_ahead() == ""
