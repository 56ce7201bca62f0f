"""Compares a published page with the app, in a real Chromium: `python -m benchmarks.published_page FOLDER ...`.

The head that comes along is published, served by `python -m http.server` and opened with no other network; then opened
from disk at a phone's width. Pictures are given to it as a visitor would, and each answer is set beside `Predictor`'s.
Prints the largest difference, sizes, times and the load; docs/publish.md quotes it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from qtl_core.common.errors import Unavailable
from qtl_core.evaluation.ood import OodReference
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.references import reference_for
from qtl_core.inference.requests import TrainedModel, named_model
from qtl_core.pictures.sources.folder_walk import files_below
from tools.browser import DESKTOP_LIGHT, PHONE_LIGHT, chromium, open_page
from tools.plain_server import plain_server
from tools.published_page import asked, opened, written

MOST = 50  # pictures


@dataclass(frozen=True)
class Compared:
    """A picture's two answers: how far apart they are, whether both doubt or none, and how long the page took."""

    file: Path
    difference: float
    same_doubt: bool
    seconds: float


def main() -> None:
    """Publishes, opens, asks and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", default=RUN_ID, help="The run; by default the head that comes along.")
    parser.add_argument("pictures", nargs="+", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    model, pictures = named_model(arguments.run), evenly_picked(arguments.pictures, MOST)
    with tempfile.TemporaryDirectory() as folder:
        say_sizes(written(model, arguments.run, Path(folder)))
        with plain_server(Path(folder)) as address, chromium() as browser:
            for where, view in ((address, DESKTOP_LIGHT), (Path(folder, "index.html").as_uri(), PHONE_LIGHT)):
                page, watch = open_page(browser, view)
                began = time.perf_counter()
                opened(page, where)
                ready = time.perf_counter() - began
                print(f"\n{where.split(':')[0]}, {view.name}: ready after {ready:.1f} s; {load()}")
                say_compared(list(compared(page, pictures, model)))
                print("Problems:", watch.problems or "none")


def load() -> str:
    """Returns how busy this machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def evenly_picked(folders: Sequence[Path], most: int) -> list[Path]:
    """Returns as many files of every folder, evenly picked."""
    each = most // len(folders)
    found = [[file for file in files_below(folder) if isinstance(file, Path)] for folder in folders]
    return [files[number * len(files) // each] for files in found for number in range(each)]


def compared(page: Page, pictures: Sequence[Path], model: TrainedModel) -> Iterable[Compared]:
    """Yields what both say of every picture."""
    predictor, reference = Predictor(model.run), reference_for(model)
    for file in pictures:
        began = time.perf_counter()
        found = asked(page, file)
        took = time.perf_counter() - began
        explanation = predictor.explain(file)
        wanted = explanation.prediction.probabilities.values()
        difference = max(abs(one - other) for one, other in zip(found.shares, wanted, strict=True))
        flag = is_flagged(reference, explanation.features, explanation.seen)
        yield Compared(file, difference, bool(found.doubt) == flag, took)


def is_flagged(reference: OodReference | Unavailable, *answer: object) -> bool:
    """Returns whether the app doubts an answer."""
    return not isinstance(reference, Unavailable) and bool(reference.report(*answer).flag)


def say_sizes(sizes: dict[str, int]) -> None:
    """Prints what the folder weighs."""
    for name, size in (*sizes.items(), ("all of it", sum(sizes.values()))):
        print(f"{name:18} {size / 1e6:6.2f} MB")


def say_compared(found: Sequence[Compared]) -> None:
    """Prints how far apart the answers are, and how long the page took."""
    worst = max(found, key=lambda each: each.difference)
    seconds = sorted(each.seconds for each in found)
    print(f"{len(found)} pictures: largest difference {worst.difference:.1e} ({worst.file.name})")
    print(f"Doubts alike: {sum(each.same_doubt for each in found)} of {len(found)}")
    print(
        f"From choosing to answer: first {found[0].seconds:.2f} s, median {statistics.median(seconds):.2f} s, ", end=""
    )
    print(f"slowest {seconds[-1]:.2f} s; {load()}")


if __name__ == "__main__":
    main()
