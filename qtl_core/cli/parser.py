"""The parser of every command: options in any order, refusals in one line, printed as the commands do.

argparse by itself takes some options only before the names of files, and a value that begins with a minus (`--lr
-1e-3`) for an option. Here an option takes the next word unless that is an option of the same command.
"""

from __future__ import annotations

import argparse
import difflib
from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NoReturn

from qtl_core.cli import output
from qtl_core.cli.output import STANDARD

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


YES_OR_NO = ("true", "false", "1", "0", "yes", "no", "on", "off")


def chosen(words: Sequence[str], names: Iterable[str]) -> tuple[str, list[str]]:
    """Returns which of the names the words call, and the other words; "" where they begin with another name, or none.

    Options may come before it: then it is the first word that is one of the names.
    """
    names = set(names)
    looked_at = words if words and words[0].startswith("-") else words[:1]
    for number, word in enumerate(looked_at):
        if word in names:
            return word, [*words[:number], *words[number + 1 :]]
    return "", list(words)


def like(word: str, names: Iterable[str]) -> str:
    """Returns a question that names what was perhaps meant, or ""; common dashes make none alike."""
    bare = {name.lstrip("-"): name for name in names}
    near = difflib.get_close_matches(word.lstrip("-"), list(bare), n=1)
    return f" Is {bare[near[0]]} meant?" if near else ""


def arranged(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """Returns the words with every option as `--name=value`, before all names of files; `--` ends the options.

    An option that does not exist, and a word that belongs to none, end the program as `parser.error` does.
    """
    options = _Options(parser)
    found: list[str] = []
    names: list[str] = []
    doubtful: list[tuple[int, int]] = []  # places in both of an option that may stand alone, and of the word behind it
    rest = deque(words)
    while rest:
        word = rest.popleft()
        if word == "--":
            names += rest
            break
        if not word.startswith("-") or word == STANDARD:
            names.append(word)
        elif "=" in word or not (taken := options.values(word, rest)):
            options.check(word)
            if options.may_stand_alone(word, rest):
                doubtful.append((len(found), len(names)))
            found.append(word)
        else:
            found += [f"{word}={value}" for value in taken]
    for option, name in reversed(doubtful):
        if len(names) > options.most_names:
            found[option] += f"={names.pop(name)}"
    if names and not options.most_names:
        parser.error(f"{names[0]} belongs to no option.{' Is --run meant?' if '--run' in options.actions else ''}")
    return [*found, *(["--", *names] if names else [])]


class _Options:
    """A parser's options, and how many words each takes."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser
        self.actions = {name: action for action in parser._actions for name in action.option_strings}
        sizes = [action.nargs for action in parser._actions if not action.option_strings]
        self.most_names = float("inf") if {"+", "*"} & set(sizes) else len(sizes)

    def named(self, word: str) -> list[str]:
        """Returns the options that a word calls: one, several where it is cut too short, or none."""
        name = word.partition("=")[0]
        if name in self.actions:
            return [name]
        return [each for each in self.actions if len(name) > 2 and name.startswith("--") and each.startswith(name)]

    def check(self, word: str) -> None:
        """Refuses an option that does not exist, and what argparse would make nothing of."""
        if word.endswith("=--"):
            self.parser.error(f"-- is no value for {word[:-3]}.")
        if not self.named(word):
            name = word.partition("=")[0]
            question = like(name, self.actions)
            self.parser.error(f"there is no option {name}.{question or f' A file of that name is ./{name}.'}")

    def values(self, word: str, rest: deque[str]) -> list[str]:
        """Takes the values of an option from the words that follow it."""
        size = self._size(word)
        if size == 0 or not self._is_value(rest) or (size == "?" and rest[0].lower() not in YES_OR_NO):
            return []
        taken = [rest.popleft()]
        while size in ("+", "*") and self._is_value(rest):
            taken.append(rest.popleft())
        return taken

    def may_stand_alone(self, word: str, rest: deque[str]) -> bool:
        """Returns whether the next word may be this option's value, or else a name."""
        return "=" not in word and self._size(word) == "?" and self._is_value(rest)

    def _size(self, word: str) -> int | str | None:
        named = self.named(word)
        return self.actions[named[0]].nargs if len(named) == 1 else 0

    def _is_value(self, rest: deque[str]) -> bool:
        return bool(rest) and rest[0] != "--" and not (rest[0].startswith("-") and self.named(rest[0]))


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
