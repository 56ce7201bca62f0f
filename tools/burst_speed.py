"""Measures how soon a set that was just collected answers: from the last of 2 x 30 pictures by camera on.

    python -m tools.burst_speed            in Chromium, whose camera sees drawn ants, then drawn bees
    python -m tools.burst_speed --cold     each time on a machine that has compiled nothing yet

A new data set on the Data page, two bursts of 15 pictures into each class, nothing else pressed: features are computed
while one collects, the training starts by itself, and the live answer is opened as soon as the page has learnt from all
of them. Each try has a server of its own and an empty home, so its workers have been awake for as long as the
collecting took; the code that is compiled once on a machine is there but for `--cold`.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, Page

from qtl_core.pictures.sources.drawn import draw_picture
from qtl_core.training.compiled.warm_up import warm_up
from tools.app_server import running_app
from tools.browser import DESKTOP_LIGHT, chromium, launch, open_page, settled
from tools.fake_camera import camera_option, write_scene

TIMES = 3
EACH, BURSTS = 15, 2
PICTURES_A_SECOND = 5
ARRIVING_SECONDS = 0.5  # the last picture is on the page by then: what was learnt without it does not count
LIMIT_MS = 120_000  # on a machine that is busy


def main() -> int:
    """Prints a line a try, and the medians."""
    with tempfile.TemporaryDirectory() as compiled:
        if "--cold" not in sys.argv[1:]:
            os.environ["NUMBA_CACHE_DIR"] = compiled  # of the servers, too
            warm_up().join()
        found = [_measured() for _ in range(TIMES)]
    for number, what in enumerate(("answer offered", "first answer shown")):
        seconds = [each[number] for each in found]
        print(f"{what} after the last picture: {statistics.median(seconds):.1f} s (most {max(seconds):.1f})")
    return 0


def _measured() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        scene = Path(folder) / "scene.mjpeg"
        write_scene(scene, _drawings("ants"))
        seeing = launch(browser.browser_type, camera_option(scene))
        with running_app(Path(folder) / "home") as address:
            page, _ = open_page(seeing, DESKTOP_LIGHT)
            page.goto(f"{address}/data")
            settled(page).get_by_role("button", name="New data set").click()
            page.get_by_role("radiogroup", name="Add to Class 1 from").wait_for(timeout=LIMIT_MS)
            offered, shown = _collect(page, scene)
        seeing.close()
    print(f"offered {offered:.2f} s, shown {shown:.2f} s", flush=True)
    return offered, shown


def _collect(page: Page, scene: Path) -> tuple[float, float]:
    for number, name in enumerate(("ants", "bees"), start=1):
        camera = page.locator(".camera:not(.live)").filter(has=page.locator(".label", has_text=f"Class {number}"))
        write_scene(scene, _drawings(name))
        way = page.get_by_role("radiogroup", name=f"Add to Class {number} from").get_by_role("radio", name="Camera")
        way.click()
        camera.get_by_role("button", name="Use the camera").click(timeout=LIMIT_MS)
        time.sleep(1.5)  # the camera opens
        for _ in range(BURSTS):
            released = _burst(page, camera)
    time.sleep(ARRIVING_SECONDS)
    learnt = page.locator(".st-key-learning").get_by_text(re.compile("^Trained on"))
    learnt.filter(has_not_text="have changed since").wait_for(timeout=LIMIT_MS)
    live = page.get_by_role("button", name="Answer live from the camera")
    live.wait_for(timeout=LIMIT_MS)
    offered = time.perf_counter()
    live.click()
    page.locator(".live .bars .share").filter(has_text="%").first.wait_for(timeout=LIMIT_MS)
    return offered - released, time.perf_counter() - released


def _burst(page: Page, camera: Locator) -> float:
    """Holds the button for as long as the pictures take; returns when it was let go of."""
    camera.get_by_role("button", name="Hold to take pictures").hover()
    page.mouse.down()
    time.sleep((EACH - 0.5) / PICTURES_A_SECOND)
    page.mouse.up()
    return time.perf_counter()


def _drawings(name: str) -> list:
    return [draw_picture("train", name, number) for number in range(8)]


if __name__ == "__main__":
    sys.exit(main())
