"""`python -m qtl_core import-head`: a head trained with the paper's or the PennyLane demo's code becomes a kept run."""

from __future__ import annotations

import argparse

from qtl_core.cli.files import path_of, read
from qtl_core.cli.options import data_named
from qtl_core.cli.output import STANDARD, STDIN, json_of, note, say
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest, class_names
from qtl_core.exchange.heads.misreading import AlternativeReading, ImportedHead
from qtl_core.network.parameter_rows import LAYOUTS
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import CircuitSettings, DataSettings, spec_of
from qtl_core.settings.heads import HEADS
from qtl_core.state_dicts.refusals import LARGEST_FILE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options; the recipe's answers are the defaults."""
    circuit = CircuitSettings
    parser.add_argument("file", metavar="FILE", help="A state dict, as torch.save or safetensors write it.")
    about = "Layers of its circuit. Default 6, or all that the file holds if they are fewer or it keeps them in rows."
    parser.add_argument("--depth", metavar="N", help=about)
    about = (
        "Which rows of q_params they use: demo, 0 to depth - 1; paper, 1 to depth, as in the paper's own code, which "
        "holds 15. Default paper where the file holds more rows than layers."
    )
    parser.add_argument("--layout", choices=list(LAYOUTS), default="", help=about)
    parser.add_argument(
        "--classes", default="ants,bees", metavar="A,B,...", help="Outputs in order. Default ants,bees."
    )
    parser.add_argument("--backbone", default="resnet18", metavar="NAME", help="Its image network. Default resnet18.")
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="A file of that network's weights, if they moved."
    )
    about = (
        "Which head it is, where it has no circuit: linear, mlp (two layers, ReLU between) or bottleneck (tanh). Two "
        "layers need it, as no file says what lies between."
    )
    parser.add_argument(
        "--head", choices=[name for name, spec in HEADS.items() if not spec.has_circuit], default="", help=about
    )
    parser.add_argument("--entangler", default=circuit.entangler, metavar="NAME", help="Default the demo's, brick.")
    parser.add_argument("--rotation", default=circuit.rotation, metavar="NAME", help="Default the demo's, ry.")
    parser.add_argument("--reuploading", nargs="?", const="true", default="false", metavar="yes|no", help="Default no.")
    about = "Pictures that it is measured with, if they are here and show its classes. Default photos."
    parser.add_argument("--data", default="photos", metavar="photos|drawn|FOLDER|SET", help=about)
    parser.add_argument("--json", action="store_true", help="Print one JSON object a line; the last names the `run`.")


def main(arguments: argparse.Namespace) -> int:
    """Brings the head in and names the run; returns the exit code.

    Raises:
        UserError: It cannot be read, or does not fit what was said of it.
    """
    from qtl_core.exchange.heads.importing import import_head

    data = DataSettings(**data_named(arguments.data))
    file = path_of(arguments.file)
    name = STDIN if arguments.file == STANDARD else file.name
    request = HeadRequest(read(file, LARGEST_FILE), name, _questions(arguments), arguments.weights, data)
    run_id, imported = import_head(request)
    for sentence in imported.view.prepared.notes:
        note(f"{'Warning' if sentence in imported.warnings else 'Note'}: {sentence}")
    say(json_of(_summary(run_id, imported)) if arguments.json else _words(run_id, imported.view))
    return 0


def _questions(arguments: argparse.Namespace) -> HeadQuestions:
    # What is no number or no word for yes is refused with the circuit.
    depth = None if arguments.depth is None else spec_of(CircuitSettings, "depth").parse(arguments.depth)
    reuploading = spec_of(CircuitSettings, "reuploading").parse(arguments.reuploading)
    return HeadQuestions(
        class_names(arguments.classes),
        depth,
        arguments.backbone,
        arguments.entangler,
        arguments.rotation,
        reuploading,
        arguments.layout,
        arguments.head,
    )


def _words(run_id: str, view: TrainedRun) -> str:
    score = f"{_right(view)} of {view.prepared.val_size} validation pictures right. "
    return f"{score if view.prepared.is_measured else ''}Kept as run {run_id}."


def _right(view: TrainedRun) -> int | None:
    return view.prepared.pictures_right(view.epochs[-1].val_accuracy)


def _summary(run_id: str, imported: ImportedHead) -> dict[str, object]:
    view, head = imported.view, imported.head
    prepared = view.prepared
    return {
        "run": run_id,
        "classes": list(prepared.classes),
        "head": head.model.head,
        "qubits": prepared.settings.circuit.qubits if head.model.spec.has_circuit else None,
        "depth": prepared.settings.circuit.depth if head.model.spec.has_circuit else None,
        "layout": head.layout,
        "rows": head.rows,
        "backbone": prepared.settings.data.backbone,
        "parameters": prepared.parameters,
        "val_size": prepared.val_size,
        "val_accuracy": view.epochs[-1].val_accuracy if prepared.is_measured else None,
        "right": _right(view),
        "otherwise": [_reading(each) for each in imported.alternatives],
        "warnings": list(imported.warnings),
        "notes": list(prepared.notes),
    }


def _reading(other: AlternativeReading) -> dict[str, object]:
    return {
        "layout": other.layout,
        "depth": other.depth,
        "right": other.correct,
        "is_far_better": other.is_far_better,
    }
