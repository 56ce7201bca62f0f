"""The training that suits data: the recipe's for pictures, and for points and tables one by their columns and rows."""

from __future__ import annotations

from dataclasses import fields, replace

from qtl_core.common.errors import UserError
from qtl_core.settings import DataSettings, RunSettings, TrainingSettings, numbers_training
from qtl_core.tables.catalogue import load_numbers

# What no training is chosen by: these stay whatever is learnt from.
_STAY = ("seed", "engine", "standardise")
CHOSEN = frozenset(each.name for each in fields(TrainingSettings)) - {*_STAY}


def training_rows(data: DataSettings) -> tuple[int, int]:
    """Returns how many rows are learnt from, and how many numbers each has; (0, 0) where that is not known.

    A table that is not there, or cannot be used, is complained of elsewhere.
    """
    if not data.is_numbers or (data.source == "table" and not data.table):
        return 0, 0
    try:
        numbers = load_numbers(data)
    except UserError:
        return 0, 0
    rows = len(numbers.dataset.train)
    drawn = data.per_class * len(numbers.dataset.classes)
    return (min(rows, drawn) if drawn else rows), len(numbers.columns)


def usual_training(data: DataSettings, training: TrainingSettings | None = None) -> TrainingSettings:
    """Returns the training that suits `data`: `numbers_training` of numbers that are there, else the recipe's.

    Args:
        data: What is learnt from.
        training: Whose seed, engine and standardising stay.
    """
    now = training or TrainingSettings()
    usual = replace(TrainingSettings(), **{name: getattr(now, name) for name in _STAY})
    rows, features = training_rows(data)
    return numbers_training(rows, features, usual) if rows and features else usual


def following(before: RunSettings, now: RunSettings) -> RunSettings:
    """Returns settings whose data were just changed, with the training that suits these, where nobody chose another.

    Args:
        before: The settings as they were; where their training is not what suits their own data, somebody chose it.
        now: The same with other data.
    """
    if before.training != usual_training(before.data, before.training):
        return now
    return replace(now, training=usual_training(now.data, now.training))
