"""A study's runs logged where people log: each row with its curves, as a run of its own.

A study keeps no times of its epochs: all of a run's steps are at the moment that is given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

import qtl_core
from qtl_core.compare.listing import data_words
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings.groups import FIELDS
from qtl_core.studies.export import places_of
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of
from qtl_core.studies.words import place_words
from qtl_core.tracking.log import Ending, LogPlace
from qtl_core.tracking.record import TAG, Logged, params_of


def log_study(store: StudyStore, place: LogPlace, progress: Callable[[int, int], None], at: float) -> int:
    """Logs every run of a study; returns how many.

    Args:
        store: The study.
        place: Where to.
        progress: Told how many are logged, of how many.
        at: When they were, seconds since the epoch.

    Raises:
        UserError: The study cannot be read, a run is there already, or nothing can be written.
    """
    rows, curves = store.rows(), {figure: curves_of(store, figure) for figure in FIGURES}
    where = places_of(store.plan)
    for number, (key, row) in enumerate(rows.items()):
        progress(number, len(rows))
        own = {figure: found[key] for figure, found in curves.items() if key in found}
        log_row(store, place, row, where[key][0], own, at)
    return len(rows)


def log_row(
    store: StudyStore, place: LogPlace, row: Row, where: Mapping[str, Any], curves: Mapping[str, np.ndarray], at: float
) -> None:
    """Logs one run of a study.

    Args:
        store: The study.
        place: Where to.
        row: The run's.
        where: The values of the study's axes for it.
        curves: Its figures of every epoch, by name.
        at: When it was, seconds since the epoch.

    Raises:
        UserError: It is there already, or nothing can be written.
    """
    log = place.log(f"{store.id}-{row.key}")
    log.begin(_logged(store, row, where, at))
    for step, figures in enumerate(_epochs(curves), start=1):
        log.epoch(step, figures, at)
    measures = {name: value for name in MEASURES if (value := row.measure(name)) is not None}
    log.end(Ending("failed" if row.broke_down else "finished", row.epochs, at, measures))


def _logged(store: StudyStore, row: Row, where: Mapping[str, Any], at: float) -> Logged:
    axes = {name: value for name, value in where.items() if name not in ("fold", "repeat")}
    name = ", ".join(filter(None, (place_words(axes), f"seed {row.seed}")))
    params = params_of(store.plan.base) | {key: str(value) for key, value in where.items()} | {"seed": row.seed}
    settings = store.plan.base.changed(**{name: value for name, value in axes.items() if name in FIELDS})
    tags = {"run": f"{store.id}-{row.key}", "study": store.plan.name, "app": qtl_core.__version__}
    tags |= {"data": data_words(settings.data)}
    if not settings.data.is_numbers:
        tags |= {"image_network": spec_of(settings.data.backbone).title}
    return Logged(f"{store.id}-{row.key}", name, at, params, {f"{TAG}{key}": text for key, text in tags.items()})


def _epochs(curves: Mapping[str, np.ndarray]) -> Iterator[dict[str, float]]:
    for values in zip(*curves.values(), strict=True):
        found = dict(zip(curves, map(float, values), strict=True))
        yield {name: value for name, value in found.items() if math.isfinite(value)}
