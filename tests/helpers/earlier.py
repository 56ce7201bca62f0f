"""What earlier versions wrote and said (`tests/earlier_versions`), with what has been said of such things since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.conftest import PROJECT

# Settings that there are since, with the value at which everything is as it was before there were any.
SINCE = {
    "training": {
        "class_weights": "none",
        "optimiser": "adam",
        "momentum": 0.9,
        "weight_decay": 0.0,
        "label_smoothing": 0.0,
        "standardise": False,
        "schedule": "step",
        "warm_up": 0,
        "patience": 0,
    },
    "data": {
        "dataset": "",
        "dataset_version": 0,
        "shape": "spirals",
        "turns": 1.52,
        "rotation_degrees": 0.0,
        "spread": 0.7,
        "points": 2000,
        "table": "",
        "label": "-1",
        "columns": "",
        "test_share": 0.0,
        "test_from": "validation",
        "per_class": 0,
        "divided_into": 0,
        "held_out": 1,
    },
}
GROUPS_SINCE = {
    "model": {"head": "dressed", "hidden_units": 16},
    "transfer": {"start_from": "", "carry": "pre_net,circuit,post_net", "freeze": ""},
    "readout": {
        "shots": 0,
        **dict.fromkeys(
            ("depolarizing_one", "depolarizing_two", "amplitude_damping", "phase_damping", "readout_flip"), 0.0
        ),
        "machine": "",
        "layout": "",
        "gate_times": 1.0,
    },
}
# Of what is known by these keys, what is said of it since.
MORE_SINCE: tuple[tuple[set[str], dict], ...] = (
    ({"val_sha256", "state"}, {"test_size": 0, "test_right": None, "test_looks": 0, "test_accuracy": None}),
    ({"val_sha256", "history"}, {"lineage": []}),
    ({"classes", "train", "val"}, {"test": []}),
    ({"prepared", "ended"}, {"tested": None, "test_looks": 0}),
    (
        {"val_files", "asked"},
        {
            **dict.fromkeys(("test_files", "test_labels", "lineage", "feature_names"), ()),
            **dict.fromkeys(("trained_parameters", "test_size"), 0),
        },
    ),
)


def with_what_is_said_since(said: dict) -> dict:
    """Returns what an earlier version said, with what it did not know yet."""
    if SINCE.keys() <= said.keys():
        return GROUPS_SINCE | said | {group: more | said[group] for group, more in SINCE.items()}
    for keys, more in MORE_SINCE:
        if keys <= said.keys():
            said = {name: list(value) if value == () else value for name, value in more.items()} | said
    return said


@dataclass(frozen=True)
class Version:
    """A version's folder, and in it `said.json`."""

    folder: Path

    @cached_property
    def said(self) -> dict[str, Any]:
        """What the version said of its files."""
        return json.loads((self.folder / "said.json").read_text("utf-8"), object_hook=with_what_is_said_since)

    @property
    def runs(self) -> dict[str, str]:
        """Its runs' identifiers, by what they are for."""
        return self.said["runs"]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """What it printed, an object a line."""
        return [json.loads(line) for line in (self.folder / name).read_text("utf-8").splitlines()]


VERSIONS = [Version(PROJECT / "tests/earlier_versions" / name) for name in ("2026-11-26", "2026-11-28")]
NEWEST = VERSIONS[-1]
