"""Who a visitor is: their browser's cookie; on a closed server everything is everybody's."""

from __future__ import annotations

import hashlib

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.creating import create
from tests.helpers.asgi import ask
from ui.base.trust import BY_ADDRESS
from ui.base.visitor_cookie import NAME, is_secret, new_secret, owner_of, set_cookie
from ui.shell.routes.cookie_middleware import VisitorCookie, secret_of
from ui.shell.routes.framed_cookies import FramedCookies


@pytest.fixture(autouse=True)
def open_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTL_OPEN", "1")


def answering(kind: str):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": b"hello"})

    return VisitorCookie(app)


def test_a_browser_without_a_cookie_gets_one_with_the_page():
    given = [ask(answering("text/html; charset=utf-8"), "GET", "/data").headers["set-cookie"] for _ in range(2)]
    assert given[0] != given[1]
    name, _, rest = given[0].partition("=")
    secret, *options = rest.split("; ")
    assert (name, is_secret(secret)) == (NAME, True)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(options)
    assert "Secure" not in options
    assert "Secure" in set_cookie(secret, secure=True)


@pytest.mark.parametrize(
    ("kind", "method", "cookie"),
    [
        ("text/html", "GET", f"a=1; {NAME}={'s' * 32}"),
        ("application/json", "GET", ""),
        ("text/html", "POST", ""),
    ],
    ids=["has one", "no page", "no reading"],
)
def test_nobody_else_gets_one(kind, method, cookie):
    assert "set-cookie" not in ask(answering(kind), method, "/", headers={"cookie": cookie}).headers


def test_a_closed_server_gives_one_too_so_that_what_is_made_stays_ones_own(monkeypatch):
    monkeypatch.setenv("QTL_OPEN", "0")
    assert ask(answering("text/html"), "GET", "/").headers["set-cookie"].startswith(f"{NAME}=")


@pytest.mark.parametrize(
    "value", ["", "short", "s" * 33, "s" * 31 + "/", "ü" * 32, '"' + "s" * 30 + '"', "s" * 31 + "\n"]
)
def test_what_is_none_of_ours_is_no_secret(value):
    assert not is_secret(value)
    assert secret_of({"headers": [(b"cookie", f"{NAME}={value}".encode())]}) == ""


def test_the_store_keeps_the_hash():
    secret = new_secret()
    assert owner_of(secret) == hashlib.sha256(secret.encode()).hexdigest()


def owner_on_a_page(monkeypatch: pytest.MonkeyPatch, cookies: dict[str, str]) -> list[str]:
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", cookies)
    page = "import streamlit as st\nfrom ui.session.visitor import is_known_again, owner\n"
    shown = AppTest.from_string(page + "st.text(owner())\nst.text(str(is_known_again()))", default_timeout=60).run()
    assert not shown.exception
    return [text.value for text in shown.text]


def test_a_page_knows_the_owner_by_the_cookie(monkeypatch):
    secret = new_secret()
    assert owner_on_a_page(monkeypatch, {NAME: secret}) == [owner_of(secret), "True"]


def test_a_browser_that_keeps_no_cookies_is_somebody_for_its_session_alone(monkeypatch):
    first, second = (owner_on_a_page(monkeypatch, {NAME: "made up"}) for _ in range(2))
    assert first[0] != second[0] != ""
    assert (first[1], second[1]) == ("False", "False")


def test_on_a_closed_server_everything_is_everybodys(monkeypatch):
    monkeypatch.setenv("QTL_OPEN", "0")
    assert owner_on_a_page(monkeypatch, {NAME: new_secret()}) == ["", "True"]


SEEN_BY = """
import streamlit as st
from ui.session.visitor import my_sets, visitor
st.text(", ".join(sorted(each.name for each in my_sets())))
"""


@pytest.mark.parametrize(
    ("is_open", "address", "host", "seen"),
    [
        ("0", None, "127.0.0.1:8501", "mine, of a shell, theirs"),
        (BY_ADDRESS, None, "127.0.0.1:8501", "mine, of a shell, theirs"),
        (BY_ADDRESS, "192.168.1.30", "192.168.1.20:8501", "mine"),
        ("1", None, "127.0.0.1:8501", "mine"),
    ],
)
def test_what_was_made_while_the_server_was_closed_is_still_seen_once_it_is_open(
    monkeypatch, is_open, address, host, seen
):
    secret = new_secret()
    create("mine", maker=owner_of(secret))
    create("theirs", owner="another")
    create("of a shell")
    monkeypatch.setenv("QTL_OPEN", is_open)
    for name, value in (("cookies", {NAME: secret}), ("ip_address", address), ("headers", {"Host": host})):
        monkeypatch.setattr(f"streamlit.runtime.context.ContextProxy.{name}", value)
    shown = AppTest.from_string(SEEN_BY, default_timeout=60).run()
    assert not shown.exception
    assert [text.value for text in shown.text] == [seen]


ODD = ['prefs={"a":1}', "t=x y", "flag", "n=M\u00fcller", "k[0]=1", "u@x=1", "p/q=1", 'q="', f"{NAME}=short"]


@pytest.mark.parametrize("odd", ODD)
def test_no_cookie_of_another_program_hides_ours(odd, monkeypatch):
    secret = new_secret()
    header = f"{odd}; {NAME}={secret}; z=1"
    assert secret_of({"headers": [(b"cookie", header.encode("latin-1"))]}) == secret
    headers = StreamlitHeaders([("Cookie", header)])
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.headers", headers)
    assert owner_on_a_page(monkeypatch, {}) == [owner_of(secret), "True"]


def test_a_page_of_another_site_may_show_the_app_where_streamlit_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(st, "get_option", {"server.xsrfCookieSameSite": "none"}.get)
    *_, same_site, secure, partitioned = ask(answering("text/html"), "GET", "/").headers["set-cookie"].split("; ")
    assert (same_site, secure, partitioned) == ("SameSite=None", "Secure", "Partitioned")


@pytest.mark.parametrize(
    ("cookie", "becomes"),
    [
        ("a=1; Path=/; SameSite=None; Secure", "a=1; Path=/; SameSite=None; Secure; Partitioned"),
        ("a=1; SameSite=None; Secure; Partitioned", "a=1; SameSite=None; Secure; Partitioned"),
        ("a=1; SameSite=Lax", "a=1; SameSite=Lax"),
    ],
)
def test_streamlits_own_cookie_is_kept_there_too(cookie: str, becomes: str):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", cookie.encode())]})
        await send({"type": "http.response.body", "body": b""})

    assert ask(FramedCookies(app), "GET", "/_stcore/health").headers["set-cookie"] == becomes
