"""A run in two plain files, as the app kept them before it had a store; the head that comes along is one still.

    run.json     settings, what was trained on, every epoch's figures, how it ended
    arrays.npz   best weights, the last checkpoint, validation probabilities of every epoch

Arrays are plain numpy, read with `allow_pickle=False`: a run file cannot run code.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.runs.store.files import checkpoint_from, flattened
from qtl_core.runs.store.serialization import ended_from, epoch_from, figures_of, prepared_as_dict, prepared_from
from qtl_core.runs.store.tables import summary
from qtl_core.runs.view import TrainedRun

FORMAT = 1


def write_run(run: TrainedRun, folder: Path) -> None:
    """Writes the files of a run that has at least one epoch into a folder.

    Raises:
        OSError: They cannot be written.
    """
    described = {
        "format": FORMAT,
        "prepared": prepared_as_dict(run.prepared),
        "epochs": [figures_of(epoch) for epoch in run.epochs],
        "ended": dataclasses.asdict(summary(run)),
    }
    (folder / "run.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    probabilities = np.stack([epoch.val_probabilities for epoch in run.epochs])
    arrays: dict[str, Any] = flattened(run.checkpoint) | {"val_probabilities": probabilities}
    np.savez(folder / "arrays.npz", **arrays)


def read_run(folder: Path, run_id: str) -> TrainedRun:
    """Reads the run whose files lie in a folder; of all epochs but the last, figures and probabilities alone are there.

    Raises:
        UserError: They are damaged.
    """
    try:
        described = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            return _view(run_id, described, dict(arrays))
    except Exception as error:  # arbitrary bytes can make either reader fail in any way
        raise UserError(
            f"The run {run_id} cannot be read.", "Its files are damaged.", f"They lie in {folder}."
        ) from error


def _view(run_id: str, described: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> TrainedRun:
    if described["format"] != FORMAT:
        raise ValueError(f"format {described['format']}, where {FORMAT} is known")
    epochs = [
        epoch_from(figures, probabilities)
        for figures, probabilities in zip(described["epochs"], arrays["val_probabilities"], strict=True)
    ]
    epochs[-1] = dataclasses.replace(epochs[-1], checkpoint=checkpoint_from(arrays))
    prepared, ended = prepared_from(described["prepared"]), ended_from(described["ended"], run_id)
    return TrainedRun(prepared=prepared, epochs=tuple(epochs), ended=ended)
