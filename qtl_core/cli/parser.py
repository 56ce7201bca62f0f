"""The parser of every command: it refuses in one line, and prints as the commands do."""

from __future__ import annotations

import argparse
from typing import IO, NoReturn

from qtl_core.cli import output


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

    def print_help(self, file: IO[str] | None = None) -> None:
        """Prints the help as every other result."""
        output.say(self.format_help())
