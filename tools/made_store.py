"""A store full of made-up runs, filled quickly: what a page shows to somebody who has trained for a year.

From the project's folder: `QTL_HOME=/tmp/full python -m tools.made_store 5000` fills a home with so many.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import sys
import time
from functools import lru_cache
from pathlib import Path

import numpy as np

from qtl_core.runs.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.runs.provenance import DataFingerprint, provenance_here
from qtl_core.runs.store import layout
from qtl_core.runs.store.files import RunFiles, size_of, write_files
from qtl_core.runs.store.opening import writing
from qtl_core.runs.store.serialization import prepared_as_dict, to_json
from qtl_core.runs.store.tables import (
    dataset_columns,
    named,
    put_copy,
    put_dataset,
    put_epochs,
    put_prepared,
    put_row,
    put_size,
    row_of,
)
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings

CLASSES = ("ants", "bees")
PICTURES, EPOCHS = 153, 30  # validation pictures and epochs of the recipe
LABELS = np.repeat([0, 1], [70, PICTURES - 70])  # as the recipe's
HISTORIES = 49  # different ones, which repeat
HOUR = 3600.0
NAMES = ("", "", "", "Baseline", "More qubits", "Ünï côdé 🐝", "<b>bold</b> *stars* [link](http://a)", "x" * 120)
NOTES = ("", "", "Worth another look.", "# No heading\n<script>alert(1)</script>")
TAGS = ((), (), ("lesson",), ("lesson", "ring"), ("paper",))
BACKBONES = ("resnet18", "mobilenet_v2", "efficientnet_lite0")
STATES = ("finished", "finished", "finished", "finished", "stopped", "failed", "running")  # the last: interrupted


def fill_store(count: int, *, epochs: int = EPOCHS) -> list[str]:
    """Fills the store of this home with runs, an hour apart; all of them can be opened.

    Returns:
        Their identifiers, oldest first.
    """
    layout.runs_folder().mkdir(parents=True, exist_ok=True)
    began = time.time() - count * HOUR
    runs = [made(number, began + number * HOUR, epochs) for number in range(count)]

    def put_all(connection: sqlite3.Connection) -> None:
        for number, (run_id, view) in enumerate(runs):
            _put(connection, number, run_id, view)

    writing(put_all)
    return [run_id for run_id, _ in runs]


def made(number: int, created: float, epochs: int = EPOCHS) -> tuple[str, RunView]:
    """Returns the identifier of a made-up run, and the run: settings, length and figures differ with `number`."""
    dice = np.random.default_rng(number)
    settings = RunSettings().changed(
        qubits=int(dice.integers(2, 9)),
        depth=int(dice.integers(0, 9)),
        entangler=str(dice.choice(["brick", "ring", "all", "none"])),
        learning_rate=float(dice.choice([0.0001, 0.0004, 0.001, 0.01])),
        seed=number,
        epochs=epochs,
        source=str(dice.choice(["photos", "drawn"])),
        backbone=BACKBONES[number % len(BACKBONES)],
    )
    run_id = time.strftime("%Y%m%d-%H%M%S-", time.localtime(created)) + f"{number:06x}"
    return run_id, _view(settings, number, STATES[number % len(STATES)])


def _view(settings: RunSettings, number: int, state: str) -> RunView:
    wanted = settings.training.epochs
    dice = np.random.default_rng(number % HISTORIES)
    done = wanted if state == "finished" else int(dice.integers(1, wanted + 1))
    epochs = _history(number % HISTORIES, done)
    best = next(epoch for epoch in reversed(epochs) if epoch.is_best)
    weights = {"q_params": dice.normal(0, 1, settings.circuit.weight_count).astype(np.float32)}
    checkpoint = Checkpoint(
        done, weights, weights, weights, 61 * done, best.epoch, best.val_accuracy, best.val_loss, weights
    )
    epochs = (*epochs[:-1], dataclasses.replace(epochs[-1], checkpoint=checkpoint))
    how = "finished" if state == "finished" else "stopped"
    ended = Ended(how, done, best.epoch, best.val_accuracy, best.val_loss, 0.0014 * done)
    return RunView(prepared=_prepared(settings), epochs=epochs, ended=ended)


def _prepared(settings: RunSettings) -> Prepared:
    files = tuple(f"/pictures/{name}" for name, _ in DATA["photos"].val)
    return Prepared(
        settings,
        settings,
        CLASSES,
        244,
        PICTURES,
        files,
        tuple(LABELS.tolist()),
        (),
        512,
        2086,
        settings.data.backbone,
        f"{settings.data.backbone:0<64}"[:64],
        "cpu",
        12.5,
        397,
        (),
        "compiled",
    )


@lru_cache
def _history(number: int, done: int) -> tuple[EpochDone, ...]:
    dice = np.random.default_rng(number)
    rises = np.clip(0.6 + 0.36 * (1 - np.exp(-np.arange(1, done + 1) / 3)) + dice.normal(0, 0.015, done), 0, 0.98)
    rights = np.round(rises * PICTURES).astype(int)
    return tuple(
        _epoch(before, int(right), dice, int(rights[:before].max(initial=-1))) for before, right in enumerate(rights)
    )


def _epoch(before: int, right: int, dice: np.random.Generator, best_before: int) -> EpochDone:
    predicted = LABELS.copy()
    wrong = dice.permutation(PICTURES)[right:]
    predicted[wrong] = 1 - predicted[wrong]
    sure = dice.uniform(0.55, 0.99, PICTURES)
    probabilities = np.stack([np.where(predicted == label, sure, 1 - sure) for label in (0, 1)], 1).astype(np.float32)
    loss = float(-np.log(probabilities[np.arange(PICTURES), LABELS]).mean())
    share = right / PICTURES
    return EpochDone(
        before + 1,
        loss + 0.05,
        share - 0.02,
        loss,
        share,
        0.0004,
        0.0014,
        right > best_before,
        probabilities,
        Checkpoint(before + 1, {}, {}, {}, 0),
        (0.01, 0.008, 0.006),
    )


def _put(connection: sqlite3.Connection, number: int, run_id: str, view: RunView) -> None:
    folder = layout.run_folder(run_id)
    folder.mkdir()
    files = write_files(folder, view.epochs, RunFiles(), lasting=False)
    state = STATES[number % len(STATES)]
    provenance = provenance_here(DATA[view.prepared.settings.data.source])
    put_dataset(connection, provenance)
    row = row_of(view, state) | named(files) | dataset_columns(provenance)
    if state == "failed":
        row["failure"] = "There was not enough memory. Choose fewer qubits or a smaller batch."
    created = time.mktime(time.strptime(run_id[:15], "%Y%m%d-%H%M%S"))
    put_row(connection, run_id, row, {"created": created, **_written(number)})
    put_prepared(connection, run_id, to_json(prepared_as_dict(view.prepared)))
    put_epochs(connection, run_id, view.epochs, files, 0)
    put_size(connection, run_id, size_of(folder, files))
    put_copy(connection, run_id)


def _written(number: int) -> dict[str, object]:
    tags = TAGS[number % len(TAGS)]
    return {
        "name": NAMES[number % len(NAMES)],
        "note": NOTES[number % len(NOTES)],
        "tags": str(list(tags)).replace("'", '"'),
        "starred": int(number % 10 == 0),
    }


def _fingerprint(which: str) -> DataFingerprint:
    """A set of pictures that are not there: of 70 + 83 for validation, as the photos of the recipe."""
    names = [f"val/{CLASSES[LABELS[number]]}/{number:04}.jpg" for number in range(PICTURES)]
    return DataFingerprint(CLASSES, (), tuple((name, f"{which}{name}") for name in names))


DATA = {which: _fingerprint(which) for which in ("photos", "drawn")}

if __name__ == "__main__":
    start = time.perf_counter()
    fill_store(int(sys.argv[1]))
    print(f"Filled {Path(layout.runs_folder())} in {time.perf_counter() - start:.1f} s.")
