"""Features and the torch engine on the GPU: equal to the CPU's, and how quick. `make gpu`, or python -m benchmarks.gpu.

Where there is no GPU it says so and measures nothing. `--device cpu` takes the CPU for one, to see that it works.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.bench import Bench, open_bench
from benchmarks.clock import seconds_of
from benchmarks.effort import FULL, TINY
from benchmarks.report import Table, amount, table
from qtl_core.common.progress import never_stop
from qtl_core.pictures.backbones.loading import load_plain_backbone, shared_backbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.transforms import centre_view, normalised
from qtl_core.runs.events import EpochDone
from qtl_core.settings import CircuitSettings
from qtl_core.training import torch_engine
from qtl_core.training.task import TrainingTask

NONE = "There is no GPU that torch can use here: nothing was compared or measured. Features and training use the CPU."
BATCHES = (1, 4, 32, 128, 512)
EQUAL = 1e-3  # features are sums of thousands of products, whose order a GPU has for itself
ROUNDS = 3
QUBITS, BATCH = 12, 64


def main(words: Sequence[str]) -> int:
    """Compares and measures; returns 1 where the GPU's numbers are not the CPU's."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description="the GPU against the CPU")
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to see that everything works")
    parser.add_argument("--tiny", action="store_true", help="a few pictures; the times mean nothing")
    chosen = parser.parse_args(words)
    if chosen.device == "cuda" and not torch.cuda.is_available():
        print(NONE)
        return 0
    bench = open_bench(TINY if chosen.tiny else FULL)
    views = cut(bench, 8 if chosen.tiny else 512)
    batches = BATCHES[:2] if chosen.tiny else BATCHES
    found = features_compared(bench, views, chosen.device)
    print(table(found), table(features_timed(bench, views, chosen.device, batches)), sep="\n\n")
    equal, trained = training_compared(bench, chosen.device, qubits=4 if chosen.tiny else QUBITS)
    print("", table(trained), sep="\n")
    return 0 if equal and furthest(bench, views, chosen.device) < EQUAL else 1


def cut(bench: Bench, count: int) -> list[np.ndarray]:
    """Returns the middles of so many pictures, the first ones again where there are fewer."""
    transform, pictures = bench.resolved.spec.transform, bench.pictures
    few = [centre_view(open_picture(picture.path), transform) for picture in pictures[:count]]
    return [few[k % len(few)] for k in range(count)]


# Features


def features_of(
    module: Callable[[Tensor], Tensor], bench: Bench, views: Sequence[np.ndarray], device: str
) -> np.ndarray:
    """Returns the features of views in batches of 32, float32."""
    parts = [normalised(views[k : k + 32], bench.resolved.spec.transform, device) for k in range(0, len(views), 32)]
    return torch.cat([module(part).float().cpu() for part in parts]).numpy()


def furthest(bench: Bench, views: Sequence[np.ndarray], device: str) -> float:
    """Returns by how much a feature of the device differs from the CPU's at most."""
    found = features_of(shared_backbone(bench.resolved, device), bench, views, device)
    return float(np.abs(found - features_of(shared_backbone(bench.resolved), bench, views, "cpu")).max())


def halved(module: nn.Module, device: str) -> Callable[[Tensor], Tensor]:
    """Returns the network with products and sums in bfloat16, whose numbers have 8 bits in place of 24."""

    def run(images: Tensor) -> Tensor:
        with torch.no_grad(), torch.autocast(torch.device(device).type, torch.bfloat16):
            return module(images)

    return run


def plain(bench: Bench, device: str) -> Callable[[Tensor], Tensor]:
    """Returns the network as published: batch norms by themselves, channels first."""
    module = load_plain_backbone(bench.resolved).to(device)

    def run(images: Tensor) -> Tensor:
        with torch.no_grad():
            return module(images.contiguous())

    return run


def features_compared(bench: Bench, views: Sequence[np.ndarray], device: str) -> Table:
    """Returns how far features on the device, and in bfloat16 there, lie from the CPU's."""
    exact = features_of(shared_backbone(bench.resolved), bench, views, "cpu")
    module = shared_backbone(bench.resolved, device)
    ways = {f"{device}, float32": module, f"{device}, bfloat16": halved(module, device)}
    rows = [(name, *_apart(features_of(way, bench, views, device), exact)) for name, way in ways.items()]
    return Table(("features against the CPU's", "furthest", "relative, of a whole picture"), rows)


def _apart(found: np.ndarray, exact: np.ndarray) -> tuple[str, str]:
    relative = np.linalg.norm(found - exact, axis=1) / np.linalg.norm(exact, axis=1)
    return amount(float(np.abs(found - exact).max())), f"{amount(100 * float(relative.mean()))} %"


def features_timed(bench: Bench, views: Sequence[np.ndarray], device: str, batches: Sequence[int]) -> Table:
    """Returns the pictures a second, decoded already, by the size of a batch."""
    module = shared_backbone(bench.resolved, device)
    ways = {
        "as published, channels first": plain(bench, device),
        "channels last, batch norms folded": module,
        "the same in bfloat16": halved(module, device),
    }
    rows = [(name, *(amount(pace(way, bench, views[:size], device)) for size in batches)) for name, way in ways.items()]
    return Table((f"pictures a second on {device}", *(f"{size} at once" for size in batches)), rows)


def pace(way: Callable[[Tensor], Tensor], bench: Bench, views: Sequence[np.ndarray], device: str) -> float:
    """Returns how many pictures a second a way takes, from pixels to features back in the CPU's memory."""

    def once() -> Tensor:
        return way(normalised(views, bench.resolved.spec.transform, device)).float().cpu()

    once()  # the first chooses its kernels
    return len(views) / min(seconds_of(once) for _ in range(ROUNDS))


# The torch engine


def training_compared(bench: Bench, device: str, qubits: int) -> tuple[bool, Table]:
    """Returns whether an epoch on the device ends as on the CPU, and both times."""
    training = replace(bench.settings.training, epochs=1, batch_size=BATCH)
    task = bench.task(CircuitSettings(qubits, 2), training)
    (cpu, here), spent = zip(*(_epoch(task, where) for where in ("cpu", device)), strict=True)
    equal = abs(cpu.val_loss - here.val_loss) < 1e-4
    rows = [
        (where, f"{each.val_loss:.6f}", f"{1000 * took:.0f} ms")
        for where, each, took in zip(("cpu", device), (cpu, here), spent, strict=True)
    ]
    return equal, Table((f"an epoch, {qubits} qubits, batches of {BATCH}", "validation loss", "takes"), rows)


def _epoch(task: TrainingTask, device: str) -> tuple[EpochDone, float]:
    with _on(device):
        for _ in range(2):  # the first chooses its kernels
            done = [
                each for each in torch_engine.train_with_torch(task, None, never_stop) if isinstance(each, EpochDone)
            ]
    return done[0], done[0].seconds


@contextmanager
def _on(device: str) -> Iterator[None]:
    """Has the torch engine train there whatever the size of its steps."""
    usual = torch_engine.device_for
    torch_engine.device_for = lambda *_: torch.device(device)
    try:
        yield
    finally:
        torch_engine.device_for = usual


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
