"""Does training with the noise on bring anything? `make noisy-training-table` writes benchmarks/NOISY_TRAINING.md.

Each setting is trained twice with every seed, from the same numbers and in the same order: exactly, and under a
readout. Both heads are then read under that readout, on the same pictures or points. The last epoch's weights are
judged, which nothing chose: the best epoch of a training that is read from shots would be in part its luckiest draw.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.bench import say
from benchmarks.homes import home
from benchmarks.threads import keep_to_one_thread
from qtl_core.common.progress import never_stop
from qtl_core.network.head_scores import circuit_angles, log_softmax
from qtl_core.readout.reading import read_circuit
from qtl_core.runs.events import Arrays, EpochDone
from qtl_core.settings import PRESETS, ReadoutSettings, RunSettings
from qtl_core.tables.points import fresh_points
from qtl_core.training.preparation import prepare
from qtl_core.training.task import KeptFeatures, task_of
from qtl_core.training.torch_engine import train_with_torch

OUT = Path(__file__).parent / "NOISY_TRAINING.md"
SEEDS = 12
DRAWS = 20  # of shots, for each head
LEVEL = 0.05
TASKS = {
    "ants and bees, MobileNetV2": RunSettings().changed(backbone="mobilenet_v2"),
    "the paper's spirals": PRESETS[2].applied_to(RunSettings()),
}
READOUTS = {
    "depolarising 0.01 and, after CNOTs, 0.1; 5% of bits read wrongly": ReadoutSettings(
        depolarizing_one=0.01, depolarizing_two=0.1, readout_flip=0.05
    ),
    "ibmqx4, layout of least error": ReadoutSettings(machine="ibmqx4"),
    "10 shots": ReadoutSettings(shots=10),
}
FIGURES = ("accuracy", "confidence", "loss")
TESTED = ("accuracy", "loss")

Judged = tuple[np.ndarray, np.ndarray]  # features and labels


@dataclass(frozen=True)
class Paired:
    """The figures of both trainings under one readout, each shape (seeds, figures).

    Attributes:
        task, readout: Their names.
        size: How many pictures or points judge.
        exactly: Of the heads that were trained exactly.
        under_it: Of those that were trained under the readout.
    """

    task: str
    readout: str
    size: int
    exactly: np.ndarray
    under_it: np.ndarray

    def difference(self, figure: str) -> tuple[float, float]:
        """Returns by how much a figure is higher after training under the readout, and the p-value of that."""
        each = (self.under_it - self.exactly)[:, FIGURES.index(figure)]
        return float(each.mean()), sign_flip_p(each)


def sign_flip_p(differences: np.ndarray) -> float:
    """Returns how often a mean lies as far from 0 if each difference might as well have the other sign; exact."""
    signs = np.array(list(product((1, -1), repeat=len(differences))))
    means = np.abs(signs @ differences)
    return float((means >= means[0] * (1 - 1e-12)).mean())


def main(words: Sequence[str] | None = None) -> None:
    """Measures and writes the page."""
    options = _parser().parse_args(words)
    keep_to_one_thread()
    began, found = time.perf_counter(), []
    with home(options.home):
        for name, settings in TASKS.items():
            source, judged = _prepared(settings)
            exactly = {seed: _trained(settings, source, seed) for seed in range(options.seeds)}
            for readout_name, readout in READOUTS.items():
                found.append(_measured((name, settings), (readout_name, readout), source, judged, exactly))
                options.out.write_text(markdown(found, options.seeds, time.perf_counter() - began), encoding="utf-8")
                say(_row(found[-1], len(TASKS) * len(READOUTS) * len(TESTED)))
    say(f"Written to {options.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.noisy_training", description=(__doc__ or "")[:60])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, 6 to 16")
    parser.add_argument("--home", help="keep features and compiled code in this folder, not in one that is removed")
    parser.add_argument("--out", type=Path, default=OUT, help="write the page to this file")
    return parser


def _prepared(settings: RunSettings) -> tuple[KeptFeatures, Judged]:
    """Returns what is learnt from, and what judges: other points, or the validation pictures, which choose nothing."""
    source = prepare(settings, lambda _: None, never_stop, allow_fallback=False).features
    if settings.data.source == "points":
        return source, fresh_points(settings.data)
    return source, (source.val, source.val_labels)


def _trained(settings: RunSettings, source: KeptFeatures, seed: int) -> Arrays:
    """Returns the weights after the last epoch."""
    task = task_of(settings.changed(seed=seed), source.with_seed(seed))
    epochs = [event for event in train_with_torch(task, None, never_stop) if isinstance(event, EpochDone)]
    return epochs[-1].checkpoint.weights


def _measured(
    task: tuple[str, RunSettings],
    by: tuple[str, ReadoutSettings],
    source: KeptFeatures,
    judged: Judged,
    exactly: dict[int, Arrays],
) -> Paired:
    (name, settings), (readout_name, readout) = task, by
    noisy = replace(settings, readout=readout)
    under_it = {seed: _trained(noisy, source, seed) for seed in exactly}
    both = [np.array([_read(noisy, head, judged) for head in heads.values()]) for heads in (exactly, under_it)]
    return Paired(name, readout_name, len(judged[1]), *both)


def _read(settings: RunSettings, head: Arrays, judged: Judged) -> np.ndarray:
    """Returns the figures of a head under the settings' readout, the mean of the draws where it takes shots."""
    features, labels = judged
    angles, trained = circuit_angles(head, features), np.asarray(head["q_params"], float).reshape(-1)
    draws = DRAWS if settings.readout.shots else 1
    return np.mean([_figures(settings, head, labels, angles, trained, seed) for seed in range(draws)], axis=0)


