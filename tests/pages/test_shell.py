"""The shell without a browser: what `guarded` says, and where a page's file leads in either of Streamlit's two ways."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PROJECT
from ui.base.pages import PAGES


def run(body: str) -> AppTest:
    """Runs lines of Python below `with guarded():`."""
    imports = (
        "import streamlit as st\nfrom qtl_core.common.errors import UserError\nfrom ui.base.errors import guarded\n"
    )
    indented = "".join(f"    {line}\n" for line in body.splitlines())
    return AppTest.from_string(f"{imports}with guarded():\n{indented}", default_timeout=60).run()


def test_a_users_error_says_what_why_and_what_to_do():
    shown = run('raise UserError("my_photos[1] is empty.", "No picture was found.", "Choose another folder.")')
    assert [error.value for error in shown.error] == [
        r"**my\_photos\[1\] is empty.**" + "\n\nNo picture was found. Choose another folder."
    ]
    assert not shown.exception


def test_an_address_in_an_error_stays_whole():
    shown = run('raise UserError("No_photos.", "Fetch https://a.org/my_photos.zip by hand.")')
    assert [error.value for error in shown.error] == [
        r"**No\_photos.**" + "\n\nFetch https://a.org/my_photos.zip by hand."
    ]


def test_a_bug_is_a_sentence_on_the_page_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR):
        shown = run('st.write("before")\nraise ZeroDivisionError("secret detail")')
    (message,) = [error.value for error in shown.error]
    (record,) = [record for record in caplog.records if record.name == "ui.base.errors"]
    assert record.args[0] in message
    assert record.exc_info[0] is ZeroDivisionError
    assert "secret detail" not in message
    assert not shown.exception
    assert [text.value for text in shown.markdown] == ["before"]


def test_stop_and_rerun_pass_through():
    shown = run('if "again" not in st.session_state:\n    st.session_state.again = True\n    st.rerun()\nst.stop()')
    assert not shown.error
    assert shown.session_state.again


def test_a_guarded_fragment_shows_its_own_error():
    shown = run('@st.fragment\n@guarded()\ndef part():\n    raise UserError("Inside.")\npart()\nst.write("after")')
    assert [error.value for error in shown.error] == ["**Inside.**"]
    assert [text.value for text in shown.markdown] == ["after"]


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
@pytest.mark.parametrize("by_way_of_app", [True, False], ids=["through app.py", "deep link on a fresh server"])
def test_every_page_opens_and_links_to_every_page(entry, by_way_of_app: bool):
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if by_way_of_app:
        app.run()
    shown = app.switch_page(entry.path).run()
    assert not shown.exception
    links = [link.proto.label for link in shown.get("page_link")]
    assert links[: len(PAGES)] == [page.title for page in PAGES]
