"""The studio behind a real nginx, with the file of `deploy/`, at a path of its own."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from tests.helpers.nginx import needs_nginx, running_nginx, site_for
from tests.hosting.conftest import BASE

pytestmark = needs_nginx


@pytest.fixture(scope="module")
def front(image_app: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an nginx that lets a megabyte through and no more."""
    with running_nginx(tmp_path_factory.mktemp("nginx") / "front", site_for(image_app, limit="1m")) as nginx:
        yield nginx.address


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follows none."""


def asked(address: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(address, body, headers, method=method)
    try:
        with urllib.request.build_opener(StayHere).open(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_pages_are_served_below_the_path(front: str):
    status, headers, page = asked(f"{front}/{BASE}/")
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert b'src="/' not in page  # nothing is looked for at the root, which is somebody else's
    assert headers["Set-Cookie"].startswith("qtl_visitor=")


def test_the_path_without_its_slash_leads_there(front: str):
    status, headers, _ = asked(f"{front}/{BASE}?qubits=3")
    assert (status, headers["Location"]) == (308, f"{front}/{BASE}/?qubits=3")


@pytest.mark.parametrize("path", ["own/nothing", "own/answer/nobody"])
def test_our_own_routes_answer_below_it(front: str, path: str):
    status, headers, body = asked(f"{front}/{BASE}/{path}")
    assert (status, headers.get_content_type()) == (404, "application/json")
    assert "error" in json.loads(body)


def test_the_phones_page_is_there_and_asks_nothing_of_the_root(front: str):
    status, _, page = asked(f"{front}/{BASE}/phone")
    assert status == 200
    assert b'fetch("/' not in page


def test_a_browser_that_came_by_nginxs_name_is_our_own_site(front: str):
    status, _, body = asked(f"{front}/{BASE}/own/archives/0123456789abcdef01234567", Origin=front)
    assert (status, json.loads(body)["error"]) == (
        403,
        "This browser keeps no cookies, so nothing that it makes can be kept as its own. Allow them, then reload.",
    )
    status, _, body = asked(f"{front}/{BASE}/own/archives/0123456789abcdef01234567", Origin="http://elsewhere.test")
    assert json.loads(body)["error"].startswith("This request came from another site")


def test_nginx_refuses_what_is_larger_than_its_limit_in_a_way_that_the_page_can_tell(front: str):
    address = f"{front}/{BASE}/own/0123456789ab/1/pictures?name=a.jpg"
    status, headers, _ = asked(address, "PUT", bytes(2 * 2**20))
    assert (status, headers.get_content_type()) == (413, "text/html")  # ours are JSON: ui/assets/send.js


@pytest.mark.parametrize("base", [BASE, ""])
def test_the_documented_file_works_at_the_root_and_below_it(base: str):
    site = site_for("http://127.0.0.1:1", base=base)
    assert f"location /{base}{'/' * bool(base)} {{" in site
