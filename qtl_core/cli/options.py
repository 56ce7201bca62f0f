"""Settings as command-line options, made from their specs, so that a new setting is an option at once."""

from __future__ import annotations

import argparse
import os
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.schema import UnknownDataset
from qtl_core.settings import DataSettings, FieldSpec, RunSettings, spec_of, specs
from qtl_core.settings.groups import GROUPS
from qtl_core.tables.kept import is_kept

SHORT = {"learning_rate": "--lr", "batch_size": "--batch"}
SOURCES = ("photos", "drawn")
SHAPES = tuple(each.value for each in spec_of(DataSettings(), "shape").choices)
ELSEWHERE = ("source", "folder", "dataset", "shape", "table")  # all are --data


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds `--data` and one option a setting; none has a default here, so that one can tell what was asked for."""
    parser.add_argument(
        "--data",
        metavar="photos|drawn|spirals|squares|moons|FOLDER|SET|FILE",
        help="Where the pictures, points or rows of numbers come from.",
    )
    for title, kind in GROUPS.items():
        group = parser.add_argument_group(f"{title} settings")  # no docstring: there is none under `python -OO`
        for name, spec in specs(kind).items():
            if name not in ELSEWHERE:
                _add(group, name, spec)


def _add(group: argparse._ArgumentGroup, name: str, spec: FieldSpec) -> None:
    names = [f"--{name.replace('_', '-')}"]
    if name in SHORT:
        names.insert(0, SHORT[name])
    words = f"{spec.help} Default {spec.default!r}; {spec.allowed}.".replace("%", "%%")
    if spec.kind == "flag":
        group.add_argument(*names, dest=name, nargs="?", const="true", metavar="yes|no", help=words)
    else:
        group.add_argument(*names, dest=name, metavar=name.rpartition("_")[2].upper(), help=words)


def asked_settings(arguments: argparse.Namespace) -> dict[str, object]:
    """Returns the settings that were named on the command line, by field name.

    Values are read but not yet checked; `RunSettings.changed` does that.
    """
    asked: dict[str, object] = {}
    for kind in GROUPS.values():
        for name, spec in specs(kind).items():
            text = getattr(arguments, name, None)
            if text is not None:
                asked[name] = spec.parse(text)
    return asked if arguments.data is None else data_named(arguments.data) | asked


def data_named(name: str) -> dict[str, Any]:
    """Returns the settings of what `--data` names; a folder by its whole path, which means the same from anywhere.

    What is no folder here is a data set's name or identifier, if there is such a one. A file is a table, whose numbers
    are standardised unless the command line says otherwise: columns measured in metres and in grams count alike then.

    Raises:
        UserError: There are several data sets of that name.
    """
    if name in SOURCES:
        return {"source": name}
    if name in SHAPES:
        return {"source": "points", "shape": name}
    is_here = os.path.isdir(name)  # noqa: PTH112  False for a name that no system takes
    if is_here:
        return {"source": "folder", "folder": os.path.abspath(name)}  # noqa: PTH100  links stay
    if is_kept(name):
        return {"source": "table", "table": name, "standardise": True}
    if os.path.isfile(name):  # noqa: PTH113
        return {"source": "table", "table": os.path.abspath(name), "standardise": True}  # noqa: PTH100
    try:
        return {"source": "dataset", "dataset": find(name).id}
    except UnknownDataset:
        return {"source": "folder", "folder": name}


def settings_of(arguments: argparse.Namespace) -> RunSettings:
    """Returns the recipe's settings with those of the command line.

    Raises:
        SettingsError: A value is not allowed.
    """
    return RunSettings().changed(**asked_settings(arguments))


def whole_number_of(option: str, text: str | None, otherwise: int) -> int:
    """Returns the number that an option of a command names, or `otherwise` where it is not given.

    Raises:
        UserError: It is no whole number from 0 on.
    """
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal()):
        raise UserError(f"{option} = {text} is not allowed.", "", "Give a whole number from 0 on.")
    return int(text)
