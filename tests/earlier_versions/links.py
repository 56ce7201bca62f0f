"""Links of every kind, and what this version reads in them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any
from urllib.parse import parse_qs

PICTURES = {
    "source": "drawn",
    "backbone": "efficientnet_lite0",
    "qubits": 5,
    "depth": 3,
    "entangler": "ring",
    "rotation": "rot",
    "reuploading": True,
    "learning_rate": 0.002,
    "epochs": 7,
    "batch_size": 8,
    "step_size": 4,
    "gamma": 0.5,
    "q_delta": 0.2,
    "seed": 11,
    "augmentation": True,
    "views": 3,
    "best_by": "loss",
    "class_weights": "balanced",
    "test_share": 0.25,
    "test_from": "training",
    "per_class": 20,
    "engine": "torch",
}
PUBLISHED = {"backbone_mode": "published", "backbone": "resnet34", "divided_into": 10, "held_out": 3, "depth": 6}
POINTS = {
    "source": "points",
    "shape": "moons",
    "points": 80,
    "spread": 0.5,
    "rotation_degrees": 30.0,
    "head": "mlp",
    "hidden_units": 5,
    "optimiser": "sgd",
    "momentum": 0.5,
    "weight_decay": 0.01,
    "label_smoothing": 0.1,
    "standardise": True,
    "schedule": "cosine",
    "warm_up": 2,
    "patience": 3,
}
NOISY = {
    "source": "points",
    "turns": 1.0,
    "shots": 256,
    "machine": "ibmqx4",
    "layout": "1,0,2,4",
    "gate_times": 2.0,
    "readout_flip": 0.05,
    "depolarizing_one": 0.01,
    "depolarizing_two": 0.02,
    "amplitude_damping": 0.03,
    "phase_damping": 0.04,
}
KEPT = {"depth": 4, "seed": 2}  # the settings of whichever run a link names
RUN, OTHER = "20261128-000000-abcdef", "20261128-010000-abcdef"


def links() -> dict[str, Any]:
    """Returns each link's query, and what is read in it; and the usual values, which no link names."""
    from qtl_core import RunSettings
    from ui.session.link import query_of, text_of

    kept = RunSettings().changed(**KEPT)
    queries = {name: text_of(query_of(link, kept if link.run else None)) for name, link in _made().items()}
    return {
        "usual": RunSettings().to_dict(),
        "of_the_run": KEPT,
        "hideable": ["depth", "seed", "more", "data"],
        "read": {name: {"query": query, "found": as_read(query, KEPT)} for name, query in queries.items()},
    }


def as_read(query: str, kept: dict[str, Any]) -> dict[str, Any]:
    """Returns what a link says, as plain data."""
    from qtl_core import RunSettings
    from ui.session.lesson import HIDEABLE
    from ui.session.link import read_link

    link = read_link(parse_qs(query), lambda _: RunSettings().changed(**kept), HIDEABLE)
    return as_data(link)


def as_data(link: Any) -> dict[str, Any]:
    """Returns a link as JSON has it."""
    found = dataclasses.asdict(link) | {"settings": link.settings.to_dict(), "hidden": sorted(link.hidden)}
    return json.loads(json.dumps(found))


def _made() -> dict[str, Any]:
    from qtl_core import RunSettings
    from qtl_core.settings import ReadoutSettings
    from ui.session.dial_link import DialState
    from ui.session.link import Link
    from ui.session.selections import FROM_SCREEN, Selections

    usual = RunSettings()
    dial = ReadoutSettings(shots=1024, machine="ibmqx4", layout="1,0,2,4", readout_flip=0.05)
    selected = Selections("bundled", RUN, FROM_SCREEN, OTHER, (RUN, OTHER), "20261128-020000-abcdef")
    carried = {"start_from": RUN, "carry": "pre_net,circuit", "freeze": "circuit", "seed": 5}
    return {
        "settings": Link(usual.changed(**PICTURES)),
        "published": Link(usual.changed(**PUBLISHED)),
        "timm": Link(usual.changed(source="drawn", backbone="timm/vit_small_patch14_dinov2.lvd142m")),
        "points": Link(usual.changed(**POINTS)),
        "noisy": Link(usual.changed(**NOISY)),
        "data": Link(usual.changed(source="dataset", dataset="0f3a5c7e9b1d", dataset_version=2, qubits=3)),
        "start": Link(usual.changed(**carried)),
        "run": Link(usual.changed(**KEPT, qubits=2), job="abc", seeds_job="def", run=RUN, again=OTHER),
        "lesson": Link(
            usual, hidden=frozenset({"depth", "more", "data"}), task="Find the *best* rate — ünï.", playground=True
        ),
        "dial": Link(usual, dial=DialState(dial, ("readout", "zne_linear"), 3)),
        "selected": Link(usual, selected=selected),
    }
