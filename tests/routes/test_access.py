"""Who may add to a set: its owner and its phones, on a closed server whoever reaches it, and no other site."""

from __future__ import annotations

import pytest

from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.tokens import make_token, revoke_tokens
from tests.helpers.asgi import ask
from tests.helpers.own_sets import noise_picture
from ui.base.trust import BY_ADDRESS
from ui.base.visitor_cookie import NAME, new_secret, owner_of

SECRET = new_secret()
HERE = "http://127.0.0.1:8501"


def put(app, dataset, headers, class_id=1):
    return ask(app, "PUT", f"/own/{dataset.id}/{class_id}/pictures?name=a.png", [noise_picture(1)], headers)


@pytest.fixture
def pets():
    return create("pets", ["cats", "dogs"], owner=owner_of(SECRET))


def test_on_an_open_server_the_owner_adds_and_nobody_else(open_routes, pets):
    for cookie in ("", f"{NAME}={new_secret()}", f"{NAME}={owner_of(SECRET)}", f"{NAME}=", "x" * 5000):
        found = put(open_routes, pets, {"cookie": cookie})
        assert (found.status, found.json["again"]) == (403, False)
    assert pictures_of(pets.id) == ()
    assert put(open_routes, pets, {"cookie": f"other=1; {NAME}={SECRET}"}).json["added"]


def test_what_nobody_owns_is_not_everybodys_on_an_open_server(open_routes):
    teachers = create("of the shell", ["a", "b"])
    assert put(open_routes, teachers, {"cookie": f"{NAME}={SECRET}"}).status == 403


@pytest.mark.parametrize(("headers", "status"), [({}, 200), ({"X-Forwarded-For": "192.0.2.7"}, 403)])
def test_who_sits_at_the_computer_adds_to_every_set_of_a_server_that_answers_a_room(
    routes, monkeypatch, pets, headers, status
):
    monkeypatch.setenv("QTL_OPEN", BY_ADDRESS)
    for dataset in (pets, create("of the shell", ["a", "b"])):
        assert put(routes, dataset, headers).status == status
    assert put(routes, pets, headers | {"host": "192.168.1.20:8501"}).status == 403


def test_what_a_browser_made_while_the_server_was_closed_is_its_own_once_it_is_open(open_routes):
    mine = create("mine", ["a", "b"], maker=owner_of(SECRET))
    assert put(open_routes, mine, {"cookie": f"{NAME}={new_secret()}"}).status == 403
    assert put(open_routes, mine, {"cookie": f"{NAME}={SECRET}"}).json["added"]


def test_a_phone_adds_to_its_class_until_its_code_is_taken_back(open_routes, pets):
    token = make_token(pets.id, 1)
    assert put(open_routes, pets, {"X-Qtl-Token": token}).json["added"]
    (picture,) = pictures_of(pets.id)
    assert picture.origin == "phone"
    wrong = put(open_routes, pets, {"X-Qtl-Token": token}, 2)
    assert (wrong.status, wrong.json["error"]) == (403, "This code is for another class. Ask for a new one.")
    revoke_tokens(pets.id, 1)
    assert "taken back" in put(open_routes, pets, {"X-Qtl-Token": token}).json["error"]
    late = make_token(pets.id, 1, -1)
    assert "run out" in put(open_routes, pets, {"X-Qtl-Token": late}).json["error"]


@pytest.mark.parametrize("token", ["x", "", "0" * 12 + "-" + "a" * 24, "../../x-" + "a" * 24])
def test_a_made_up_code_opens_nothing(open_routes, pets, token):
    assert put(open_routes, pets, {"X-Qtl-Token": token}).status == 403


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),  # no browser
        ({"origin": HERE}, True),
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://localhost:8501", "host": "localhost:8501"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "http://127.0.0.1:9999"}, False),  # another server of this machine
        ({"origin": "null"}, False),
        ({"origin": HERE, "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        (
            {"origin": "http://evil.example:8501", "host": "evil.example:8501"},
            False,
        ),  # a name of theirs for this machine
        ({"host": "192.168.1.7:8501", "origin": "http://192.168.1.7:8501"}, True),
    ],
)
def test_no_other_site_gets_in(routes, headers, allowed):
    pets = create("pets", ["cats", "dogs"])
    found = put(routes, pets, headers)
    assert (found.status == 200, len(pictures_of(pets.id))) == (allowed, int(allowed))


def test_an_open_server_has_whatever_name_it_has(open_routes, pets):
    cookie = f"{NAME}={SECRET}"
    mine = {"cookie": cookie, "host": "school.example", "origin": "https://school.example"}
    assert put(open_routes, pets, mine).json["added"]
    assert put(open_routes, pets, mine | {"origin": "https://evil.example"}).status == 403


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", False),
        ("http://127.0.0.1:9999", False),
        ("http://localhost", False),
        ("http://localhost:8501", True),
        (HERE, True),
    ],
)
def test_another_server_on_this_machine_is_another_site(routes, origin, allowed):
    anybodys = create("anybody's", ["cats"])
    assert put(routes, anybodys, {"origin": origin}).status == (200 if allowed else 403)
