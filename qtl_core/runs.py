"""Runs kept on disk: one folder each, written whole or not at all.

    runs/<id>/run.json     settings, what was trained on, every epoch's figures, how it ended
    runs/<id>/arrays.npz   best weights, the last checkpoint, validation probabilities of every epoch

Arrays are plain numpy, read with `allow_pickle=False`: a run file cannot run code.
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core import paths
from qtl_core.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.training.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.training.view import RunView

FORMAT = 1
ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
GROUPS = (
    "weights", "first_moments", "second_moments", "best_weights", "backbone_state", "best_backbone_state"
)  # fmt: skip
FIGURES = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds", "is_best",
           "layer_gradients")  # fmt: skip


def keep_run(view: RunView, run_id: str = "") -> str:
    """Writes a run that has at least one epoch, in place of the one of this identifier if there is one.

    Returns:
        Its identifier, a new one if `run_id` is "".

    Raises:
        UserError: It cannot be written.
    """
    run_id = run_id or time.strftime("%Y%m%d-%H%M%S-") + secrets.token_hex(3)
    folder = paths.writable("runs")
    temporary = folder / f".{run_id}-{secrets.token_hex(4)}"
    try:
        temporary.mkdir()
        write_run(view, temporary)
        _put_in_place(temporary, folder / run_id)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise UserError(
            f"The run could not be kept in {folder}.",
            f"The system says: {error.strerror or error}.",
            "Make room or choose another folder with QTL_HOME; the result stays on screen until then.",
        ) from error
    return run_id


def write_run(view: RunView, folder: Path) -> None:
    """Writes the files of a run that has at least one epoch into a folder.

    Raises:
        OSError: They cannot be written.
    """
    (folder / "run.json").write_text(json.dumps(_described(view), indent=1), encoding="utf-8")
    np.savez(folder / "arrays.npz", **_arrays(view))


def load_run(run_id: str) -> RunView:
    """Reads a kept run back; of all epochs but the last, only figures and probabilities are there.

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    folder = paths.home() / "runs" / run_id
    if not ID.fullmatch(run_id) or not folder.is_dir():
        raise UserError(
            f"There is no run {run_id!r}.", f"Runs are kept in {paths.home() / 'runs'}.", "Train one first."
        )
    return read_run(folder, run_id)


def read_run(folder: Path, run_id: str) -> RunView:
    """Reads the run whose files lie in a folder.

    Raises:
        UserError: They are damaged.
    """
    try:
        described = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
            return _view(run_id, described, dict(arrays))
    except Exception as error:  # arbitrary bytes can make either reader fail in any way
        words = f"{type(error).__name__}: {error}"
        raise UserError(
            f"The run {run_id} cannot be read.", f"Its files are damaged ({words}).", f"They lie in {folder}."
        ) from error


def kept_runs() -> list[str]:
    """Returns the identifiers of all kept runs, newest first."""
    folder = paths.home() / "runs"
    return sorted((entry.name for entry in folder.glob("*") if ID.fullmatch(entry.name)), reverse=True)


def _put_in_place(temporary: Path, target: Path) -> None:
    """Renames a finished folder over an older one, which is there whole until the new one is."""
    if target.exists():
        old = target.with_name(f".{target.name}-old-{secrets.token_hex(4)}")
        target.rename(old)
        try:
            temporary.rename(target)
        except OSError:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        temporary.rename(target)


def _described(view: RunView) -> dict[str, Any]:
    prepared = dataclasses.asdict(view.prepared)
    epochs = [{name: getattr(epoch, name) for name in FIGURES} for epoch in view.epochs]
    return {"format": FORMAT, "prepared": prepared, "epochs": epochs, "ended": dataclasses.asdict(view.ended)}


def _arrays(view: RunView) -> dict[str, np.ndarray]:
    checkpoint = view.checkpoint
    flat = {f"{group}/{name}": value for group in GROUPS for name, value in getattr(checkpoint, group).items()}
    figures = [checkpoint.epoch, checkpoint.steps, checkpoint.best_epoch]
    best = [checkpoint.best_val_accuracy, checkpoint.best_val_loss]
    probabilities = np.stack([epoch.val_probabilities for epoch in view.epochs])
    return flat | {"counts": np.array(figures), "best": np.array(best), "val_probabilities": probabilities}


def _view(run_id: str, described: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> RunView:
    if described["format"] != FORMAT:
        raise ValueError(f"format {described['format']}, where {FORMAT} is known")
    checkpoint = _checkpoint(arrays)
    empty = Checkpoint(0, {}, {}, {}, 0)
    epochs = [
        EpochDone(
            **{**figures, "layer_gradients": tuple(figures["layer_gradients"])},
            val_probabilities=probabilities,
            checkpoint=empty,
        )
        for figures, probabilities in zip(described["epochs"], arrays["val_probabilities"], strict=True)
    ]
    epochs[-1] = dataclasses.replace(epochs[-1], checkpoint=checkpoint)
    ended = Ended(**{**described["ended"], "run": run_id})
    return RunView(prepared=_prepared(described["prepared"]), epochs=tuple(epochs), ended=ended)


def _checkpoint(arrays: Mapping[str, np.ndarray]) -> Checkpoint:
    groups: dict[str, dict[str, np.ndarray]] = {group: {} for group in GROUPS}
    for group, name, value in _named(arrays):
        groups[group][name] = value
    epoch, steps, best_epoch = (int(count) for count in arrays["counts"])
    accuracy, loss = (float(figure) for figure in arrays["best"])
    return Checkpoint(
        epoch=epoch,
        steps=steps,
        best_epoch=best_epoch,
        best_val_accuracy=accuracy,
        best_val_loss=loss,
        **groups,
    )


def _named(arrays: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str, np.ndarray]]:
    for key, value in arrays.items():
        group, slash, name = key.partition("/")
        if slash:
            yield group, name, value


def _prepared(stored: dict[str, Any]) -> Prepared:
    settings = {name: RunSettings.from_dict(stored.pop(name)) for name in ("settings", "asked")}
    lists = {
        name: tuple(tuple(entry) if isinstance(entry, list) else entry for entry in value)
        for name, value in stored.items()
        if isinstance(value, list)
    }
    return Prepared(**{**stored, **lists, **settings})
