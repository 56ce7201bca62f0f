"""One server of pictures for all of these tests, in their own process, and what the shell says of the same pictures."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from qtl_core.inference.requests import named_model
from qtl_core.serving.app import make_app
from qtl_core.serving.limits import Limits
from qtl_core.serving.served_run import ServedPictures
from tests.helpers.other_pictures import as_png, other_pictures

SMALL = Limits(request_bytes=1_000_000, pictures=5, waiting=8)


@pytest.fixture(scope="session")
def served() -> ServedPictures:
    """The head that comes along, loaded once."""
    return ServedPictures(named_model("bundled"), SMALL)


@pytest.fixture
def client(served: ServedPictures):
    """What asks it."""
    with TestClient(make_app(served, "Ants & <bees>"), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def photos() -> dict[str, bytes]:
    """Some pictures by name."""
    return {f"{name}.png": as_png(picture) for name, picture in list(other_pictures().items())[:4]}
