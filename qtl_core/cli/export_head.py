"""`python -m qtl_core export-head`: a run's head as a state dict that the PennyLane demo's own code loads."""

from __future__ import annotations

import argparse
from pathlib import Path

from qtl_core.cli.files import put
from qtl_core.cli.output import STANDARD, note, say
from qtl_core.heads.writing import head_bytes, remarks
from qtl_core.store import load_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--run", required=True, metavar="ID", help="The kept run; see `runs list`.")
    parser.add_argument("--whole", action="store_true", help="With the ResNet around it, the head under `fc.`.")
    parser.add_argument("--weights", default="", metavar="FILE", help="For --whole: that network's weights, if moved.")
    parser.add_argument("file", metavar="FILE", help="Where: .pt, .pth or .safetensors; - for standard output.")


def main(arguments: argparse.Namespace) -> int:
    """Writes the file; returns the exit code.

    Raises:
        UserError: The run or the file cannot be used.
    """
    view, file = load_run(arguments.run), Path(arguments.file)
    suffix = ".pt" if arguments.file == STANDARD else file.suffix.lower()
    put(head_bytes(view, suffix, whole=arguments.whole, weights=arguments.weights), file)
    for remark in remarks(view, whole=arguments.whole):
        note(f"Note: {remark}")
    if arguments.file != STANDARD:
        say(f"Written to {file}.")
    return 0