def _figures(
    settings: RunSettings, head: Arrays, labels: np.ndarray, angles: np.ndarray, trained: np.ndarray, seed: int
) -> tuple[float, float, float]:
    read = read_circuit(settings.circuit, angles, trained, settings.readout, seed=seed).expectations
    logs = log_softmax(read @ np.asarray(head["post_net.weight"], float).T + head["post_net.bias"])
    loss = -logs[np.arange(len(labels)), labels].mean()
    return float((logs.argmax(axis=1) == labels).mean()), float(np.exp(logs.max(axis=1)).mean()), float(loss)


def markdown(found: Sequence[Paired], seeds: int, seconds: float) -> str:
    """Returns the page; more than luck is what is so after division by all comparisons planned (Bonferroni)."""
    planned = len(TASKS) * len(READOUTS) * len(TESTED)
    rows = [_row(each, planned) for each in found]
    command = "make noisy-training-table" + (f' ARGS="--seeds {seeds}"' if seeds != SEEDS else "")
    lines = [
        "# Training with the noise on",
        "",
        f"Made by `{command}` in {seconds / 60:.0f} minutes: {seeds} seeds, each trained exactly and "
        "under the readout from the same numbers, both read under that readout, with the weights of the last epoch. "
        f"Ants and bees are judged by their 153 validation photos, spirals by 2,200 other points; from shots {DRAWS} "
        "draws a head are averaged. In brackets: how often the difference would be as large by luck alone (exact "
        f"sign-flip test over the seeds, {2 / 2**seeds:.2g} at the least; {planned} comparisons, half of accuracy and "
        f"half of loss, so below {LEVEL / planned:.4f} is more than luck). Where luck would do, a difference may "
        "still be there: few seeds see large ones alone.",
        "",
        "| task | read under | accuracy: trained exactly | trained under it | difference "
        "| mean confidence: exactly | under it | loss: exactly | under it | difference |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        *rows,
        "",
        *(f"- {_words(each, planned)}" for each in found),
    ]
    return "\n".join(lines) + "\n"


def _row(each: Paired, planned: int) -> str:
    exactly, under_it = each.exactly.mean(axis=0), each.under_it.mean(axis=0)
    accuracy, loss = (_difference(each, figure, planned) for figure in TESTED)
    return (
        f"| {each.task} | {each.readout} | {exactly[0]:.4f} | {under_it[0]:.4f} | {accuracy} | {exactly[1]:.3f} | "
        f"{under_it[1]:.3f} | {exactly[2]:.4f} | {under_it[2]:.4f} | {loss} |"
    )


def _difference(each: Paired, figure: str, planned: int) -> str:
    mean, p = each.difference(figure)
    said = f"{mean:+.4f} ({p:.3f})" if p >= 0.0005 else f"{mean:+.4f} ({p:.2g})"
    return f"**{said}**" if p < LEVEL / planned else said


def _words(each: Paired, planned: int) -> str:
    mean, p = each.difference("accuracy")
    where = f"{each.task}, {each.readout}"
    if p >= LEVEL / planned:
        return f"{where}: no difference in accuracy that luck would not give."
    more = "more" if mean > 0 else "fewer"
    return f"{where}: training under it gets {abs(mean) * each.size:.1f} {more} of {each.size:,} right."


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
