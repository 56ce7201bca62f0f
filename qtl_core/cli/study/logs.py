"""Logs of a study that is trained: each row goes there as it comes; a log that breaks ends no study."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from typing import Any

from qtl_core.cli.log_options import note_lost, places_along
from qtl_core.studies.logging import log_row
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore


class RowLogs:
    """The logs that the command line names.

    Args:
        store: The study.
        arguments: With the options of `log_options`, where the command has them.

    Attributes:
        places: Those that are still written.

    Raises:
        UserError: An extra is not installed, or no folder is named.
    """

    def __init__(self, store: StudyStore, arguments: argparse.Namespace) -> None:
        self.store = store
        self.places = places_along(arguments, store.plan.name) if "mlflow" in arguments else []

    def add(self, row: Row, where: Mapping[str, Any]) -> None:
        """Logs one more row."""
        for place in tuple(self.places):
            try:
                curves = self.store.curves(row.key)
                log_row(self.store, place, row, where, curves, time.time())
            except Exception as error:  # whatever another program's log raises, it must not end a study
                self.places.remove(place)
                note_lost(error)
