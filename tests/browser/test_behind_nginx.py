"""The studio below a path of a real nginx, in a browser: what is too large for it, and a connection that is cut."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import FIRST_RUN_MS, press, start, status, wait_for
from tests.browser.test_collect import new_set, told
from tests.helpers.nginx import needs_nginx, running_nginx, site_for
from tests.helpers.own_sets import noise_picture
from tools.app_server import BASE_VARIABLE
from tools.browser import DESKTOP_LIGHT, open_page, settled

BASE = "studio"
REFUSED = "lets no file of this size through"


def asked_outside(page: Page, below: str) -> list[str]:
    """Returns a list that fills with what a page asks elsewhere."""
    found: list[str] = []
    page.on(
        "request", lambda request: found.extend([request.url] * (not request.url.startswith((below, "data:", "blob:"))))
    )
    return found


@needs_nginx
def test_below_a_path_of_nginx(browser: Browser, serve, tmp_path: Path):
    app = serve(tmp_path / "home", QTL_OPEN="1", **{BASE_VARIABLE: BASE})
    large, small = tmp_path / "large.png", tmp_path / "small.png"
    large.write_bytes(noise_picture(1, (900, 600)))  # 1.6 MB of noise
    small.write_bytes(noise_picture(2, (100, 100)))
    with running_nginx(tmp_path / "nginx", site_for(app, limit="1m")) as nginx:
        page, _ = open_page(browser, DESKTOP_LIGHT)  # not watched: what nginx refuses is on the console, as it should
        outside = asked_outside(page, f"{nginx.address}/{BASE}")

        page.goto(f"{nginx.address}/{BASE}/data")
        box, _ = new_set(page)
        box.locator("input.some").set_input_files([large, small])
        expect(told(box)).to_have_text("Done: 1 added, 1 not.")
        expect(box.locator(".skipped")).to_contain_text(REFUSED)

        page.goto(f"{nginx.address}/{BASE}/predict")
        settled(page).locator("input[type=file]").first.set_input_files(large)
        expect(page.get_by_role("button", name=REFUSED)).to_be_visible()

        page.goto(f"{nginx.address}/{BASE}/train?source=points&shape=moons&points=40&engine=pennylane&epochs=500")
        start(page)
        wait_for(page, re.compile(r"epoch [2-9]\d* of 500"), FIRST_RUN_MS)
        run = page.url
        nginx.stop()
        expect(page.get_by_text("Connection error")).to_be_visible()
        nginx.start()
        expect(page.get_by_text("Connection error")).to_be_hidden()
        assert page.url == run
        before = status(page).inner_text()
        expect(status(page)).not_to_have_text(before)
        press(page, "Stop")
        wait_for(page, "Stopped after")
        assert outside == []
        page.context.close()
