"""`python -m qtl_core export-head`: a run's head as a state dict that the PennyLane demo or the paper's code loads."""

from __future__ import annotations

import argparse

from qtl_core.cli.files import path_of, put
from qtl_core.cli.output import STANDARD, note, say
from qtl_core.cli.run_names import run_named
from qtl_core.exchange.heads.writing import head_bytes, remarks
from qtl_core.network.parameter_rows import DEMO, LAYOUTS
from qtl_core.runs.store import load_run
from qtl_core.runs.view import TrainedRun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--run", required=True, metavar="ID", help="The kept run; see `runs list`.")
    parser.add_argument("--whole", action="store_true", help="With the ResNet around it, the head under `fc.`.")
    parser.add_argument("--weights", default="", metavar="FILE", help="For --whole: that network's weights, if moved.")
    about = (
        "Whose code is to load it: demo, the PennyLane demo's, a row of q_params a layer; paper, that of "
        "XanaduAI/quantum-transfer-learning, 15 rows, the layers in rows 1 to depth, zeros elsewhere. Default demo."
    )
    parser.add_argument("--layout", choices=list(LAYOUTS), default=DEMO, help=about)
    parser.add_argument("file", metavar="FILE", help="Where: .pt, .pth or .safetensors; - for standard output.")


def main(arguments: argparse.Namespace) -> int:
    """Writes the file; returns the exit code.

    Raises:
        UserError: The run or the file cannot be used.
    """
    view, file = TrainedRun.of(load_run(run_named(arguments.run))), path_of(arguments.file)
    suffix = ".pt" if arguments.file == STANDARD else file.suffix.lower()
    whole, layout = arguments.whole, arguments.layout
    put(head_bytes(view, suffix, whole=whole, weights=arguments.weights, layout=layout), file)
    for remark in remarks(view, whole=whole, layout=layout):
        note(f"Note: {remark}")
    if arguments.file != STANDARD:
        say(f"Written to {file}.")
    return 0
