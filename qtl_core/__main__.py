"""`python -m qtl_core COMMAND`: see `COMMANDS`, and docs/shell.md on exit codes and streams.

Nothing is imported at the top that takes time: a signal must find its handler at once, and `--help` its words.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import NoReturn

from qtl_core import __version__
from qtl_core.cli import output
from qtl_core.cli.parser import OneLineParser, arranged, chosen, like
from qtl_core.cli.process import READER_GONE, run_as_process
from qtl_core.common.errors import StoppedByUser, UserError

# A command's module is `cli/<its name>.py`, with `add_arguments` and `main`; or with `ACTIONS`, commands of its own.
COMMANDS = {
    "train": "Train a head and print its figures, an epoch a line.",
    "predict": "Say what pictures show, according to a kept run.",
    "evaluate": "Measure a run under shots, noise, on a machine or on a PennyLane device.",
    "compile": "Compile the fast engine now, so that no first training waits for it.",
    "info": "Say what is installed, where everything lies and what is missing.",
    "draw": "Draw a circuit, or write it for another program.",
    "runs": "List, show, export, import or delete kept runs.",
    "study": "Train a grid of settings over many seeds, and compare them.",
    "learn": "Learn one task after another, from scratch and from what was learnt, in ten fields.",
    "data": "Make, fill, list, divide or delete data sets of your own.",
    "serve": "Answer for pictures or numbers over HTTP, as `predict` does.",
    "import-head": "Bring in a head trained with the paper's or the PennyLane demo's code, as a run.",
    "publish": "Write a run as a page that answers in a browser, offline.",
    "export-head": "Write a run's head as the PennyLane demo's code, or the paper's, loads it.",
}


@dataclass(frozen=True)
class Program:
    """A command line: what it is called, and what it can do.

    Attributes:
        name: What people type before a command.
        commands: What each command does, by its name.
        modules: Where a command is that is not in `cli`, by its name.
    """

    name: str = "python -m qtl_core"
    commands: Mapping[str, str] = field(default_factory=lambda: COMMANDS)
    modules: Mapping[str, str] = field(default_factory=dict)

    def module_of(self, command: str) -> ModuleType:
        """Returns the module of a command."""
        return importlib.import_module(self.modules.get(command, f"qtl_core.cli.{command.replace('-', '_')}"))

    def parser_of(self, command: str, action: str = "") -> tuple[OneLineParser, Callable[..., int]]:
        """Returns the parser of a command, or of one of its actions, and what does it."""
        module = self.module_of(command)
        doing = module.ACTIONS[action] if action else module
        about = doing.about if action else self.commands[command]
        parser = OneLineParser(prog=f"{self.name} {command} {action}".rstrip(), description=about)
        doing.add_arguments(parser)
        return parser, doing.main


CORE = Program()


def main(words: Sequence[str] | None = None, program: Program = CORE) -> int:
    """Runs a command line and returns the exit code."""
    output.any_text(sys.stdout, sys.stderr)
    try:
        return _run(program, sys.argv[1:] if words is None else words)
    except output.ReaderGone:
        return READER_GONE
    except output.NotWritten as error:
        output.note(_one_line(error))
        return 1
    except UserError as error:
        output.note(_one_line(error))
        return 2
    except (StoppedByUser, KeyboardInterrupt):
        output.note("Stopped.")
        return 130


def _run(program: Program, words: Sequence[str]) -> int:
    command, rest = chosen(words, program.commands)
    if not command:
        _without_command(program, words)
    module, action = program.module_of(command), ""
    if actions := getattr(module, "ACTIONS", {}):
        action, rest = chosen(rest, actions)
        if not action:
            about = {name: each.about for name, each in actions.items()}
            parser = _parser_of_commands(f"{program.name} {command}", program.commands[command], about)
            _answer(parser, about, rest)
    parser, main = program.parser_of(command, action)
    return main(parser.parse_args(arranged(parser, rest)))


def _without_command(program: Program, words: Sequence[str]) -> NoReturn:
    """Answers words that call no command; `--version` is one of them."""
    parser = _parser_of_commands(program.name, "Quantum transfer learning from a shell.", program.commands)
    parser.add_argument("--version", action="store_true", help="Print the version.")
    if words and words[0].startswith("-") and parser.parse_known_args(words[:1])[0].version:
        output.say(f"Quantum transfer studio {__version__}")
        raise SystemExit(0)
    _answer(parser, program.commands, words)


def _parser_of_commands(name: str, description: str, commands: Mapping[str, str]) -> OneLineParser:
    parser = OneLineParser(prog=name, description=description)
    known = parser.add_subparsers(metavar="|".join(commands))
    for command, about in commands.items():
        known.add_parser(command, help=about)
    return parser


def _answer(parser: OneLineParser, commands: Mapping[str, str], words: Sequence[str]) -> NoReturn:
    """Answers words that call no command: with help, or with what is wrong about them."""
    names = "|".join(commands)
    if not words:
        parser.error(f"a command is missing: {names}. --help says what each does.")
    if words[0].startswith("-"):
        parser.parse_known_args(words[:1])  # answers --help
        parser.error(f"a command is missing: {names}.")
    question = like(words[0], commands)
    parser.error(f"there is no command {words[0]}.{question or f' There is {names}.'}")


def _one_line(error: UserError) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    run_as_process(main)
