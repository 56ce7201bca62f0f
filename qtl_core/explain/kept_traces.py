"""Answers and figures of the app's own run that come along, so that nobody waits for an image network to wake up.

The traces of Home's drawings, and what training changed, which takes the answers for all validation drawings.

`kept_traces/<name>.npz` holds what `forward_pass` found for `home_pictures` with the run that comes with the app; its
name is made of the contents of both, and a file of any other name is not used. `python -m tools.make_kept_traces`
writes it, and a test makes it again. What is cheap is not kept: the way through the circuit is computed from the
angles when it is read, and the answer's layer is the run's own.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from qtl_core.explain.forward_pass import PictureTrace, TracedPicture, trace_of
from qtl_core.explain.gate_importance import CircuitScore
from qtl_core.explain.picture_spread import spread_by_answers
from qtl_core.explain.training_changes import Reset, TrainingChanges, movements_of
from qtl_core.inference import bundled
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.pictures.sources.drawn import VERSION as DRAWINGS
from qtl_core.runs.view import TrainedRun

FOLDER = Path(__file__).parent / "kept_traces"
PICTURES = 12  # some six minutes of them; then they begin again
AS_TRAINED = "trained"  # beside the names of `TrainingChanges.resets`
LAYOUT = 1  # of the file: raise it when something else is kept


@cache
def home_pictures() -> tuple[TracedPicture, ...]:
    """Returns the validation drawings that Home shows: see `spread_by_answers`; the run learnt from none of them."""
    run = bundled.bundled_run()
    prepared, best = run.prepared, run.best
    assert best is not None, "the run that comes with the app has its best epoch"
    each = PICTURES // len(prepared.classes)
    chosen = spread_by_answers(prepared.val_labels, best.val_probabilities, each)
    return tuple(TracedPicture(prepared.val_files[index], drawn=True) for index in chosen)


@cache
def content_name() -> str:
    """Returns the name of the contents: the run, its image network's weights, the drawings, and this layout."""
    run = bundled.bundled_run()
    contents = hashlib.sha256(f"{LAYOUT} {DRAWINGS} {run.prepared.weights_sha256}".encode())
    for name, values in sorted(run.checkpoint.best_weights.items()):
        contents.update(name.encode() + np.ascontiguousarray(values).tobytes())
    for picture in home_pictures():
        contents.update(picture.file.encode())
    return contents.hexdigest()[:16]


@cache
def kept_traces() -> tuple[PictureTrace, ...]:
    """Returns the traces that come with the app; none where they are of another run, network or set of drawings."""
    file = FOLDER / f"{content_name()}.npz"
    if not file.is_file():
        return ()
    with np.load(file, allow_pickle=False) as kept:
        ends = np.cumsum(kept["jpeg_sizes"])
        jpegs = [part.tobytes() for part in np.split(kept["jpegs"], ends[:-1])]
        rows = zip(home_pictures(), jpegs, kept["features"], kept["angles"], kept["expectations"], strict=True)
        return tuple(_trace(bundled.bundled_run(), *row) for row in rows)


@cache
def kept_changes() -> TrainingChanges:
    """Returns what training changed in the run that comes with the app; how far it moved alone, where no file fits."""
    found, file = movements_of(bundled.bundled_run()), FOLDER / f"{content_name()}.npz"
    if not file.is_file():
        return found
    with np.load(file, allow_pickle=False) as kept:
        scores = dict(zip(kept["reset_names"].tolist(), (_reset(row) for row in kept["resets"]), strict=True))
        return replace(found, trained=scores.pop(AS_TRAINED).score, resets=scores)


def write_kept(traces: Sequence[PictureTrace], changes: TrainingChanges, folder: Path = FOLDER) -> Path:
    """Writes traces of `home_pictures`, in order, and the changes, in place of any older file; returns the file."""
    assert changes.trained is not None, "the validation pictures were asked"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.npz"):
        old.unlink()
    resets = {AS_TRAINED: Reset(changes.trained, 0, 0, 0, 0.0, 0.0), **changes.resets}
    explained, jpegs = [trace.explanation for trace in traces], [trace.jpeg for trace in traces]
    np.savez_compressed(
        (file := folder / f"{content_name()}.npz"),
        jpeg_sizes=np.array([len(jpeg) for jpeg in jpegs]),
        jpegs=np.frombuffer(b"".join(jpegs), np.uint8),
        features=np.array([each.features for each in explained], np.float16),
        angles=np.array([each.angles for each in explained], np.float32),
        expectations=np.array([each.expectations for each in explained], np.float32),
        reset_names=np.array(list(resets)),
        resets=np.array([_row(reset) for reset in resets.values()]),
    )
    return file


def _row(reset: Reset) -> list[float]:
    score = reset.score
    counts = score.correct, score.total, score.loss, reset.differ, reset.lost, reset.won
    return [*counts, reset.loss_change, reset.loss_error]


def _reset(row: np.ndarray) -> Reset:
    correct, total, differ, lost, won = (int(row[column]) for column in (0, 1, 3, 4, 5))
    score = CircuitScore(correct, total, float(row[2]))
    return Reset(score, differ, lost, won, float(row[6]), float(row[7]))


def _trace(
    run: TrainedRun,
    picture: TracedPicture,
    jpeg: bytes,
    features: np.ndarray,
    angles: np.ndarray,
    expectations: np.ndarray,
) -> PictureTrace:
    from PIL import Image

    weights = run.checkpoint.best_weights
    last, bias = weights["post_net.weight"].T.astype(np.float64), weights["post_net.bias"].astype(np.float64)
    values = expectations.astype(np.float64)
    odds = np.exp(values @ last + bias)
    shares = dict(zip(run.prepared.classes, (odds / odds.sum()).tolist(), strict=True))
    prediction = Prediction(max(shares, key=shares.__getitem__), shares, 0.0)
    seen = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))  # as it is shown, which is near what was seen
    explanation = Explanation(prediction, seen, features.astype(np.float32), angles, values, last, bias)
    return trace_of(picture, jpeg, explanation, run)
