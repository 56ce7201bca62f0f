"""`python -m qtl_core study run|list|show|resume|export|delete`: a grid of settings over seeds, and what it says."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qtl_core.cli.files import path_of, put
from qtl_core.cli.options import add_settings, settings_of, whole_number_of
from qtl_core.cli.output import STANDARD, GoingOn, json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.moments import moment
from qtl_core.settings import RunSettings
from qtl_core.studies.comparisons import compared, usual_measure
from qtl_core.studies.execution import train_study
from qtl_core.studies.export import as_csv, as_parquet
from qtl_core.studies.plan import Axis, StudyPlan, axis_from
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import (
    DELETED_DAYS,
    StudyStore,
    StudySummary,
    delete_study,
    find_study,
    kept_studies,
    restore_study,
)
from qtl_core.studies.words import limits_words, plan_words, result_words

USUAL_SEEDS = 20
AS_JSON = "Print one JSON object a line."
STUDY: dict[str, Any] = {"metavar": "STUDY", "help": "A study's name or identifier; `study list` names them."}
MEASURE: dict[str, Any] = {
    "choices": tuple(MEASURES),
    "help": "What is compared; by default the test accuracy, or without a test part the validation accuracy after the "
    "last epoch.",
}


@dataclass(frozen=True)
class Action:
    """A command of `study`.

    Attributes:
        about: What it does, as a sentence.
        declare: Declares its options; `--json` comes by itself.
        act: Does it, and returns the exit code.
    """

    about: str
    declare: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace], int]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""
        self.declare(parser)
        parser.add_argument("--json", action="store_true", help=AS_JSON)

    def main(self, arguments: argparse.Namespace) -> int:
        """Does what was asked; returns the exit code.

        Raises:
            UserError: There is no such study, or it cannot be trained, read or written.
        """
        return self.act(arguments)


def _declare_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="What the study is called; no other may be called so.")
    parser.add_argument(
        "--axis",
        action="append",
        default=[],
        metavar="SETTING=VALUES",
        help="A setting and its values, as head=dressed,linear or qubits=2:6; may be given several times. The values "
        "of the first one are compared with each other.",
    )
    parser.add_argument("--seeds", help=f"Over how many seeds every cell is trained. Default {USUAL_SEEDS}.")
    parser.add_argument("--measure", **MEASURE)
    add_settings(parser)


def _declare_named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("study", **STUDY)


def _declare_measured(parser: argparse.ArgumentParser) -> None:
    _declare_named(parser)
    parser.add_argument("--measure", **MEASURE)


def _declare_export(parser: argparse.ArgumentParser) -> None:
    _declare_named(parser)
    parser.add_argument("file", metavar="FILE", help="Where to: *.csv or *.parquet; - writes CSV to standard output.")


def _run(arguments: argparse.Namespace) -> int:
    """Makes a study and trains it."""
    amounts = [f"per_class={arguments.per_class}"] if "," in (arguments.per_class or "") else []
    if amounts:
        arguments.per_class = None
    axes = tuple(axis_from(text) for text in (*arguments.axis, *amounts))
    settings = settings_of(arguments)
    _check_named_once(axes, settings)
    seeds = whole_number_of("--seeds", arguments.seeds, USUAL_SEEDS)
    store = StudyStore.create(StudyPlan(arguments.name, settings, axes, seeds))
    try:
        return _train(store, arguments)
    except UserError:
        if not store.count():  # nothing to go on with, and its name would be taken
            delete_study(store)
        raise


def _check_named_once(axes: tuple[Axis, ...], settings: RunSettings) -> None:
    """Refuses an axis whose setting is named by an option too: one of the two would count for nothing."""
    usual = RunSettings()
    for axis in axes:
        if settings.value(axis.setting) != usual.value(axis.setting):
            raise UserError(
                f"{axis.setting} is an axis and an option.",
                f"The axis has {len(axis.values)} values of it.",
                "Leave the option out.",
            )


def _resume(arguments: argparse.Namespace) -> int:
    """Goes on with a study where it was."""
    return _train(find_study(arguments.study), arguments)


def _train(store: StudyStore, arguments: argparse.Namespace) -> int:
    note(f"Study {store.plan.name} ({store.id}): {plan_words(store.plan)}")
    cells = {run.key: cell.at for cell in store.plan.cells() for run in store.plan.runs_of(cell)}
    going_on = GoingOn()
    with asked_to_stop() as asked:
        try:
            for row in train_study(store, ProgressLine(), lambda: bool(asked.by)):
                with going_on:
                    say(json_of({**cells[row.key], **row.to_dict()}) if arguments.json else _line(cells[row.key], row))
        except StoppedByUser:
            note(f"What was trained is kept; `study resume {store.plan.name}` goes on with it.")
    with going_on:
        _conclude(store, arguments)
    return asked.code or int(going_on.lost)


def _line(at: Mapping[str, Any], row: Row) -> str:
    where = " ".join([*(f"{name} {value}" for name, value in at.items()), f"seed {row.seed}"])
    if row.broke_down:
        return f"{where}: broke down in epoch {row.broke_down}"
    tested = "" if row.test_accuracy is None else f", test {row.test_accuracy:.4f}"
    return f"{where}: validation {row.last_val_accuracy:.4f} after epoch {row.epochs}{tested}"


def _conclude(store: StudyStore, arguments: argparse.Namespace) -> None:
    """Prints what came out: the sentence, what it does not show, and every comparison."""
    plan, rows, facts = store.plan, store.rows(), store.fact("prepared") or {}
    measure = arguments.measure or usual_measure(list(rows.values()))
    found = compared(plan, rows, measure)
    sentence, limits = result_words(plan, rows, found, measure, facts), limits_words(plan, measure, facts)
    if not arguments.json:
        say(sentence)
        say(limits)
        return
    last = {
        "study": store.id,
        "runs": len(rows),
        "planned": len(plan.runs()),
        "seconds": store.fact("seconds") or 0.0,
        "measure": measure,
        "sentence": sentence,
        "limits": limits,
        "comparisons": [asdict(each) for each in found],
    }
    say(json_of(last | {"notes": facts.get("notes", [])}))


def _show(arguments: argparse.Namespace) -> int:
    store = find_study(arguments.study)
    note(f"Study {store.plan.name} ({store.id}): {plan_words(store.plan)}")
    _conclude(store, arguments)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for each in kept_studies():
        say(json_of(_summary(each)) if arguments.json else _summary_line(each))
    return 0


def _summary(each: StudySummary) -> dict[str, Any]:
    size = len(each.plan.runs())
    return {"id": each.id, "name": each.plan.name, "runs": each.done, "planned": size, "plan": each.plan.to_dict()}


def _summary_line(each: StudySummary) -> str:
    size = len(each.plan.runs())
    return f"{each.id}  {moment(each.created)}  {each.done:,} of {size:,} runs  {each.plan.name}"


def _export(arguments: argparse.Namespace) -> int:
    store = find_study(arguments.study)
    rows = store.rows()
    is_parquet = arguments.file.lower().endswith(".parquet")
    if not is_parquet and arguments.file != STANDARD and not arguments.file.lower().endswith(".csv"):
        raise UserError(f"{arguments.file} is no name for a table.", "", "Call it *.csv or *.parquet.")
    content = as_parquet(store.plan, rows) if is_parquet else as_csv(store.plan, rows).encode()
    size = put(content, path_of(arguments.file))
    if arguments.file == STANDARD:
        return 0
    written = {"study": store.id, "file": arguments.file, "runs": len(rows), "bytes": size}
    say(json_of(written) if arguments.json else f"Wrote {len(rows):,} runs to {arguments.file}, {size:,} bytes.")
    return 0


def _delete(arguments: argparse.Namespace) -> int:
    if arguments.undo:
        store = restore_study(arguments.study)
        back = {"restored": store.id, "name": store.plan.name}
        say(json_of(back) if arguments.json else f"Restored the study {store.plan.name} ({store.id}).")
        return 0
    store = find_study(arguments.study)
    delete_study(store)
    gone = {"deleted": store.id, "name": store.plan.name}
    undo = f"`study delete --undo {store.id}` brings it back for {DELETED_DAYS} days."
    say(json_of(gone) if arguments.json else f"Deleted the study {store.plan.name} ({store.id}); {undo}")
    return 0


def _declare_delete(parser: argparse.ArgumentParser) -> None:
    _declare_named(parser)
    parser.add_argument("--undo", action="store_true", help=f"Bring it back; for {DELETED_DAYS} days it can be.")


def _nothing(parser: argparse.ArgumentParser) -> None:
    """Takes no arguments."""


ACTIONS = {
    "run": Action("Train every cell of a grid over seeds, and compare.", _declare_run, _run),
    "list": Action("Name every study, the newest first.", _nothing, _list),
    "show": Action("Say what came out of a study so far.", _declare_measured, _show),
    "resume": Action("Go on with a study that was stopped.", _declare_measured, _resume),
    "export": Action("Write a study as one table, a line a run.", _declare_export, _export),
    "delete": Action("Delete a study; it can be restored for some days.", _declare_delete, _delete),
}
