"""The options by which a training or a study is logged elsewhere, too: `--tensorboard DIR` and `--mlflow DIR`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial

from qtl_core.cli.folders import folder_of
from qtl_core.cli.output import note
from qtl_core.tracking.log import LogPlace
from qtl_core.tracking.mlflow_store import EXPERIMENT, MlflowStore
from qtl_core.tracking.programs import MLFLOW, TENSORBOARD
from qtl_core.tracking.reader import lost_words
from qtl_core.tracking.tensorboard_files import TensorBoardFolder


def add_logs(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--tensorboard", metavar="DIR", help="Log to this folder of TensorBoard's files, too; extra tensorboard."
    )
    parser.add_argument("--mlflow", metavar="DIR", help="Log to this store of MLflow's, too; extra mlflow.")


def places_of(arguments: argparse.Namespace, experiment: str = EXPERIMENT) -> list[LogPlace]:
    """Returns where to log, as the options say.

    Args:
        arguments: With these options.
        experiment: What MLflow files the runs under.

    Raises:
        UserError: An extra is not installed, or a store cannot be used.
    """
    return [make() for make in _makers(arguments, experiment)]


def places_along(arguments: argparse.Namespace, experiment: str = EXPERIMENT) -> list[LogPlace]:
    """Returns where to log what is trained: one that cannot be opened is said, and ends no training.

    Args:
        arguments: With these options.
        experiment: What MLflow files the runs under.

    Raises:
        UserError: An extra is not installed, or no folder is named.
    """
    places = []
    for make in _makers(arguments, experiment):
        try:
            places.append(make())
        except Exception as error:  # whatever another program raises
            note(f"Note: It is not logged: {' '.join(str(error).split())}")
    return places


def _makers(arguments: argparse.Namespace, experiment: str) -> list[Callable[[], LogPlace]]:
    makers: list[Callable[[], LogPlace]] = []
    if named := arguments.tensorboard:
        TENSORBOARD.extra.require("No files for TensorBoard can be written here.")
        makers.append(partial(TensorBoardFolder, folder_of("--tensorboard", named)))
    if named := arguments.mlflow:
        MLFLOW.extra.require("Nothing can be written for MLflow here.")
        makers.append(partial(MlflowStore, folder_of("--mlflow", named), experiment))
    return makers


def note_lost(error: Exception) -> None:
    """Says that a log has come to its end before the training."""
    note(f"Note: {lost_words(error)}")


def note_places(places: Sequence[LogPlace]) -> None:
    """Says how to see what was logged."""
    for place in places:
        note(f"Logged. See it by: {place.opened_by}")
