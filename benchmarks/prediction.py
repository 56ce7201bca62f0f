"""Section 6: one picture, from its file to the answer."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from benchmarks.bench import Bench, app_run, say
from benchmarks.clock import seconds_of
from benchmarks.homes import PROJECT
from benchmarks.machine import cores
from benchmarks.report import Section, Table, seconds
from benchmarks.threads import ONE_THREAD, torch_threads
from qtl_core.prediction import Predictor

PICTURES = 40
WARM_UP = 5


def measure(bench: Bench) -> Section:
    """Predicts pictures one by one, and one in a process that has yet to start."""
    say("Predictions ...")
    view = app_run(bench.settings.changed(epochs=1))
    pictures = [picture.path for picture in bench.dataset.val[:PICTURES]]
    with torch_threads(cores()):
        loading = seconds_of(lambda: Predictor(view))
        predictor = Predictor(view)
        first = predictor.predict(pictures[0]).seconds
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
        ("cold: `python -m qtl_core predict` from start to exit", seconds(cold)),
    ]
    return Section(
        "One prediction",
        f"File, decoding, {bench.resolved.spec.title}, head, probabilities; {len(warm)} pictures one by one after "
        f"{WARM_UP} to warm up, {cores()} torch threads.",
        (Table(("", "a picture"), rows),),
        figures={"prediction_seconds": median},
    )
