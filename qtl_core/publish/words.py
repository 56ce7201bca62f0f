"""Words of a published page for its visitors: what it is, what it learnt, how good it is, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import qtl_core
from qtl_core.export.onnx_words import metadata
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.doubts import doubts
from qtl_core.inference.model_card import NOUNS, limits_in_words, model_card
from qtl_core.inference.number_answers import column_names
from qtl_core.inference.references import trained_on_words
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.gates import Circuit
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.publish.runtime import PACKAGE, runtime
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.head_words import counted
from qtl_core.settings.readout_words import exact_words, figures_words

SIMULATED = (
    "The qubits are simulated: this page computes what an ideal quantum computer would do. Each arrow is one qubit, "
    "and the number below it is its average when measured, from 1 (always 0) to −1 (always 1). "
    "An arrow grows shorter the more its qubit is entangled with others: then it says less on its own."
)
LONGEST_QUESTION = 60  # characters that still are a title
Kind = Literal["pictures", "numbers"]


def kind_of(view: TrainedRun) -> Kind:
    """Returns what a run's page takes."""
    return "numbers" if view.prepared.settings.data.is_numbers else "pictures"


def title_of(view: TrainedRun) -> str:
    """Returns what a page is called whose run nobody named: the question that it answers."""
    classes = view.prepared.classes
    question = _or(classes)
    if len(question) > LONGEST_QUESTION:
        return f"Which of {len(classes)} classes?"
    return f"{question[:1].upper()}{question[1:]}?"


def what_words(view: TrainedRun) -> str:
    """Returns what stands below the title."""
    has_circuit = view.prepared.settings.model.spec.has_circuit
    if kind_of(view) == "numbers":
        decides = "a small quantum circuit" if has_circuit else "a small network"
        return (
            f"Give it {counted(view.prepared.feature_size, 'number')}, and {decides} says which it is: "
            f"{_or(view.prepared.classes)}. All of it is computed in your browser, without a network."
        )
    say = "an image network and a small quantum circuit say" if has_circuit else "an image network says"
    return (
        f"Show it a picture, and {say} which it is: {_or(view.prepared.classes)}. All of it is "
        "computed in your browser: no picture leaves this device, and it works without a network."
    )


def section_words(circuit: Circuit, kind: Kind = "pictures") -> dict[str, str]:
    """Returns what happens in the parts of a circuit, by their names in the diagram; layers have words of their own."""
    given = "picture's features" if kind == "pictures" else "numbers"
    return {
        "waiting": "Bring a picture, and follow it through the gates.",
        "superposition": f"{counted(circuit.wires, 'qubit')} begin at 0, and a gate called H brings each halfway to 1.",
        "embedding": f"A small layer makes one angle for every qubit of the {given}, which turns it.",
    }


def about_words(model: TrainedModel, unknown: str) -> Iterator[tuple[str, str]]:
    """Yields headings, each with what there is to know; figures and limits are those of the app's own card.

    Args:
        model: The run.
        unknown: Why it cannot tell pictures that are unlike what it learnt from, "" where it can.
    """
    view, is_bundled = model.run, model.key == RUN_ID
    _, *figures, made = model_card(view, is_bundled=is_bundled)
    yield "What it is.", made
    yield "What it learnt from.", _learnt_words(view)
    yield "How good it is.", " ".join(filter(None, [*figures, *doubts(view), figures_words(view.prepared.settings)]))
    yield "Where it ends.", " ".join(filter(None, _limits(model, unknown)))


def _learnt_words(view: TrainedRun) -> str:
    prepared = view.prepared
    before = _before_words(view) if kind_of(view) == "pictures" else ""
    if prepared.from_elsewhere:
        return f"The trained part came from another program; what it saw is not known. {before}"
    if kind_of(view) == "numbers":
        return f"{prepared.train_size:,} {NOUNS[prepared.settings.data.source]}, with {', '.join(column_names(view))}."
    return f"The trained part saw {prepared.train_size:,} {trained_on_words(prepared)}. {before}"


def _before_words(view: TrainedRun) -> str:
    """Says what its image network had learnt from; of weights that a person brought, nobody knows."""
    prepared = view.prepared
    if seen := spec_of(prepared.settings.data.backbone).pretrained_on(prepared.weights_sha256):
        return f"Its image network had learnt from {seen} before."
    return "What its image network had learnt from before is not known here."


def _limits(model: TrainedModel, unknown: str) -> Iterator[str]:
    view = model.run
    if unknown:
        yield "It names one of these classes whatever it is shown."
        yield f"This page does not say when a picture is unlike those it learnt from. {unknown}"
    else:
        yield limits_in_words(view, is_bundled=model.key == RUN_ID)
    yield "A percentage is how sure it sounds, which is not how often it is right. Decide nothing by it that matters."
    yield exact_words(view.prepared.settings)


def licence_words(view: TrainedRun) -> tuple[str, ...]:
    """Returns whose work the page is made of."""
    used = runtime()
    theirs = metadata(view).get("licence", "")  # of an image network
    return (
        *([f"{theirs.removesuffix('.')}."] if theirs else []),
        f"It runs by {PACKAGE} {used.version}, {used.licence}, Microsoft Corporation.",
        f"Page and circuit: Quantum transfer studio {qtl_core.__version__}, Apache 2.0.",
    )


def _or(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
