"""Prints what training changes over many seeds of the recipe: `python -m tools.training_changes [--seeds 20]`.

Pictures and weights are those of the data directory or of the shared one; features are computed once and kept.
"""

from __future__ import annotations

import argparse

import numpy as np

from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    NO_CNOTS,
    ZERO_ANGLES,
    TrainingChanges,
    changes_payload,
    run_training_changes_job,
)
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run


def changes_of(settings: RunSettings) -> TrainingChanges:
    """Trains once and returns what that changed."""
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
        view = view.apply(event)
    found: list[TrainingChanges] = []
    run_training_changes_job(changes_payload(view), found.append, lambda: False)
    return found[0]


def main() -> None:
    """Trains all seeds and prints the means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--backbone", default="mobilenet_v2")
    parser.add_argument("--source", default="photos")
    asked = parser.parse_args()
    base = RunSettings().changed(backbone=asked.backbone, source=asked.source)
    found = [changes_of(base.changed(seed=seed)) for seed in range(asked.seeds)]
    print(f"{asked.seeds} seeds of the recipe, {asked.backbone}, {found[0].trained.total} pictures")
    for part in (LAYER_BEFORE, ANGLES, LAYER_AFTER):
        rms, most, share = (
            np.array([getattr(each.moved[part], name) for each in found]) for name in ("rms", "most", "relative")
        )
        print(f"{part}: rms {rms.mean():.4f}, most {most.max():.4f}, relative to the start {share.mean():.2f}")
    print(f"as trained: {np.mean([each.trained.correct for each in found]):.1f} right")
    for name in (LAYER_BEFORE, ANGLES, ZERO_ANGLES, LAYER_AFTER, NO_CNOTS, EVERYTHING):
        resets = [each.resets[name] for each in found]
        differ, right = (np.mean(values) for values in ([r.differ for r in resets], [r.score.correct for r in resets]))
        loss = np.mean([reset.loss_change for reset in resets])
        print(f"{name} set back: {differ:.2f} answers differ, {right:.1f} right, loss {loss:+.4f}")


if __name__ == "__main__":
    main()
