"""What a person sees when the server is killed under their run and started again: the page finds its own way back."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import FIRST_RUN_MS, press, start, status, wait_for
from tests.conftest import NOBODY
from tests.helpers.made_runs import made_pictures
from tools.app_server import free_port, running_app
from tools.browser import DESKTOP_LIGHT, open_page
from tools.load.processes import server_of
from ui.train.run_panel import BROKEN_OFF

OFFLINE = {"QTL_PHOTOS_URL": NOBODY, "QTL_WEIGHTS_URL": NOBODY}


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page that is not watched: a server that is gone makes errors on its console, as it should."""
    page, _ = open_page(browser, DESKTOP_LIGHT)
    yield page
    page.context.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the server is found through /proc")
def test_a_server_killed_in_the_middle_of_a_run_and_started_again(page: Page, tmp_path: Path):
    made_pictures(tmp_path / "home/datasets/hymenoptera_data", each=4)
    port = free_port()
    with running_app(tmp_path / "home", None, tmp_path / "first.log", port=port, **OFFLINE) as address:
        page.goto(f"{address}/train?backbone=efficientnet_lite0&engine=pennylane&epochs=500")
        start(page)
        wait_for(page, "Training: epoch", FIRST_RUN_MS)
        wait_for(page, re.compile(r"epoch ([2-9]|\d\d+) of 500"), FIRST_RUN_MS)
        link = page.url
        os.kill(server_of(os.getpid(), port), signal.SIGKILL)
    with running_app(tmp_path / "home", None, tmp_path / "second.log", port=port, **OFFLINE):
        expect(page.get_by_text(BROKEN_OFF)).to_be_visible(timeout=FIRST_RUN_MS)
        assert page.url.partition("job=")[2] == link.partition("job=")[2]
        assert "Stopped after" in status(page).inner_text()
        press(page, "Continue for 10 more")
        wait_for(page, "Finished after", FIRST_RUN_MS)
    assert "Traceback" not in (tmp_path / "second.log").read_text()
