"""`learn run q2q`: trains quantum to quantum as published, over 20 seeds."""

from __future__ import annotations

import argparse

from qtl_core.cli.learn.light import print_answer
from qtl_core.learn.optics.shell import q2q_answer


def main(arguments: argparse.Namespace) -> int:
    """Trains it; returns the exit code."""
    return print_answer(arguments, q2q_answer)
