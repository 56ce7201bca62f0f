"""The component of show mode, and how a round becomes its data; its code is `assets/show.js`."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from qtl_core.drawing.angles import untrained_angles
from qtl_core.drawing.quantum_script import circuit_data
from qtl_core.explain.forward_pass import STEPS_PER_COLUMN, PictureTrace
from qtl_core.explain.training_change_words import degrees_words
from qtl_core.inference.requests import TrainedModel
from qtl_core.network.ansatz import build_circuit
from qtl_core.runs.view import TrainedRun
from ui.base.assets import asset, packed, script
from ui.base.base_path import base_path
from ui.base.class_colours import colours_of
from ui.base.theme import STATE_ZERO, TRAINING, VALIDATION
from ui.base.wording import noun_of
from ui.home.trace_view import trace_data
from ui.results.decision_map_view import map_data
from ui.session.show_loop import Round

show_stage = st.components.v2.component(
    "show",
    html=asset("show.html"),
    css=asset("show.css"),
    js=script("route_address", "packed", "quantum", "pace", "plane", "show"),
)


def opening_data(model: TrainedModel, traces: tuple[PictureTrace, ...], whens: tuple[str, ...]) -> dict[str, Any]:
    """Returns what is shown until the first round is there: the answers of the run that comes with the app.

    Args:
        model: The run.
        traces: Its answers.
        whens: When each was computed.
    """
    return _common(model.run) | {
        "id": f"opening {' '.join(sorted(set(whens)))}",
        "walks": [walk | {"when": when} for walk, when in zip(_traces(model.run, traces), whens, strict=True)],
        "run": None,
        "map": None,
    }


def round_data(made: Round) -> dict[str, Any]:
    """Returns a round as the script takes it."""
    run, prepared = made.run, made.run.prepared
    drawn = prepared.settings.data.source == "drawn"
    plane = made.map and map_data(
        made.map,
        None,
        identity=f"show-{made.seed}",
        total=len(run.epochs),
        best=run.checkpoint.best_epoch,
        noun=noun_of(run),
        drawn=drawn,
        colours=colours_of(prepared),
    )
    return _common(run) | {
        "id": f"round-{made.seed}",
        "walks": _traces(run, made.traces),
        "run": _run(run, made.seed),
        "map": plane,
    }


def _common(run: TrainedRun) -> dict[str, Any]:
    prepared = run.prepared
    return {
        "circuit": circuit_data(build_circuit(prepared.settings.circuit)),
        "parts": STEPS_PER_COLUMN,
        "classes": list(prepared.classes),
        "colours": list(colours_of(prepared)),
        "state": STATE_ZERO,
        "base": base_path(),
    }


def _run(run: TrainedRun, seed: int) -> dict[str, Any]:
    epochs, prepared = run.epochs, run.prepared
    weights = [each.checkpoint.weights["q_params"] for each in epochs]
    return {
        "seed": seed,
        "seconds": round(run.ended.seconds_training, 2) if run.ended else 0.0,
        "total": prepared.val_size,
        "noun": noun_of(run),
        "drawn": prepared.settings.data.source == "drawn",
        "learnt": prepared.train_size,
        "training": {
            "colour": TRAINING,
            "accuracy": [each.train_accuracy for each in epochs],
            "loss": [each.train_loss for each in epochs],
        },
        "validation": {
            "colour": VALIDATION,
            "accuracy": [each.val_accuracy for each in epochs],
            "loss": [each.val_loss for each in epochs],
        },
        "right": [prepared.pictures_right(each.val_accuracy) for each in epochs],
        "best": run.checkpoint.best_epoch,
        "turned": _turned_words(run, weights),
        "weights": packed(np.stack(weights), "<f4"),
    }


def _turned_words(run: TrainedRun, weights: list[np.ndarray]) -> str:
    """Says how far training turned the angles, which are all the weights that a round holds."""
    prepared = run.prepared
    start = untrained_angles(prepared.settings, prepared.feature_size)
    turned = np.degrees(np.abs(weights[run.checkpoint.best_epoch - 1].reshape(-1) - start.reshape(-1)).max(initial=0))
    return f"the most that it turned one from its random start is {degrees_words(float(turned))}."


def _traces(run: TrainedRun, traces: tuple[PictureTrace, ...]) -> list[dict[str, Any]]:
    return [trace_data(trace, run) | {"when": ""} for trace in traces]
