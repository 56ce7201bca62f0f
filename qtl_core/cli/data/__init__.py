"""`python -m qtl_core data ...`: data sets that people make in the app, from a shell.

To add a verb: a module here with `add_arguments` and `main`, which returns the exit code, and a line in `ACTIONS`. The
option `--json` comes by itself; what a set is as JSON is in `words`.
"""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """A command of `data`; its module is imported when it is called.

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
            UserError: There is no such set, or a file cannot be read or written.
        """
        return int(importlib.import_module(f"{__name__}.{self.module}").main(arguments))


ACTIONS: dict[str, Verb] = {
    "new": Verb("Make a data set.", "new"),
    "add": Verb("Add pictures to a class of a data set.", "add"),
    "import": Verb("Make a data set of a zip, a tar or a folder, or of what `data export` wrote.", "importing"),
    "export": Verb("Write a data set to one file, which `data import` reads here or elsewhere.", "exporting"),
    "list": Verb("Name every data set, those used last first.", "listing"),
    "show": Verb("Say what is in a data set.", "show"),
    "check": Verb("Say what would spoil a result: copies, bursts, poor photos, wrong labels, uneven classes.", "check"),
    "split": Verb("Divide a data set's pictures into training, validation and test.", "split"),
    "delete": Verb("Delete data sets; they can be restored for some time.", "delete"),
}
