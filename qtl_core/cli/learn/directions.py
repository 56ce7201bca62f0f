"""Directions of the paper, which `learn run` runs beside the ten experiments: each trained by a module of its own."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Direction:
    """A direction of the paper.

    Attributes:
        title: What goes from where to where, in a few words.
        module: Where it is done: `main(arguments)`, which prints what came out and returns the exit code.
    """

    title: str
    module: str

    @property
    def main(self) -> Callable[[argparse.Namespace], int]:
        """The function that does it, imported when it is asked for."""
        found: Callable[[argparse.Namespace], int] = import_module(self.module).main
        return found

    def listed(self, key: str) -> dict[str, Any]:
        """Returns its line of the list."""
        return {"key": key, "title": self.title}


DIRECTIONS: dict[str, Direction] = {
    "q2q": Direction(
        "Quantum to quantum: a layer learnt on states of light before layers for others", "qtl_core.cli.learn.q2q"
    ),
    "q2c": Direction("Quantum to classical: a network of light before a linear layer", "qtl_core.cli.learn.q2c"),
}
