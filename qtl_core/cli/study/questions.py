"""`study questions`: names the questions that are ready to be asked."""

from __future__ import annotations

import argparse
from typing import Any

from qtl_core.cli.options import add_settings, settings_of
from qtl_core.cli.output import json_of, say
from qtl_core.settings import RunSettings
from qtl_core.studies.questions import QUESTIONS, Question
from qtl_core.studies.words import plan_words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_settings(parser)


def main(arguments: argparse.Namespace) -> int:
    """Names them, and says of each what is compared with what for the settings chosen; returns the exit code."""
    settings = settings_of(arguments)
    for each in QUESTIONS:
        found = _question(each, settings)
        say(json_of(found) if arguments.json else _words(found))
    return 0


def _question(each: Question, settings: RunSettings) -> dict[str, Any]:
    why = each.why_not(settings)
    asked = "" if why else plan_words(each.plan(settings))
    return {"name": each.name, "title": each.title, "about": each.about, "asked": asked, "why_not": why}


def _words(found: dict[str, Any]) -> str:
    end = f"It cannot be asked of these settings: {found['why_not']}" if found["why_not"] else found["asked"]
    return f"{found['name']}: {found['title']}\n  {found['about']}\n  {end}"
