"""`learn run q2c`: trains quantum to classical as published, over 20 seeds."""

from __future__ import annotations

import argparse

from qtl_core.cli.learn.light import print_answer
from qtl_core.learn.optics.shell import q2c_answer


def main(arguments: argparse.Namespace) -> int:
    """Trains it; returns the exit code."""
    return print_answer(arguments, q2c_answer)
