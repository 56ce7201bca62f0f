"""`study list`: names every study, the newest first."""

from __future__ import annotations

import argparse
from typing import Any

from qtl_core.cli.output import json_of, say
from qtl_core.common.moments import moment
from qtl_core.studies.store import StudySummary, kept_studies


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes no arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Names them; returns the exit code."""
    for each in kept_studies():
        say(json_of(_summary(each)) if arguments.json else _line(each))
    return 0


def _summary(each: StudySummary) -> dict[str, Any]:
    planned = each.plan.planned
    return {"id": each.id, "name": each.plan.name, "runs": each.done, "planned": planned, "plan": each.plan.to_dict()}


def _line(each: StudySummary) -> str:
    return f"{each.id}  {moment(each.created)}  {each.done:,} of {each.plan.planned:,} runs  {each.plan.name}"
