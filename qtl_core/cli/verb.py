"""A verb of a command that has several, as `data new` and `study run`: a module each, imported when it is called."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """A verb of a command.

    Attributes:
        about: What it does, as a sentence.
        module: Its module, with `add_arguments` and `main`, which returns the exit code.
    """

    about: str
    module: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""
        importlib.import_module(self.module).add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")

    def main(self, arguments: argparse.Namespace) -> int:
        """Does what was asked; returns the exit code.

        Raises:
            UserError: What it is to work on is not there, or cannot be read, trained or written.
        """
        return int(importlib.import_module(self.module).main(arguments))


def verbs_in(package: str, listed: Mapping[str, tuple[str, str]]) -> dict[str, Verb]:
    """Returns the verbs of a command, by name.

    Args:
        package: Where their modules are.
        listed: What each does, as a sentence, and its module in there.
    """
    return {name: Verb(about, f"{package}.{module}") for name, (about, module) in listed.items()}
