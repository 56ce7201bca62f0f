"""A published page, operated in a browser as a visitor does: written, opened, asked about a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from qtl_core.inference.requests import TrainedModel
from qtl_core.publish.folder import PageRequest, page_files

LIMIT_MS = 120_000  # until a page can answer, on a machine that may be busy


@dataclass(frozen=True)
class Shown:
    """An answer on a page: the shares of all classes, with all their digits, and its doubt."""

    shares: tuple[float, ...]
    doubt: str


def written(model: TrainedModel, title: str, folder: Path) -> dict[str, int]:
    """Writes a page to a folder that is there; returns what each file weighs, in bytes."""
    files = page_files(PageRequest(model, title))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {name: len(content) for name, content in files.items()}


def opened(page: Page, address: str) -> Page:
    """Opens a published page and waits until it can answer."""
    page.goto(address)
    page.wait_for_selector("html[data-state=ready]", timeout=LIMIT_MS)
    return page


def asked(page: Page, picture: Path) -> Shown:
    """Chooses a picture on the page, and returns what it answers.

    Args:
        page: See `opened`.
        picture: One that the page can read.
    """
    page.evaluate("document.querySelectorAll('.bars li').forEach((each) => { delete each.dataset.share; })")
    page.set_input_files("input[type=file]", picture)
    page.wait_for_selector(".bars li[data-share]:last-child", timeout=LIMIT_MS)
    return shown(page)


def shown(page: Page) -> Shown:
    """Returns what the page shows now."""
    shares = page.evaluate("[...document.querySelectorAll('.bars li')].map((each) => Number(each.dataset.share))")
    return Shown(tuple(shares), page.evaluate("document.querySelector('.doubt').textContent"))
