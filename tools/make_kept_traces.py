"""Writes what comes with the app of its own run, answers for Home's drawings and what training changed.

Run from the project's folder, after the bundled head or the drawings have changed:  python -m tools.make_kept_traces
See `qtl_core.explain.kept_traces`.
"""

from __future__ import annotations

import numpy as np

from qtl_core.explain.forward_pass import PictureTrace, run_trace_job
from qtl_core.explain.kept_traces import home_pictures, write_kept
from qtl_core.explain.training_changes import TrainingChanges, start_weights, training_changes
from qtl_core.inference.answering import all_answers
from qtl_core.inference.bundled import RUN_ID, drawn_example
from qtl_core.inference.requests import ImageRequest, loaded, named_model


def main() -> None:
    """Follows the pictures through the network and writes what came of it."""
    file = write_kept(traces := live_traces(), live_changes())
    right = sum(trace.is_right for trace in traces)
    print(f"{len(traces)} drawings, {right} of them right, {file.stat().st_size:,} bytes: {file}")


def live_traces() -> list[PictureTrace]:
    """Returns the traces of Home's drawings, computed now."""
    made: list[PictureTrace] = []
    run_trace_job((named_model(RUN_ID), home_pictures()), made.append, lambda: False)
    return made


def live_changes() -> TrainingChanges:
    """Returns what training changed, asked of all validation drawings now."""
    model = named_model(RUN_ID)
    prepared = model.run.prepared
    asked = [ImageRequest(name, name, drawn_example(name)) for name in prepared.val_files]
    features = np.array([answer.explained.features for answer in all_answers(loaded(model), asked)])
    weights, labels = model.run.checkpoint.best_weights, np.array(prepared.val_labels)
    return training_changes(prepared.settings, start_weights(prepared), weights, features, labels)


if __name__ == "__main__":
    main()
