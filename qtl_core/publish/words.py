"""Words of a published page for its visitors: what it is, what it learnt, how good it is, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator

import qtl_core
from qtl_core.export.onnx_words import metadata, why_no_onnx
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.model_card import limits_in_words, model_card
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
NO_NUMBERS = "It learnt from rows of numbers, and a page takes pictures."


def why_no_page(view: TrainedRun) -> str:
    """Returns the sentences that say why a run cannot be published here, or ""."""
    return NO_NUMBERS if view.prepared.settings.data.is_numbers else why_no_onnx(view)


def what_words(view: TrainedRun) -> str:
    """Returns what stands below the title."""
    has_circuit = view.prepared.settings.model.spec.has_circuit
    say = "an image network and a small quantum circuit say" if has_circuit else "an image network says"
    return (
        f"Show it a picture, and {say} which it is: {_or(view.prepared.classes)}. All of it is "
        "computed in your browser: no picture leaves this device, and it works without a network."
    )


def section_words(circuit: Circuit) -> dict[str, str]:
    """Returns what happens in the parts of a circuit, by their names in the diagram; layers have words of their own."""
    return {
        "superposition": f"{counted(circuit.wires, 'qubit')} begin at 0, and a gate called H brings each halfway to 1.",
        "embedding": "A small layer boils the picture's features down to one angle for every qubit, which turns it.",
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
    yield "How good it is.", " ".join(filter(None, [*figures, figures_words(view.prepared.settings)]))
    yield "Where it ends.", " ".join(filter(None, _limits(model, unknown)))


def _learnt_words(view: TrainedRun) -> str:
    prepared, before = view.prepared, _before_words(view)
    if prepared.from_elsewhere:
        return f"The trained part came from another program; which pictures it saw is not known. {before}"
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
    return (
        f"{metadata(view)['licence'].removesuffix('.')}.",
        f"It runs by {PACKAGE} {used.version}, {used.licence}, Microsoft Corporation.",
        f"Page and circuit: Quantum transfer studio {qtl_core.__version__}, Apache 2.0.",
    )


def _or(names: tuple[str, ...]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
