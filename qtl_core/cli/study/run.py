"""`study run`: makes a study and trains it."""

from __future__ import annotations

import argparse

from qtl_core.cli.log_options import add_logs
from qtl_core.cli.options import SHORT, add_settings, settings_of
from qtl_core.cli.study.options import add_extent, add_workers, with_extent
from qtl_core.cli.study.training import begin
from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.studies.plan import Axis, StudyPlan, axis_from

USUAL_SEEDS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--name", required=True, help="What the study is called; no other may be called so.")
    parser.add_argument(
        "--axis",
        action="append",
        default=[],
        metavar="SETTING=VALUES",
        help="A setting and its values, as head=dressed,linear or qubits=2:6; may be given several times. The values "
        "of the first one are compared with each other. Besides settings there are variant (a head, or depth_0 for a "
        "circuit without trained gates) and gate_errors (of a CNOT; gates on one qubit err a tenth as often).",
    )
    add_extent(parser)
    add_workers(parser)
    add_logs(parser)
    add_settings(parser)


def main(arguments: argparse.Namespace) -> int:
    """Makes a study and trains it; returns the exit code.

    Raises:
        UserError: It is no study, or cannot be trained.
    """
    return begin(plan_of(arguments), arguments)


def plan_of(arguments: argparse.Namespace) -> StudyPlan:
    """Returns the plan that the options make.

    Raises:
        UserError: It is no study.
    """
    amounts = [f"per_class={arguments.per_class}"] if "," in (arguments.per_class or "") else []
    if amounts:
        arguments.per_class = None
    short = {option.lstrip("-"): name for name, option in SHORT.items()}
    axes = tuple(axis_from(text, short) for text in (*arguments.axis, *amounts))
    settings = settings_of(arguments)
    _check_named_once(axes, settings)
    name, arguments.seeds = arguments.name, arguments.seeds or str(USUAL_SEEDS)
    whole = StudyPlan(name, settings, (), 1)  # the grid alone may be larger than what a sample of it comes to
    return _with_axes(with_extent(whole, arguments), axes)


def _with_axes(plan: StudyPlan, axes: tuple[Axis, ...]) -> StudyPlan:
    return StudyPlan(**{**vars(plan), "axes": axes})


def _check_named_once(axes: tuple[Axis, ...], settings: RunSettings) -> None:
    """Refuses an axis whose setting is named by an option too: one of the two would count for nothing."""
    usual = RunSettings()
    for axis in axes:
        if settings.changed(**{name: usual.value(name) for name in axis.always}) != settings:
            raise UserError(
                f"{axis.setting} is an axis and an option.",
                f"The axis has {len(axis.values)} values of it.",
                "Leave the option out.",
            )
