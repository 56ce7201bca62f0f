"""The outcome of both directions that are trained on states of light, printed: one object, or its sentences."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from qtl_core.cli.output import json_of, say
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.common.progress import ReportProgress


def print_answer(arguments: argparse.Namespace, answer: Callable[[ReportProgress], dict[str, Any]]) -> int:
    """Trains, prints what came out and returns the exit code."""
    found = answer(ProgressLine())
    say(json_of(found) if arguments.json else found["sentence"])
    return 0
