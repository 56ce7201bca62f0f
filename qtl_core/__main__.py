"""`python -m qtl_core COMMAND`: see `COMMANDS`; exit code 2 and one line on bad input."""

from __future__ import annotations

import io
import sys

from qtl_core.cli import draw, export_head, import_head, info, predict, runs, train
from qtl_core.cli.options import OneLineParser
from qtl_core.errors import StoppedByUser, UserError

COMMANDS = {
    "train": (train, "Train a head and print its figures, an epoch a line."),
    "predict": (predict, "Say what pictures show, according to a kept run."),
    "info": (info, "Say what is installed, where everything lies and what is missing."),
    "draw": (draw, "Draw a circuit, or write it for another program."),
    "runs": (runs, "List, show, export, import or delete kept runs."),
    "import-head": (import_head, "Bring in a head trained with the PennyLane demo's code, as a run."),
    "export-head": (export_head, "Write a run's head as the PennyLane demo's code loads it."),
}


def main(words: list[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    parser = OneLineParser(prog="python -m qtl_core", description="Quantum transfer learning from a shell.")
    commands = parser.add_subparsers(required=True, dest="command", metavar="|".join(COMMANDS))
    for name, (module, about) in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        module.add_arguments(command)
        command.set_defaults(main=module.main)
    arguments = parser.parse_args(words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # else a test or a caller reads along
            stream.reconfigure(errors="backslashreplace")  # a file's name may be more than the terminal can show
    try:
        return arguments.main(arguments)
    except UserError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2
    except (StoppedByUser, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
