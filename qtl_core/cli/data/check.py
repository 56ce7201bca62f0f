"""`data check`: says what would spoil a result, of a data set made in the app or of a folder; it changes nothing."""

from __future__ import annotations

import argparse

from qtl_core.cli.options import data_named
from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.common.progress import never_stop
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.minding import kept_as_they_are
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.findings.check import CheckReport, CheckRequest, check_pictures, checked_set
from qtl_core.pictures.findings.finding import Finding
from qtl_core.pictures.findings.still_found import still_found
from qtl_core.settings import RunSettings

MOST_NAMED = 6  # files in a line; --json names all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "set", metavar="SET|FOLDER", help="A data set's name or identifier, photos, drawn, or a folder."
    )
    parser.add_argument("--backbone", metavar="NAME", help="The image network whose features show wrong labels.")


def main(arguments: argparse.Namespace) -> int:
    """Prints a line a finding, the gravest first.

    What somebody called no fault on the Data page is left out.
    """
    settings = RunSettings().changed(**data_named(arguments.set))
    if arguments.backbone is not None:
        settings = settings.changed(backbone=arguments.backbone)
    request = CheckRequest(settings.data, settings.data.dataset)
    told = ProgressLine()  # thousands of pictures take minutes
    report = check_pictures(checked_set(request, told, never_stop), settings.data, told, never_stop)
    findings = report.findings
    if request.made:
        record = find(request.made)
        findings = still_found(report, record, pictures_of(record.id), kept_as_they_are(record.id))
    for finding in findings:
        say(json_of(_as_json(finding, report)) if arguments.json else _line(finding))
    if not findings and not arguments.json:
        say("Nothing found that would spoil a result.")
    for words in report.notes:
        note(words)
    return 0


def _line(finding: Finding) -> str:
    names = [picture.name for picture in finding.pictures]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    files = f" {', '.join(names[:MOST_NAMED])}{more}" if names else ""
    return f"{finding.kind}: {finding.sentence}{files}"


def _as_json(finding: Finding, report: CheckReport) -> dict[str, object]:
    """Returns a finding for programs: its kind, its files by class and name, and what would mend it."""
    classes = report.checked.classes
    return {
        "kind": finding.kind,
        "files": [picture.name for picture in finding.pictures],
        "parts": [picture.part for picture in finding.pictures],
        "classes": [classes[label] for label in finding.labels],
        "action": finding.action,
        "to": None if finding.to_label is None else classes[finding.to_label],
        "sentence": finding.sentence,
    }
