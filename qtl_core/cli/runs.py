"""`python -m qtl_core runs list|show|changes|export|import|delete`: what is kept, in and out of one file a run."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from qtl_core.cli import run_export
from qtl_core.cli.files import path_of, read
from qtl_core.cli.output import STANDARD, STDIN, GoingOn, json_of, note, say
from qtl_core.cli.run_names import ABOUT, answering_run, run_named
from qtl_core.common.errors import UserError
from qtl_core.common.moments import moment
from qtl_core.common.progress import never_stop
from qtl_core.compare.listing import data_of
from qtl_core.compare.names import name_of, names_of
from qtl_core.evaluation.class_figures import part_figures, tested_in_words
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.evaluation.probability_figures import probability_figures
from qtl_core.exchange.run_files.container import LARGEST_FILE
from qtl_core.exchange.run_files.importing import ImportedRun, import_run_file
from qtl_core.exchange.run_files.requirements import needs_of
from qtl_core.explain.training_change_words import changes_record, circuit_words, summary_words
from qtl_core.explain.training_changes import (
    TrainingChanges,
    changes_payload,
    movements_of,
    run_training_changes_job,
)
from qtl_core.explain.validation_angles import why_no_answers
from qtl_core.export.tables import figures_object
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import RunRecord, delete, find_run, list_runs, load_run, purge, undelete
from qtl_core.runs.store.serialization import figures_of
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings.head_words import counted, head_in_words
from qtl_core.settings.readout_words import exact_words

AS_JSON = "Print one JSON object a line."


@dataclass(frozen=True)
class Action:
    """A command of `runs`.

    Attributes:
        about: What it does, as a sentence.
        arguments: What it takes, as `add_argument` does; `--json` comes by itself.
        act: Does it, and returns the exit code, or None for 0.
        run_of: Finds the run that is named.
    """

    about: str
    arguments: dict[str, dict[str, Any]]
    act: Callable[[argparse.Namespace], int | None]
    run_of: Callable[[str], str] = run_named

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""
        for words, options in self.arguments.items():
            parser.add_argument(words, **options)
        parser.add_argument("--json", action="store_true", help=AS_JSON)

    def main(self, arguments: argparse.Namespace) -> int:
        """Does what was asked; returns the exit code.

        Raises:
            UserError: There is no such run, or a file cannot be read or written.
        """
        if "run" in arguments:
            arguments.run = self.run_of(arguments.run)
        return self.act(arguments) or 0


def _list(arguments: argparse.Namespace) -> None:
    records = list_runs(deleted=arguments.deleted)
    names = names_of(records)
    for record in records:
        say(json_of(_record(record)) if arguments.json else _line(record, names[record.id]))


def _show(arguments: argparse.Namespace) -> None:
    record, view = find_run(arguments.run), load_run(arguments.run)
    needs = needs_of(TrainedRun.of(view)) if view.epochs else ()
    if arguments.json:
        epochs = [figures_of(epoch) for epoch in view.epochs]
        lineage = [dataclasses.asdict(each) | {"kept": _is_kept(each.run)} for each in view.prepared.lineage]
        rest = {"history": epochs, "notes": view.prepared.notes, "needs": needs, "lineage": lineage}
        say(json_of(_record(record) | rest | _figures(view)))
        return
    say(_line(record, name_of(record)))
    circuit = record.settings.circuit
    made = head_in_words(record.settings, view.prepared.feature_size, len(record.classes))
    if record.settings.model.spec.has_circuit:
        made += f", {circuit.entangler}, {circuit.rotation}"
    network = f"; image network {record.backbone_title}" if record.backbone_title else ""
    say(f"{made}; classes {', '.join(record.classes)}{network}.")
    noun = record.settings.data.noun if record.settings.data.is_numbers else "pictures"
    if view.epochs and view.prepared.is_measured:
        say(f"Best epoch {record.best_epoch} of {record.epochs}: {evaluation_of(view).in_words(noun)}.")
    if sentence := tested_in_words(view, noun):
        say(sentence)
    for sentence in (*_lineage(view.prepared), *view.prepared.notes, record.note, *needs):
        if sentence:
            say(sentence)


def _lineage(prepared: Prepared) -> Iterator[str]:
    """Yields a line for each ancestor, the nearest first, however many of them are still here."""
    for each in prepared.lineage:
        gone = "" if _is_kept(each.run) else ", which is not kept here any more"
        still = f"; stood still: {', '.join(each.frozen)}" if each.frozen else ""
        said = f"{each.name} (run {each.run}{gone}; {each.pictures})"
        yield f"Started from {said}; carried over: {', '.join(each.carried) or 'nothing'}{still}."


def _is_kept(run_id: str) -> bool:
    try:
        return find_run(run_id).deleted is None
    except UserError:
        return False


def _figures(view: RunView) -> dict[str, Any]:
    """Returns the figures of every part, by class and over the classes."""
    parts = [figures_object(part, probability_figures(part.evaluation)) for part in part_figures(view).values()]
    return {"figures": parts}


def _changes(arguments: argparse.Namespace) -> None:
    run = TrainedRun.of(load_run(find_run(arguments.run).id))
    changes, why = movements_of(run), why_no_answers(run)
    if not why:
        found: list[TrainingChanges] = []
        try:
            run_training_changes_job(changes_payload(run), found.append, never_stop)
            (changes,) = found
        except UserError as error:  # how far the weights moved is known without the pictures
            why = str(error)
    exact = exact_words(run.prepared.settings)
    if arguments.json:
        say(json_of(changes_record(changes) | {"run": arguments.run, "why_no_answers": why, "exact_circuit": exact}))
        return
    for sentence in (summary_words(changes), *circuit_words(changes), why, exact):
        if sentence:
            say(sentence)


def _import(arguments: argparse.Namespace) -> int:
    going_on = GoingOn()  # every file is brought in, whoever reads about it
    for name in arguments.files:
        file = path_of(name)
        content = read(file, LARGEST_FILE)
        found = import_run_file(content, STDIN if name == STANDARD else file.name)
        needs = needs_of(TrainedRun.of(load_run(found.run)))
        for sentence in needs:
            note(f"Note: {sentence}")
        with going_on:
            say(json_of(dataclasses.asdict(found) | {"needs": needs}) if arguments.json else _in_words(found))
    return int(going_on.lost)


def _in_words(found: ImportedRun) -> str:
    if found.was_here:
        return f"It is here already, as run {found.run}."
    return f"Kept as run {found.run}{' (another run has its own identifier)' if found.is_renamed else ''}."


def _delete(arguments: argparse.Namespace) -> None:
    for run_id in arguments.runs:
        find_run(run_id)  # all of them are there, or none is touched
    if arguments.undo:
        undelete(arguments.runs)
    else:
        delete(arguments.runs)
    if arguments.for_good and not arguments.undo:
        purge(arguments.runs)
    words = "restored" if arguments.undo else "deleted for good" if arguments.for_good else "deleted"
    later = "; --undo brings it back within 30 days" if words == "deleted" else ""
    for run_id in arguments.runs:
        say(json_of({"run": run_id, "is": words}) if arguments.json else f"{run_id} {words}{later}.")


def _line(record: RunRecord, name: str) -> str:
    when = moment(record.created).strftime("%Y-%m-%d %H:%M")
    score = f"{record.right} of {record.val_size} right" if record.val_size and record.right is not None else "—"
    circuit, has_circuit = record.settings.circuit, record.settings.model.spec.has_circuit
    shape = f"{counted(circuit.qubits, 'qubit')} x {circuit.depth}" if has_circuit else head_in_words(record.settings)
    parts = (
        record.id,
        when,
        record.state,
        f"{record.epochs} epochs",
        score,
        shape,
        record.backbone_title,
        data_of(record),
        name,
    )
    return "  ".join(" ".join(str(part).split()) for part in parts if part)


def _record(record: RunRecord) -> dict[str, Any]:
    known = {"settings": record.settings.to_dict(), "test_accuracy": record.test_accuracy}
    return dataclasses.asdict(record) | known


RUN = {"metavar": "RUN", "help": "The run, by its identifier or name, or how either begins; see `runs list`."}
ACTIONS: dict[str, Action] = {
    "list": Action(
        "Name every kept run, newest first.",
        {"--deleted": {"action": "store_true", "help": "Those that were deleted and can still be restored."}},
        _list,
    ),
    "show": Action("Say all that is known of a run.", {"run": RUN}, _show),
    "changes": Action(
        "Say what training changed in a run: the layer before the circuit, its angles, the layer after it.",
        {"run": RUN},
        _changes,
    ),
    "export": Action(
        "Write a run to one file, which `runs import` reads here or elsewhere; or, by an option, for other programs.",
        {
            "run": {"metavar": "RUN|bundled", "help": ABOUT},
            **run_export.options(),
        },
        run_export.export,
        answering_run,
    ),
    "import": Action(
        "Bring in a run from a .qtl.zip file.",
        {
            "files": {
                "metavar": "FILE",
                "nargs": "+",
                "help": "What `runs export`, or the Runs page, wrote; - for standard input.",
            }
        },
        _import,
    ),
    "delete": Action(
        "Delete runs; they can be restored for 30 days.",
        {
            "runs": {"metavar": "ID", "nargs": "+", "help": "The runs."},
            "--for-good": {"action": "store_true", "help": "At once and without return."},
            "--undo": {"action": "store_true", "help": "Restore them instead."},
        },
        _delete,
    ),
}
