"""Kept runs at a glance: what one has to know to choose one, without reading weights and histories."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qtl_core import paths, runs
from qtl_core.settings import RunSettings

REMEMBERED = 500  # summaries of 10 KB, mostly names of files


@dataclass(frozen=True)
class RunSummary:
    """A kept run.

    Attributes:
        id: Its identifier.
        version: Differs once the run has gone on.
        settings: The settings it was trained with.
        backbone_title: Its image network.
        classes: Class names.
        right, total: Validation pictures that its best epoch got right, and all of them.
    """

    id: str
    version: int
    settings: RunSettings
    backbone_title: str
    classes: tuple[str, ...]
    right: int
    total: int


def run_summaries(most: int) -> list[RunSummary]:
    """Returns the newest `most` kept runs that can be read, newest first."""
    found = (_summary_now(paths.home() / "runs" / run_id / "run.json") for run_id in runs.kept_runs()[:most])
    return [summary for summary in found if summary]


def _summary_now(file: Path) -> RunSummary | None:
    try:
        return _summary(file, file.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=REMEMBERED)
def _summary(file: Path, version: int) -> RunSummary | None:
    """Reads a summary; None where the file is damaged, which only who opens the run needs to hear about."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        prepared, ended = stored["prepared"], stored["ended"]
        return RunSummary(
            id=file.parent.name,
            version=version,
            settings=RunSettings.from_dict(prepared["settings"]),
            backbone_title=prepared["backbone_title"],
            classes=tuple(prepared["classes"]),
            right=round(ended["best_val_accuracy"] * prepared["val_size"]),
            total=prepared["val_size"],
        )
    except Exception:  # arbitrary bytes can make the readers fail in any way
        return None
