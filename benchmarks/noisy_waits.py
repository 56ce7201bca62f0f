"""Seconds that people wait under shots and noise: for a move of the dial, and for the recipe trained under a readout.

A part of the section on noise (`benchmarks.noise`). Nothing is scaled up: every training runs all its epochs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.bench import Bench, say
from benchmarks.clock import seconds_of
from qtl_core.common.progress import never_stop
from qtl_core.network.head_scores import circuit_angles
from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.runs.events import Arrays, EpochDone
from qtl_core.settings import ReadoutSettings, RunSettings
from qtl_core.training.task import task_of
from qtl_core.training.torch_engine import train_with_torch

NOISE = {"depolarizing_one": 0.01, "depolarizing_two": 0.05, "readout_flip": 0.05}
TRAINED = {
    "noise": ReadoutSettings(**NOISE),
    "100 shots": ReadoutSettings(shots=100),
    "noise and 100 shots": ReadoutSettings(shots=100, **NOISE),
    "ibmqx4": ReadoutSettings(machine="ibmqx4"),
}
MOVES = {
    "1,000 shots": (ReadoutSettings(shots=1_000), ()),
    "noise": (ReadoutSettings(**NOISE), ()),
    "noise and 1,000 shots": (ReadoutSettings(shots=1_000, **NOISE), ()),
    "ibmqx4, 1,024 shots": (ReadoutSettings(shots=1_024, machine="ibmqx4"), ()),
    "ibmqx4, 1,024 shots, readout corrected": (ReadoutSettings(shots=1_024, machine="ibmqx4"), ("readout",)),
}


def training_seconds(bench: Bench) -> tuple[dict[str, float], Arrays]:
    """Returns seconds of the recipe under each readout, after one epoch to warm up, and the last head trained."""
    settings = bench.settings.changed(seed=0)
    if bench.effort.budget == 0:
        settings = settings.changed(epochs=bench.effort.run_epochs)
    found: dict[str, float] = {}
    head: Arrays = {}
    for name, readout in TRAINED.items():
        say(f"Training of {settings.training.epochs} epochs: {name} ...")
        noisy = replace(settings, readout=readout)
        _trained(bench, noisy.changed(epochs=1))
        found[name] = seconds_of(lambda noisy=noisy: head.update(_trained(bench, noisy)))
    return found, head


def _trained(bench: Bench, settings: RunSettings) -> Arrays:
    done = [
        event
        for event in train_with_torch(task_of(settings, bench.source), None, never_stop)
        if isinstance(event, EpochDone)
    ]
    if len(done) != settings.training.epochs:
        raise RuntimeError(f"{len(done)} of {settings.training.epochs} epochs were trained")
    return done[-1].checkpoint.weights


def dial_seconds(bench: Bench, head: Arrays) -> dict[str, float]:
    """Returns seconds of reading all validation pictures out at each place of the dial: the least of five, each new.

    Answers, accuracy, confidence, margins, and of shots the bands of further draws; what the page draws is not in it.
    """
    inputs = inputs_of(bench, head)
    found = {}
    for name, (readout, mitigate) in MOVES.items():
        say(f"A move of the dial: {name} ...")
        moves = [DialRequest(inputs, _moved(readout, turn), mitigate=mitigate, seed=turn) for turn in range(5)]
        found[name] = min(seconds_of(lambda move=move: dial_reading(move)) for move in moves)
    return found


def _moved(readout: ReadoutSettings, turn: int) -> ReadoutSettings:
    """Returns a readout that nothing kept from the turn before serves: a slider stands elsewhere at each move."""
    if not readout.depolarizing_two:
        return replace(readout, shots=readout.shots + turn)
    return replace(readout, depolarizing_two=readout.depolarizing_two + turn / 1000)


def inputs_of(bench: Bench, head: Arrays) -> ReadoutInputs:
    """Returns the validation pictures at the door of a trained circuit."""
    labels = np.asarray(bench.source.val_labels)
    return ReadoutInputs(
        circuit=bench.settings.circuit,
        classes=tuple(bench.dataset.classes),
        files=("",) * len(labels),
        labels=labels,
        angles=np.asarray(circuit_angles(head, bench.source.val), float),
        trained=np.asarray(head["q_params"], float).reshape(-1),
        weights=np.asarray(head["post_net.weight"], float).T,
        bias=np.asarray(head["post_net.bias"], float),
    )
