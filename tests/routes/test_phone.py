"""The phone's page and what it is told of its code: names as text, the code in no address, an end that is said."""

from __future__ import annotations

import re
import time

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.editing import remove_class, rename_class
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.tokens import make_token, revoke_tokens
from tests.helpers.asgi import Answer, ask
from ui.shell.routes.phone import CLASS_GONE, NO_CODE, ROUTES, RUN_OUT, TAKEN_BACK, phone_page


@pytest.fixture
def pets(own_home) -> DatasetRecord:
    return create("Pets", ["cats", "dogs", "<b>neither"])


def told(token: str) -> Answer:
    return ask(Starlette(routes=ROUTES), "GET", "/phone", headers={"X-Qtl-Token": token})


def test_a_code_says_what_it_is_for(pets: DatasetRecord):
    klass = pets.classes[2]
    reply = told(make_token(pets.id, klass.id))
    assert reply.status == 200
    assert reply.headers["cache-control"] == "no-store"
    found = reply.json
    assert (found["dataset"], found["class_id"], found["set_name"]) == (pets.id, klass.id, "Pets")
    assert (found["class_name"], found["count"], found["minutes"]) == ("<b>neither", 0, 60)


def test_a_class_that_was_renamed_is_called_by_its_name_of_now(pets: DatasetRecord):
    token = make_token(pets.id, pets.classes[0].id)
    rename_class(pets.id, pets.classes[0].id, "lions")
    assert told(token).json["class_name"] == "lions"


def test_an_end_is_said_and_how_it_came(pets: DatasetRecord, monkeypatch: pytest.MonkeyPatch):
    cats, dogs, third = (each.id for each in pets.classes)
    assert told("").json == told(f"{pets.id}-{'a' * 24}").json == {"error": NO_CODE, "over": True}
    gone = make_token(pets.id, third)
    remove_class(pets.id, third)
    assert told(gone).json == {"error": CLASS_GONE, "over": True}
    back = make_token(pets.id, dogs)
    revoke_tokens(pets.id, dogs)
    assert told(back).json == {"error": TAKEN_BACK, "over": True}
    late, later = make_token(pets.id, cats), time.time() + 3_700
    monkeypatch.setattr(time, "time", lambda: later)
    assert told(late).json == {"error": RUN_OUT, "over": True}


def test_what_is_said_of_sending_goes_with_the_buttons_once_the_code_is_over():
    page = ask(Starlette(routes=[Route("/phone", phone_page)]), "GET", "/phone").body.decode()
    hidden_at_the_end = re.search(r'<div class="add" hidden>(.*)</div>\s*</main>', page, re.DOTALL)
    assert hidden_at_the_end and "They appear on the screen that shows the code" in hidden_at_the_end[1]


def test_the_page_is_whole_runs_its_own_script_alone_and_asks_nobody_else():
    first, second = (ask(Starlette(routes=[Route("/phone", phone_page)]), "GET", "/phone") for _ in range(2))
    page, policy = first.body.decode(), first.headers["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)[1]
    assert page.count(f'nonce="{nonce}"') == 2
    assert nonce not in second.body.decode()
    assert "$" not in re.sub(r"\$\{|\.st|\[\^.*?\]|\$/", "", re.sub(r"<script.*</script>", "", page, flags=re.DOTALL))
    assert not re.search(r"(src|href)=[\"']?https?:", page)
    assert not re.search(r"\son\w+=", page)
    assert first.headers["referrer-policy"] == "no-referrer"
    assert page.count("<input") == 4
    assert 'capture="environment"' in page
    assert len(page) < 60_000
