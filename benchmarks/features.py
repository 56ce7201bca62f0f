"""Section 4: from picture files to features, plain and as the app does it, and whether both train as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from benchmarks.bench import Bench, say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.homes import home
from benchmarks.machine import cores
from benchmarks.published import BATCH, PictureFiles, loader, plain_features
from benchmarks.report import Section, Table, amount, seconds, times
from benchmarks.threads import torch_threads
from qtl_core.common.progress import never_stop
from qtl_core.pictures.backbones.loading import load_backbone, load_plain_backbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.features.transforms import centre_view
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask

SEEDS = 9  # an odd number, so that the median is a run's own


def measure(bench: Bench) -> Section:
    """Times features and their two parts, and compares the accuracy of heads trained on either."""
    pictures = bench.pictures[:: max(1, len(bench.pictures) // (bench.effort.pictures or len(bench.pictures)))]
    found, vectors = _whole(bench, pictures)
    rates = {name: len(pictures) / time for name, time in found.items()}
    kept = _kept_again(bench)
    gain = rates["app"] / rates["plain"]
    parts = _parts(bench, pictures)
    share = parts["decode, app"] / cores() / found["app"]
    return Section(
        "Features",
        f"{len(pictures)} of the {len(bench.pictures)} pictures through {bench.resolved.spec.title}, weights loaded "
        f"beforehand for the plain module and by the app itself. Plain: torchvision transforms, a DataLoader and the "
        f"eager module in batches of {BATCH}, {cores()} torch threads. App: `compute_features` into an empty store. "
        f"Best of {bench.effort.rounds} turns after a warm-up.",
        (_rates_table(rates, kept, len(bench.pictures)), _parts_table(parts, len(pictures))),
        (_agreement(bench, pictures, vectors), f"All {len(bench.pictures)} kept ones loaded again: {seconds(kept)}."),
        figures={"features_vs_plain": gain, "features_kept_seconds": kept},
        where={
            "features_vs_plain": f"Decoding and resizing, which both have to do, takes {share:.0%} of the app's time; "
            "the rest is the network's convolutions.",
            "features_kept_seconds": "Each file is read and hashed to see that it is the same picture.",
        },
    )


def _whole(bench: Bench, pictures: Sequence[Picture]) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Returns seconds and features by way, from files to features."""
    network, vectors = load_plain_backbone(bench.resolved), {}

    def plain() -> None:
        with torch_threads(cores()):
            batches = loader(pictures, bench.resolved.spec.transform)
            vectors["plain"] = plain_features(network, batches).numpy()

    def app() -> None:
        vectors["app"] = compute_features(pictures, bench.resolved).values

    def app_from_nothing() -> float:
        with home():
            return seconds_of(app)

    say(f"Features of {len(pictures)} pictures, plain and as the app does it ...")
    with torch_threads(cores()):
        plain_features(network, loader(pictures[:BATCH], bench.resolved.spec.transform))
    turns = {"plain": lambda: seconds_of(plain), "app": app_from_nothing}
    return in_turns(turns, bench.effort.rounds), vectors


def _kept_again(bench: Bench) -> float:
    """Returns the seconds to load the features of all pictures, once they are kept."""
    assert len(bench.source.train)  # computed and kept, if that has not happened yet
    again = {"kept": lambda: seconds_of(lambda: compute_features(bench.pictures, bench.resolved))}
    return in_turns(again, max(3, bench.effort.rounds))["kept"]


def _parts(bench: Bench, pictures: Sequence[Picture]) -> dict[str, float]:
    """Returns the seconds of the parts: decoding on one core, and the network on pictures ready in memory."""
    transform = bench.resolved.spec.transform
    files = PictureFiles(pictures, transform)
    batches = torch.stack([files[k][0] for k in range(min(8 * BATCH, len(files)))]).split(BATCH)
    plain, folded = load_plain_backbone(bench.resolved), load_backbone(bench.resolved)
    scale = len(pictures) / sum(len(batch) for batch in batches)

    def through(network: torch.nn.Module, threads: int) -> float:
        with torch.no_grad(), torch_threads(threads):
            network(batches[0])
            return seconds_of(lambda: [network(batch) for batch in batches]) * scale

    turns = {
        "decode, plain": lambda: seconds_of(lambda: [files[k] for k in range(len(files))]),
        "decode, app": lambda: seconds_of(lambda: [centre_view(open_picture(p.path), transform) for p in pictures]),
        f"network, plain, {cores()} threads": lambda: through(plain, cores()),
        "network, plain, one thread": lambda: through(plain, 1),
        "network, folded, one thread": lambda: through(folded, 1),
    }
    return in_turns(turns, bench.effort.rounds)


def _agreement(bench: Bench, pictures: Sequence[Picture], vectors: dict[str, np.ndarray]) -> str:
    """Returns a sentence on how far the two ways agree: numbers, and pictures right after the recipe."""
    apart = float(np.abs(vectors["app"] - vectors["plain"]).max())
    words = f"Features of the two ways differ by at most {amount(apart)}"
    if len(pictures) < len(bench.pictures):
        return f"{words}."
    right = {way: _right(bench, values) for way, values in vectors.items()}
    most = max(abs(a - b) for a, b in zip(right["app"], right["plain"], strict=True))
    medians = {way: int(np.median(found)) for way, found in right.items()}
    return (
        f"{words}; the recipe trained on either has {medians['app']} (app) and {medians['plain']} (plain) of "
        f"{len(bench.dataset.val)} validation pictures right at the median of {SEEDS} seeds, and for no seed are they "
        f"more than {most} pictures apart."
    )


def _right(bench: Bench, values: np.ndarray) -> list[int]:
    """Returns how many validation pictures the recipe has right at its best epoch, seed by seed."""
    cut, kept = len(bench.dataset.train), bench.source
    source = KeptFeatures(values[:cut], values[cut:], kept.train_labels, kept.val_labels, classes=kept.classes)
    training = bench.settings.training
    tasks = [TrainingTask(bench.settings.circuit, replace(training, seed=seed), source) for seed in range(SEEDS)]
    return [round(found.best_val_accuracy * len(source.val)) for found in train_many(tasks, never_stop)]


def _rates_table(rates: dict[str, float], kept: float, all_pictures: int) -> Table:
    titles = {"plain": "plain eager module", "app": "app, from nothing"}
    rows = [(titles[name], amount(rate), times(rate / rates["plain"])) for name, rate in rates.items()]
    again = all_pictures / kept
    return Table(
        ("", "pictures/s", "against plain"), [*rows, ("app, kept", amount(again), times(again / rates["plain"]))]
    )


def _parts_table(parts: dict[str, float], pictures: int) -> Table:
    rows = [(name, amount(pictures / time), seconds(time / pictures)) for name, time in parts.items()]
    return Table(("part (decode: one thread)", "pictures/s", "a picture"), rows)
