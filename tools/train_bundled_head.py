"""Trains the head that comes with the app and writes it to `qtl_core/inference/bundled/`.

Run from the project's folder:  python -m tools.train_bundled_head
The paper's circuit and training, but for where its angles begin, on the drawn set, seen through EfficientNet-Lite0,
whose weights come with its package: everything it takes is here, and seed 0 makes it the same again.

The paper's angles begin near zero (a spread of 0.01) and stay there, so that its qubits hardly ever entangle: over the
validation drawings the shortest arrow is 0.974 long at the median. From a spread of 0.5 it is 0.13, there is something
to see, and as many pictures are right: 148 of 153 drawings and 145 of 153 photos, where the paper's spread gets 144 and
143. `--compare` computes the arrows and drawings again and writes nothing.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.inference import bundled
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.interpolation import interpolated_bloch_vectors
from qtl_core.runs.events import Failed, Prepared
from qtl_core.runs.store import legacy
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.preparation import prepare
from qtl_core.training.run import RunRequest, run

SETTINGS = RunSettings().changed(source="drawn", backbone="efficientnet_lite0", q_delta=0.5, seed=0)


SPREADS = (0.01, 0.3, 0.5, 1.0)  # where the angles may begin: the paper's, and wider


def main() -> None:
    """Trains and writes, or compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compare", action="store_true", help="only compare where the angles begin")
    if parser.parse_args().compare:
        compare()
        return
    view = lean(trained())
    legacy.write_run(view, bundled.FOLDER)
    right = round(view.ended.best_val_accuracy * view.prepared.val_size)
    print(f"{right} of {view.prepared.val_size} drawn validation pictures right; written to {bundled.FOLDER}.")


def compare() -> None:
    """Prints what each of `SPREADS` gives: drawings right, and how short the shortest arrow of a drawing gets."""
    features = prepare(SETTINGS, lambda _: None, lambda: False, allow_fallback=False).source.val
    for spread in SPREADS:
        view = trained(SETTINGS.changed(q_delta=spread))
        right, shortest = round(view.best.val_accuracy * len(features)), np.median(shortest_arrows(view, features))
        print(f"spread {spread:4}: {right} of {len(features)} right, shortest arrow {shortest:.3f} at the median")


def shortest_arrows(view: RunView, features: np.ndarray) -> np.ndarray:
    """Returns the length of the shortest Bloch vector of every picture's way, shape (pictures,)."""
    weights, circuit = view.epochs[-1].checkpoint.best_weights, build_circuit(view.prepared.settings.circuit)
    angles = np.tanh(features @ weights["pre_net.weight"].T + weights["pre_net.bias"]) * np.pi / 2
    ways = (interpolated_bloch_vectors(circuit, row, weights["q_params"].reshape(-1), parts=1) for row in angles)
    return np.array([np.linalg.norm(way, axis=2).min() for way in ways])


def trained(settings: RunSettings = SETTINGS) -> RunView:
    """Returns the finished run."""
    view = RunView()
    for event in run(RunRequest(settings, allow_fallback=False), lambda _: None, lambda: False):
        if isinstance(event, Failed):
            raise UserError(event.what, event.why, event.do)
        view = view.apply(event)
    return view


def lean(view: RunView) -> RunView:
    """Returns what answering needs: no history, nothing to go on training from, no path of this machine."""
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, weights={}, first_moments={}, second_moments={}, backbone_state={})
    best = [view.best] if view.best.epoch != last.epoch else []
    epochs = (*best, replace(last, checkpoint=checkpoint))
    return replace(view, prepared=_without_paths(view.prepared), epochs=epochs, ended=replace(view.ended, run=""))


def _without_paths(prepared: Prepared) -> Prepared:
    names = tuple("/".join(Path(file).parts[-3:]) for file in prepared.val_files)
    return replace(prepared, val_files=names, passed_over=(), notes=())


if __name__ == "__main__":
    main()
