"""Speed of the pages, in Chromium on the machine at hand (`make page-speed`): medians of what a person waits for.

Needs the real photos (QTL_SHARED); measure while nothing else runs.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from tools.answer_speed import uploads
from tools.browser import DESKTOP_LIGHT, chromium, open_page, settled
from tools.fresh_app import button, fresh, opened
from tools.full_store_speed import many_runs

FIRST_VISITS, FIRST_STARTS, STOPS, KEYS, STEPS = 4, 2, 6, 24, 12
READING_SECONDS = 10  # of somebody who looks at the page of settings before pressing Start
PAPER = "?backbone=mobilenet_v2"
LONGEST_MS = 20_000
CODE = "NUMBA_CACHE_DIR"  # the environment variable that names where compiled code lies; "" for the app's own home
CACHES = "XDG_CACHE_HOME"  # the one below which the usual home lies, whose compiled code is taken, too
FIRST_TRY_MS = 180_000  # the playground's worker has to start, and on a new machine the compiler has to finish
DRAWN = "?source=drawn&backbone=efficientnet_lite0"
NOTHING_COMPILED, COMPILED = "nothing compiled", "all compiled"
MARKED = "beforehand"  # what Home says of answers that came along

# The time from a key's press to the first frame in which what a function looks at is another.
_WATCH = """look_at => {
    document.addEventListener('keydown', () => {
        const pressed = performance.now(), before = look_at();
        window.took = null;
        const look = () => {
            if (look_at() === before) requestAnimationFrame(look); else window.took = performance.now() - pressed;
        };
        look();
    }, true);
}"""
_CURVES = """() => JSON.stringify((document.querySelector('.st-key-history .js-plotly-plot')?._fullData ?? [])
    .map(trace => Array.from(trace.y ?? [])))"""
_FIRST_EPOCH = """(document.querySelector('.st-key-history .js-plotly-plot')?._fullData ?? [])
    .some(trace => trace.name === 'Validation' && Array.from(trace.y ?? []).some(Number.isFinite))"""
_STEP_WORDS = """() => [...document.querySelectorAll('.stMain p')]
    .map(each => each.textContent).find(words => /^Step \\d+ of|before step 1/.test(words))"""


def main() -> int:
    """Prints one line a figure, in seconds."""
    shared = os.environ.get("QTL_SHARED")
    if not shared:
        print("QTL_SHARED must name the folder with the real photos.", file=sys.stderr)
        return 1
    with chromium() as browser:
        for measure in (_first_visits, _first_starts, _first_answers, _stops, _playground, _steps, uploads, many_runs):
            found = measure(browser, Path(shared))
            for name, seconds in found.items():
                print(f"{name}: {statistics.median(seconds):.2f} s (median of {len(seconds)}, most {max(seconds):.2f})")
            for name, ratio in _ratios(found).items():
                print(f"{name}: {ratio:.1f} times as fast with the code compiled")
    return 0


def _ratios(found: dict[str, list[float]]) -> dict[str, float]:
    """Returns how many times as fast each thing is that was measured with nothing compiled and with all of it."""
    pairs = {name: name.replace(NOTHING_COMPILED, COMPILED) for name in found if NOTHING_COMPILED in name}
    return {name: statistics.median(found[name]) / statistics.median(found[other]) for name, other in pairs.items()}


def _first_visits(browser: Browser, shared: Path) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"first visit, title read": [], "first visit, Start there": []}
    for _ in range(FIRST_VISITS):
        with fresh(shared) as address:
            page, _ = open_page(browser, DESKTOP_LIGHT)
            began = time.perf_counter()
            page.goto(f"{address}/train", wait_until="commit")
            page.get_by_role("heading", level=1).wait_for()
            found["first visit, title read"].append(time.perf_counter() - began)
            button(page, "Start").wait_for()
            found["first visit, Start there"].append(time.perf_counter() - began)
            page.context.close()
    return found


def _first_starts(browser: Browser, shared: Path) -> dict[str, list[float]]:
    """A fresh data folder each time: a click on Start to the first points of curves, and the playground's first try.

    Start is pressed in the very moment in which the page of a server that has just begun is there, and once more, on
    another server, after some seconds of reading. The paper's own pictures and network need downloads and a network's
    pass; what comes along is what a fresh machine has. By turns the compiled code is there, as `make setup` leaves it,
    and not: then the compiler begins with the server.
    """
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as compiled, tempfile.TemporaryDirectory() as nothing:
        subprocess.run([sys.executable, "-m", "qtl_core", "compile"], env=os.environ | {CODE: compiled}, check=True)
        folders = {NOTHING_COMPILED: "", COMPILED: compiled}
        for (state, folder), seconds in product(folders.items(), (0, READING_SECONDS) * FIRST_STARTS):
            with fresh(shared, **{CODE: folder, CACHES: nothing}) as address:
                for name, took in _first_start(browser, address, seconds).items():
                    found.setdefault(f"fresh machine, {state}, {name}", []).append(took)
    return found


def _first_start(browser: Browser, address: str, seconds: int) -> dict[str, float]:
    """Opens Train, reads for so many seconds, and presses Start; tries the playground where there was time to read."""
    page = opened(browser, f"{address}/train{DRAWN}")
    page.wait_for_timeout(1_000 * seconds)
    began = time.perf_counter()
    button(page, "Start").click()
    page.wait_for_function(_FIRST_EPOCH, timeout=FIRST_TRY_MS)
    when = f"after {seconds} s on the page" if seconds else "at once"
    found = {f"Start to first curve, pressed {when}": time.perf_counter() - began}
    if seconds:
        page.locator(".st-key-run_status").get_by_text("Finished after").wait_for(timeout=FIRST_TRY_MS)
        found["playground's first try"] = _first_try(page)
    page.context.close()
    return found


def _first_try(page: Page) -> float:
    """Switches the playground on and moves a slider; returns the seconds until a run that nobody started is shown.

    Raises:
        RuntimeError: None came; with what the page says instead, such as that a try takes too long here.
    """
    settled(page)
    page.get_by_text("Retrain at every change").click()
    settled(page)
    began = time.perf_counter()
    page.get_by_role("slider", name=re.compile("Qubits")).press("ArrowRight")
    try:
        page.locator(".st-key-run_status").get_by_text("not kept on disk").wait_for(timeout=FIRST_TRY_MS)
    except TimeoutError as error:
        raise RuntimeError(f"No try came: {page.locator('.stMain').inner_text()}") from error
    return time.perf_counter() - began


def _first_answers(browser: Browser, shared: Path) -> dict[str, list[float]]:
    """Home on a fresh server: its first answer, which may have come along, and the first that was computed here."""
    first, live = "fresh server, first answer on Home", "fresh server, first live answer on Home"
    found: dict[str, list[float]] = {first: [], live: []}
    for _ in range(FIRST_STARTS):
        with fresh(shared) as address:
            page, _ = open_page(browser, DESKTOP_LIGHT)
            began = time.perf_counter()
            page.goto(address, wait_until="commit")
            answer = page.locator(".walk .place").filter(has_text=re.compile(r"Picture \d+ of \d+"))
            answer.first.wait_for(timeout=FIRST_TRY_MS)
            found[first].append(time.perf_counter() - began)
            expect(page.locator(".walk .when").filter(has_text=MARKED)).to_have_count(0, timeout=FIRST_TRY_MS)
            found[live].append(time.perf_counter() - began)
            page.context.close()
    return found


def _stops(browser: Browser, shared: Path) -> dict[str, list[float]]:
    seconds = []
    with fresh(shared) as address:
        page = opened(browser, f"{address}/train{PAPER}&engine=torch&epochs=500")
        for _ in range(STOPS):
            _train(page, "Training: epoch")
            page.wait_for_timeout(4_000)
            began = time.perf_counter()
            button(page, "Stop").click()
            page.locator(".st-key-run_status").get_by_text("Stopped after").wait_for()
            seconds.append(time.perf_counter() - began)
            button(page, "Reset").click()  # a stopped run would be finished: Start is there only without it
            settled(page)
    return {"Stop to 'Stopped after'": seconds}


def _playground(browser: Browser, shared: Path) -> dict[str, list[float]]:
    with fresh(shared) as address:
        page = opened(browser, f"{address}/train{PAPER}")
        _train(page, "Finished after")
        _first_try(page)
        settled(page)
        slider = page.get_by_role("slider", name=re.compile("Qubits"))
        keys = ["ArrowLeft", "ArrowRight"] * (KEYS // 2)
        return {"playground, key to new curves": _timed(page, _CURVES, slider, keys)}


def _steps(browser: Browser, shared: Path) -> dict[str, list[float]]:
    found = {}
    with fresh(shared) as address:
        for name, query in {"paper": "", "12 qubits, depth 20": "?qubits=12&depth=20"}.items():
            page = opened(browser, f"{address}/circuit{query}")  # once, so that code and fonts are there
            page.get_by_role("link", name="Data", exact=True).click()
            page.get_by_role("heading", level=1, name="Data").wait_for()
            settled(page)
            began = time.perf_counter()
            page.get_by_role("link", name="Circuit", exact=True).click()
            page.locator(".st-key-circuit_scroll .js-plotly-plot .textpoint").first.wait_for()
            found[f"{name}: a click on Circuit to its diagram"] = [time.perf_counter() - began]
            settled(page)
            slider = page.get_by_role("slider", name="Step")
            found[f"{name}: a step"] = _timed(page, _STEP_WORDS, slider, ["ArrowRight"] * STEPS)
            page.context.close()
    return found


def _timed(page: Page, look_at: str, focused: Locator, keys: list[str]) -> list[float]:
    """Presses keys one by one; returns how long each took to change what is looked at."""
    page.evaluate(f"({_WATCH})({look_at})")
    seconds = []
    for key in keys:
        focused.focus()
        focused.press(key)
        page.wait_for_function("window.took !== null", timeout=LONGEST_MS)
        seconds.append(page.evaluate("window.took") / 1000)
        page.wait_for_timeout(700)
    return seconds


def _train(page: Page, until: str) -> None:
    button(page, "Start").click()
    page.locator(".st-key-run_status").get_by_text(until).wait_for(timeout=180_000)


if __name__ == "__main__":
    sys.exit(main())
