"""The classes that settings choose, known before Start: by names alone, so that a transfer can be planned from them.

No picture is read here; of a table its columns and labels are.
"""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.common.errors import UserError
from qtl_core.common.paths import check_may_read
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.versions import find_version
from qtl_core.pictures.sources.folder_layout import find_classes
from qtl_core.pictures.sources.typed_path import typed_folder
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.tables.catalogue import load_numbers
from qtl_core.training.transfer.facts import HeadFacts, facts_before

ANTS_AND_BEES = ("ants", "bees")


@dataclass(frozen=True)
class ChosenClasses:
    """The classes that settings choose, known before any example is looked at.

    Attributes:
        names: The classes.
        columns: Of numbers, what they are called; empty for pictures.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...] = ()


def chosen_classes(data: DataSettings) -> ChosenClasses:
    """Returns the classes that these settings choose.

    Raises:
        UserError: The folder, the data set or the table is not there, or cannot be used.
    """
    if data.is_numbers:
        numbers = load_numbers(data)
        return ChosenClasses(numbers.dataset.classes, numbers.columns)
    if data.source == "dataset":
        return ChosenClasses(_of_dataset(data))
    if data.source == "folder":
        root = typed_folder(data.folder)
        check_may_read(root)
        names = {name for classes in find_classes(root).parts.values() for name in classes}
        return ChosenClasses(tuple(sorted(names)))
    return ChosenClasses(ANTS_AND_BEES)


def new_head(settings: RunSettings, chosen: ChosenClasses) -> HeadFacts:
    """Returns the facts about the head that these settings would train on these classes."""
    return facts_before(settings, chosen.names, len(chosen.columns), chosen.columns)


def _of_dataset(data: DataSettings) -> tuple[str, ...]:
    if not data.dataset:
        raise UserError("No data set is chosen yet.", "", "Choose one, or make one on the Data page.")
    if data.dataset_version:
        entries = find_version(data.dataset, data.dataset_version).entries
        return tuple(sorted({entry.class_name for entry in entries}))
    return tuple(sorted(each.name for each in find_by_id(data.dataset).classes))
