"""`python -m qtl_core study ...`: many runs of one question, and what they say.

To add a verb: a module here with `add_arguments` and `main`, which returns the exit code, and a line in `ACTIONS`. The
option `--json` comes by itself.
"""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """A command of `study`; its module is imported when it is called.

    Attributes:
        about: What it does, as a sentence.
        module: Its module in this folder.
    """

    about: str
    module: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""
        importlib.import_module(f"{__name__}.{self.module}").add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")

    def main(self, arguments: argparse.Namespace) -> int:
        """Does what was asked; returns the exit code.

        Raises:
            UserError: There is no such study, or it cannot be trained, read or written.
        """
        return int(importlib.import_module(f"{__name__}.{self.module}").main(arguments))


ACTIONS: dict[str, Verb] = {
    "run": Verb("Train every cell of a grid, of a sample or of a search over seeds or folds, and compare.", "run"),
    "questions": Verb("Name the questions that are ready to be asked.", "questions"),
    "ask": Verb("Ask a ready question of the settings chosen.", "ask"),
    "list": Verb("Name every study, the newest first.", "listing"),
    "show": Verb("Say what came out of a study so far.", "show"),
    "resume": Verb("Go on with a study that was stopped.", "resume"),
    "repeat": Verb("Train the best setting of a study again with fresh seeds, beside the settings chosen.", "repeat"),
    "open": Verb("Open a run of a study as a real run: trained again, and held against its row.", "opening"),
    "export": Verb("Write a study as one table, a line a run, or whole as one file.", "exporting"),
    "report": Verb("Write a study as a page, or as a notebook that draws its figures again.", "report"),
    "import": Verb("Bring a study in from the file that `study export` wrote.", "importing"),
    "delete": Verb("Delete a study; it can be restored for some days.", "delete"),
}
