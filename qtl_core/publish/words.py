"""Words of a published page for its visitors: what it is, what it learnt, how good it is, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator

import qtl_core
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.export.onnx_words import metadata, why_no_onnx
from qtl_core.inference.references import trained_on_words
from qtl_core.network.gates import Circuit
from qtl_core.publish.runtime import PACKAGE, runtime
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.backbones import PRETRAINED_ON
from qtl_core.settings.head_words import counted, head_in_words
from qtl_core.settings.readout_words import exact_words, figures_words

SIMULATED = (
    "The qubits are simulated: this page computes what an ideal quantum computer would do. Each arrow is one qubit, "
    "and the number below it is its average when measured, from 1 (always 0) to −1 (always 1)."
)
NO_NUMBERS = "It learnt from rows of numbers, and a page takes pictures."


def why_no_page(view: TrainedRun) -> str:
    """Returns the sentences that say why a run cannot be published here, or ""."""
    return NO_NUMBERS if view.prepared.settings.data.is_numbers else why_no_onnx(view)


def what_words(view: TrainedRun) -> str:
    """Returns what stands below the title."""
    circuit = " and a small quantum circuit" if view.prepared.settings.model.spec.has_circuit else ""
    return (
        f"Show it a picture, and an image network{circuit} say which it is: {_or(view.prepared.classes)}. All of it is "
        "computed in your browser: no picture leaves this device, and it works without a network."
    )


def section_words(circuit: Circuit) -> dict[str, str]:
    """Returns what happens in the parts of a circuit, by their names in the diagram; layers have words of their own."""
    return {
        "superposition": f"{counted(circuit.wires, 'qubit')} begin at 0, and a gate called H brings each halfway to 1.",
        "embedding": "A small layer boils the picture's features down to one angle for every qubit, which turns it.",
    }


def about_words(view: TrainedRun, unknown: str) -> Iterator[tuple[str, str]]:
    """Yields headings, each with what there is to know.

    Args:
        view: The run.
        unknown: Why it cannot tell pictures that are unlike what it learnt from, "" where it can.
    """
    yield "What it is.", _made_words(view)
    yield "What it learnt from.", _learnt_words(view)
    yield "How good it is.", _figures_words(view)
    yield "Where it ends.", " ".join(_limits(view, unknown))


def _made_words(view: TrainedRun) -> str:
    prepared = view.prepared
    head = head_in_words(prepared.settings, prepared.feature_size, len(prepared.classes))
    return (
        f"{prepared.backbone_title}, a ready-made image network, turns a picture into {prepared.feature_size:,} "
        f"numbers; the trained part ({head}) decides by them."
    )


def _learnt_words(view: TrainedRun) -> str:
    prepared, before = view.prepared, f"Its image network had learnt from {PRETRAINED_ON} before."
    if prepared.from_elsewhere:
        return f"The trained part came from another program; which pictures it saw is not known. {before}"
    return f"The trained part saw {prepared.train_size:,} {trained_on_words(prepared)}. {before}"


def _figures_words(view: TrainedRun) -> str:
    if not view.prepared.is_measured:
        return "Not known: there were no pictures to check it with."
    noun = "drawings" if view.prepared.settings.data.source == "drawn" else "pictures"
    said = f"{evaluation_of(view).in_words(noun)}; it had learnt from none of them."
    return " ".join(filter(None, [said, figures_words(view.prepared.settings)]))


def _limits(view: TrainedRun, unknown: str) -> Iterator[str]:
    yield f"It knows nothing but {_or(view.prepared.classes, 'and')}, and names one of them whatever it is shown."
    yield "A percentage is how sure it sounds, which is not how often it is right."
    if unknown:
        yield f"This page does not say when a picture is unlike those it learnt from. {unknown}"
    else:
        yield "A picture that is unlike those it learnt from is marked, though not every one is noticed."
    yield "Decide nothing by it that matters to anybody."
    yield exact_words(view.prepared.settings)


def licence_words(view: TrainedRun) -> tuple[str, ...]:
    """Returns whose work the page is made of."""
    used = runtime()
    return (
        f"{metadata(view)['licence'].removesuffix('.')}.",
        f"It runs by {PACKAGE} {used.version}, {used.licence}, Microsoft Corporation.",
        f"Page and circuit: Quantum transfer studio {qtl_core.__version__}, Apache 2.0.",
    )


def _or(names: tuple[str, ...], joined: str = "or") -> str:
    *first, last = names
    return f"{', '.join(first)} {joined} {last}" if first else last
