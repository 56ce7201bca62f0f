"""Takes every page in every view into screenshots/ (`make screenshots`), to be looked at by a person."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tools.app_server import PROJECT, running_app
from tools.browser import CHROMIUM, VIEWS, View, chromium, open_page, settled
from ui.page import PAGES, PageEntry


def main() -> int:
    """Writes the pictures and says what was wrong on the way; returns 1 if anything was."""
    if not CHROMIUM.exists():
        print(f"{CHROMIUM} is missing: install Debian's package chromium.", file=sys.stderr)
        return 1
    folder = PROJECT / "screenshots"
    folder.mkdir(exist_ok=True)
    shared = os.environ.get("QTL_SHARED")
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        named_home = os.environ.get("QTL_HOME") or home
        with running_app(Path(named_home), Path(shared) if shared else None) as address:
            problems = [
                problem for entry in PAGES for view in VIEWS for problem in _take(browser, address, entry, view, folder)
            ]
    print(*problems, sep="\n", file=sys.stderr)
    return 1 if problems else 0


def _take(browser: Browser, address: str, entry: PageEntry, view: View, folder: Path) -> list[str]:
    page, watch = open_page(browser, view)
    name = Path(entry.path).stem
    page.goto(f"{address}/{name}")
    settled(page)
    page.screenshot(path=folder / f"{name}-{view.name}.png")
    watch.look_for_traceback(page)
    page.context.close()
    return [f"{name} {view.name}: {problem}" for problem in watch.problems]


if __name__ == "__main__":
    sys.exit(main())
