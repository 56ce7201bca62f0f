"""The route of thumbnails: a JPEG that the browser may keep for whoever knows the set, and nothing for anybody else."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from starlette.applications import Starlette

from qtl_core.pictures.datasets.latest import latest_pictures
from tests.helpers.asgi import ask
from tests.helpers.own_sets import made_set
from ui.shell.routes.thumbnails import ROUTES


@pytest.fixture
def app() -> Starlette:
    return Starlette(routes=ROUTES)


def test_a_thumbnail_is_kept_by_the_browser(app):
    record = made_set(1, 0)
    (found,) = latest_pictures(record.id, record.classes[0].id, 1)
    answer = ask(app, "GET", f"/{record.id}/thumbnails/{found.sha256}.jpg")
    assert answer.status == 200 and answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert Image.open(io.BytesIO(answer.body)).format == "JPEG"


@pytest.mark.parametrize("address", ["{}/thumbnails/{}.jpg", "{}/thumbnails/..%2f{}.jpg", "{}/thumbnails/..jpg"])
def test_what_is_not_there_is_said_without_a_path(app, address):
    record = made_set(1, 0)
    answer = ask(app, "GET", "/" + address.format(record.id, "0" * 64))
    assert answer.status == 404 and b"/" not in answer.body
