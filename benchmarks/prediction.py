"""Section 6: one picture from its file to the answer, and many together against one after another."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench import Bench, app_run, say
from benchmarks.clock import seconds_of
from benchmarks.homes import PROJECT
from benchmarks.machine import cores
from benchmarks.report import Section, Table, seconds
from benchmarks.threads import ONE_THREAD, torch_threads
from qtl_core.inference.answering import all_answers
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import ImageRequest

PICTURES = 40
WARM_UP = 5
MANY, TURNS = 200, 2


def measure(bench: Bench) -> Section:
    """Predicts pictures one by one, many together, and one in a process that has yet to start."""
    say("Predictions ...")
    view = app_run(bench.settings.changed(epochs=1))
    pictures = [picture.path for picture in bench.dataset.val[:PICTURES]]
    with torch_threads(cores()):
        loading = seconds_of(lambda: Predictor(view))
        predictor = Predictor(view)
        first = predictor.predict(pictures[0]).seconds
        gain, rate = _together(predictor, [picture.path for picture in (*bench.dataset.val, *bench.dataset.train)])
        warm = [seconds_of(lambda path=path: predictor.predict(path)) for path in pictures][WARM_UP:]
    command = [sys.executable, "-m", "qtl_core", "predict", "--run", view.ended.run, str(pictures[0])]
    usual = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    cold = seconds_of(lambda: subprocess.run(command, cwd=PROJECT, env=usual, stdout=subprocess.DEVNULL, check=True))
    median = statistics.median(warm)
    rows = [
        ("warm: median", seconds(median)),
        ("warm: slowest", seconds(max(warm))),
        ("the first by a run just loaded", seconds(first)),
        ("loading the run and its network", seconds(loading)),
        (f"{MANY} together, as the Predict page asks: {gain:.2f} times the rate of one after another", seconds(rate)),
        ("cold: `python -m qtl_core predict` from start to exit", seconds(cold)),
    ]
    return Section(
        "One prediction",
        f"File, decoding, {bench.resolved.spec.title}, head, probabilities; {len(warm)} pictures one by one after "
        f"{WARM_UP} to warm up, {cores()} torch threads.",
        (Table(("", "a picture"), rows),),
        figures={"prediction_seconds": median, "prediction_together_gain": gain},
    )


def _together(predictor: Predictor, paths: Sequence[Path]) -> tuple[float, float]:
    """Returns how much quicker many pictures go together than alone, and seconds a picture; best of some turns each."""
    asked = [ImageRequest(str(number), path.name, path) for number, path in enumerate(paths[:MANY])]
    together = min(seconds_of(lambda: list(all_answers(predictor, asked))) for _ in range(TURNS))
    alone = min(seconds_of(lambda: [predictor.predict(each.source) for each in asked]) for _ in range(TURNS))
    return alone / together, together / len(asked)
