"""Takes a kept run along as one file."""

from __future__ import annotations

import contextlib
import re
import unicodedata

import numpy as np
from safetensors.numpy import save

from qtl_core.archive.container import PREDICTIONS, RUN, WEIGHTS, packed
from qtl_core.archive.described import described
from qtl_core.archive.readme import readme
from qtl_core.circuit import build_circuit
from qtl_core.errors import UserError
from qtl_core.evaluation import evaluation_of
from qtl_core.export.qasm import qasm3
from qtl_core.export.run_script import run_script
from qtl_core.store import find_run, load_run, provenance_of
from qtl_core.store.arrays import packed as packed_weights
from qtl_core.tables import epoch_rows, prediction_rows, to_csv
from qtl_core.training.divergence import is_finite
from qtl_core.training.view import TrainedRun

ENDING = ".qtl.zip"
LONGEST_NAME = 60  # characters of a file's name


def archive_name(name: str, run_id: str) -> str:
    """Returns what to call the file: the run's name as every disk takes it, or its identifier."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-.")[:LONGEST_NAME].strip("-.")
    return f"{safe or run_id}{ENDING}"


def archive_bytes(run_id: str) -> bytes:
    """Returns the file; the same bytes for the same run.

    Raises:
        UserError: There is no such run, it is damaged, or has nothing to take along yet.
    """
    record, kept = find_run(run_id), load_run(run_id)
    if not kept.epochs:
        raise UserError("There is nothing to take along yet.", "No epoch of this run was finished.", "")
    view = TrainedRun.of(kept)
    probabilities = np.stack([epoch.val_probabilities for epoch in view.epochs]).astype(np.float32)
    if not (np.isfinite(probabilities).all() and is_finite(view.checkpoint)):
        raise UserError(
            "This run cannot be taken along as a file.",
            "Its training broke down, and what it holds are no finite numbers, which no app would take in.",
            "Train it again, with a lower learning rate or another weights file.",
        )
    about = described(
        view, provenance_of(run_id), name=record.name, note=record.note, tags=record.tags, created=record.created
    )
    entries = {
        RUN: about,
        WEIGHTS: packed_weights(view.checkpoint),
        PREDICTIONS: save({"val_probabilities": probabilities}),
    }
    return packed(run_id, entries | {name: text.encode() for name, text in _for_people(view, record.name).items()})


def _for_people(view: TrainedRun, name: str) -> dict[str, str]:
    circuit = build_circuit(view.prepared.settings.circuit)
    angles = view.checkpoint.best_weights["q_params"]
    texts = {
        "circuit.qasm": qasm3(circuit, [0.0] * circuit.wires, angles),
        "history.csv": to_csv(epoch_rows(view)),
    }
    with contextlib.suppress(UserError):  # it has a whole image network of its own; the README says so
        texts["predict.py"] = run_script(view)
    if view.prepared.is_measured:
        texts["predictions.csv"] = to_csv(prediction_rows(evaluation_of(view)))
    return texts | {"README.txt": readme(view, name, tuple(texts))}
