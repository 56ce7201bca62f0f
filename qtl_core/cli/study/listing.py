"""`study list`: names every study, the newest first."""

from __future__ import annotations

import argparse
from typing import Any

from qtl_core.cli.output import json_of, note, say
from qtl_core.common.moments import moment
from qtl_core.studies.store import StudySummary, all_studies


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes no arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Names them, and says which cannot be read; returns the exit code."""
    found, unread = all_studies()
    for each in found:
        say(json_of(_summary(each)) if arguments.json else _line(each))
    for error in unread:
        note(str(error))
    return 0


def _summary(each: StudySummary) -> dict[str, Any]:
    planned = each.plan.planned
    return {"id": each.id, "name": each.plan.name, "runs": each.done, "planned": planned, "plan": each.plan.to_dict()}


def _line(each: StudySummary) -> str:
    return f"{each.id}  {moment(each.created)}  {each.done:,} of {each.plan.planned:,} runs  {each.plan.name}"
