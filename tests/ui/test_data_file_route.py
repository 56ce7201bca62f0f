"""The route of a set's file: whole, for whoever knows the identifier, and nothing by a name that can be guessed."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from qtl_core.pictures.archives.data_files import data_file_of, write_data_file
from qtl_core.pictures.datasets.creating import create, delete
from qtl_core.pictures.datasets.reading import pictures_of
from tests.helpers.asgi import ask
from tests.helpers.own_sets import made_set
from ui.data.download import file_address
from ui.shell.routes import own_routes
from ui.shell.routes.data_files import ROUTES


@pytest.fixture
def app() -> Starlette:
    return Starlette(routes=list(ROUTES))


def test_the_file_is_the_sets(app):
    record = made_set(3, 2, name="Käfer & Co.")
    answer = ask(app, "GET", f"/{record.id}/file")
    assert answer.status == 200
    assert answer.body == b"".join(write_data_file(data_file_of(record.id)))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''Kafer-Co.qtl-data.zip"
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_one_of_the_apps_routes_at_the_address_of_the_button():
    record = made_set(1, 1)
    assert ask(Starlette(routes=own_routes()), "GET", file_address(record.id)).body.startswith(b"PK")


@pytest.mark.parametrize("asked", ["Shapes", "000000000000", "..%2f..", "x"])
def test_what_is_no_identifier_finds_nothing(app, asked):
    made_set(1, 1, name="Shapes")
    answer = ask(app, "GET", f"/{asked}/file")
    assert (answer.status, answer.json["error"]) == (404, "There is no such data set any more.")


def test_a_deleted_set_is_gone(app):
    record = made_set(1, 1)
    delete(record.id)
    assert ask(app, "GET", f"/{record.id}/file").status == 404


def test_a_set_without_pictures_says_so(app):
    answer = ask(app, "GET", f"/{create('Empty', ['a']).id}/file")
    assert (answer.status, answer.json["error"]) == (422, "The data set Empty has no pictures to take along yet.")


def test_a_page_of_another_site_gets_nothing(app):
    record = made_set(1, 1)
    headers = {"sec-fetch-site": "cross-site"}
    assert ask(app, "GET", f"/{record.id}/file", headers=headers).status == 403


def test_a_damaged_picture_breaks_the_download_off(app):
    record = made_set(2, 2)
    pictures_of(record.id)[-1].path.unlink()
    with pytest.raises(Exception, match="cannot be read"):
        ask(app, "GET", f"/{record.id}/file")
