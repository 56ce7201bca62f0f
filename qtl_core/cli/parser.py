"""The parser of every command: it refuses in one line, and prints as the commands do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NoReturn

from qtl_core.cli import output

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class OneLineParser(argparse.ArgumentParser):
    """A parser that refuses in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        """Ends the program with code 2."""
        self.exit(2, f"{self.prog}: {message}\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Ends the program, after words on standard error if there are any."""
        if message:
            output.note(message)
        raise SystemExit(status)

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Prints the help as every other result."""
        output.say(self.format_help())
