"""`python -m qtl_core compile`: the fast engine as machine code, before anybody waits for it."""

from __future__ import annotations

import argparse

from qtl_core.cli.output import note, say
from qtl_core.common.paths import writable
from qtl_core.training.compiled.code_folder import code_folder, is_compiled
from qtl_core.training.compiled.warm_up import compile_once


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares no options: for whom and where follows from the machine and its home."""


def main(_arguments: argparse.Namespace) -> int:
    """Compiles what is not compiled yet; returns the exit code.

    Raises:
        UserError: Nothing can be kept on this machine.
    """
    folder = code_folder() or writable("compiled")
    if not is_compiled():
        note("Compiling the fast engine, once on this machine: a quarter of a minute, or some where others work.")
        compile_once()
    say(f"The fast engine is compiled, in {folder}.")
    return 0
