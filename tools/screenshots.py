"""Takes every page in every view into screenshots/ (`make screenshots`), to be looked at by a person.

Each is taken from top to bottom: as a newcomer finds it, and with two trained runs to show.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from qtl_core.runs.store import kept_runs
from qtl_core.settings import RunSettings
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import Axis, StudyPlan
from qtl_core.studies.store import StudyStore
from qtl_core.training.run import RunRequest, run
from tools.app_server import PROJECT, running_app
from tools.browser import CHROMIUM, NARROWEST, VIEWS, WIDEST, View, chromium, open_page, settled
from ui.base.pages import PAGES
from ui.tour import STOPS

FOLDER = PROJECT / "screenshots"
HIGHEST = 9_000  # pixels: a page's end is of less interest than a picture that can be opened
DRAWING_MS = 1_500  # charts are drawn, and pictures arrive, after Streamlit is at rest
WITHOUT_RUNS = tuple(Path(page.path).stem for page in PAGES if page.title != "Tour")  # of which every stop is taken
WITH_RUNS = ("train", "runs", "predict", "circuit", "paper_machine")


def main() -> int:
    """Writes the pictures and says what was wrong on the way; returns 1 if anything was."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is missing: install Debian's package chromium.", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    shared = os.environ.get("QTL_SHARED")
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        os.environ["QTL_HOME"] = home
        with running_app(Path(home), Path(shared) if shared else None) as address:
            problems = take_all(browser, address)
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


def take_all(browser: Browser, address: str) -> list[str]:
    """Takes all pictures; returns what was wrong on the way."""
    views = (*VIEWS, NARROWEST, WIDEST)
    addresses = {f"{name}-empty": name for name in WITHOUT_RUNS}
    addresses |= {f"tour-{number}": f"tour?stop={number}" for number in range(1, len(STOPS) + 1)}
    problems = [
        found for name in addresses for view in views for found in _take(browser, address, name, addresses[name], view)
    ]
    for seed in (0, 1):
        _train(seed)
    problems += _take_study(browser, address, views)
    newest = kept_runs()[0]
    for name in WITH_RUNS:
        for view in views:
            problems += _take(browser, address, name, f"{name}?run={newest}", view)
    return problems


def _take_study(browser: Browser, address: str, views: tuple[View, ...]) -> list[str]:
    """Takes a study that was trained: two heads over the points of a plane."""
    base = RunSettings().changed(source="points", shape="moons", points=100, epochs=10, learning_rate=0.05)
    axes = Axis("head", ("dressed", "linear")), Axis("depth", (0, 2, 4))
    store = StudyStore.create(StudyPlan("Circuits by depth", base, axes, 10))
    for _ in train_study(store, lambda _: None, lambda: False):
        pass
    return [found for view in views for found in _take(browser, address, "study", f"study?study={store.id}", view)]


def _train(seed: int) -> None:
    settings = RunSettings().changed(source="drawn", backbone="efficientnet_lite0", epochs=20, seed=seed)
    for _ in run(RunRequest(settings), lambda _: None, lambda: False):
        pass


def _take(browser: Browser, address: str, name: str, path: str, view: View) -> list[str]:
    page, watch = open_page(browser, view)
    page.goto(f"{address}/{path}")
    settled(page)
    if name == "predict":
        page.get_by_text("Examples", exact=True).click()
        page.get_by_text("How the answer came about").wait_for()
        settled(page)
    _unrolled(page, view)
    page.screenshot(path=FOLDER / f"{name}-{view.name}.png")
    watch.look_for_traceback(page)
    page.context.close()
    return [f"{name} {view.name}: {problem}" for problem in watch.problems]


def _unrolled(page: Page, view: View) -> None:
    """Makes the window as high as the page is long, so that all of it is in the picture."""
    length = page.evaluate(
        "document.querySelector('.stMain').scrollHeight + innerHeight - document.querySelector('.stMain').clientHeight"
    )
    page.set_viewport_size({"width": view.width, "height": max(view.height, min(length, HIGHEST))})
    page.wait_for_timeout(DRAWING_MS)


if __name__ == "__main__":
    sys.exit(main())
