"""`qtl COMMAND`, or `python -m ui COMMAND`: all of `python -m qtl_core`, and `app`, which starts the studio."""

from __future__ import annotations

import sys
from functools import partial
from typing import NoReturn

from qtl_core.__main__ import COMMANDS, Program, main
from qtl_core.cli.parser import chosen
from qtl_core.cli.process import run_as_process

APP = "app"
QTL = Program("qtl", {APP: "Start the studio, to be used in a browser.", **COMMANDS}, {APP: "ui.shell.serve"})


def run() -> NoReturn:
    """Runs the command line of this process; what installing the project puts behind the name `qtl`."""
    command, _ = chosen(sys.argv[1:], QTL.commands)
    run_as_process(partial(main, program=QTL), quiet=command != APP)


if __name__ == "__main__":
    run()
