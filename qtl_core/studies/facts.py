"""Facts about the pictures that a study learns from: how many, which classes, what stood in for what.

Where an axis varies the pictures there are several answers: sizes are kept from the least to the most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtl_core.runs.events import Prepared
from qtl_core.studies.store import StudyStore

SIZES = ("train_size", "val_size", "test_size", "feature_size")
MOST = "most_"  # before a size, where it is not the same for all runs
ANY_NOUN = "examples"  # for pictures and numbers together


def facts_of(prepared: Prepared) -> dict[str, Any]:
    """Returns what is said of the pictures of some runs."""
    return {
        "classes": list(prepared.classes),
        "train_size": prepared.train_size,
        "val_size": prepared.val_size,
        "test_size": prepared.test_size,
        "feature_size": prepared.feature_size,
        "backbone": prepared.backbone_title,
        "noun": prepared.settings.data.noun,
        "notes": list(prepared.notes),
    }


def said_of(store: StudyStore) -> dict[str, Any]:
    """Returns what a study keeps of its pictures, and how many seconds of training it has had."""
    return {**(store.fact("prepared") or {}), "seconds": store.seconds}


def joined(kept: Mapping[str, Any] | None, new: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what is said of the pictures of all runs: of those before, and of some more.

    Args:
        kept: What was said before; None for nothing.
        new: Of the others, as of `facts_of`.
    """
    if not kept or not new.keys() <= kept.keys():  # of another version, perhaps: then it is said anew
        return dict(new)
    found = dict(kept)
    for name in SIZES:
        ends = {kept[name], kept.get(f"{MOST}{name}", kept[name]), new[name]}
        found[name] = min(ends)
        if len(ends) > 1:
            found[f"{MOST}{name}"] = max(ends)
    for name in ("classes", "notes"):
        found[name] = list(dict.fromkeys((*kept[name], *new[name])))
    backbones = dict.fromkeys(filter(None, (*kept["backbone"].split(", "), new["backbone"])))
    found["backbone"] = ", ".join(backbones)
    found["noun"] = kept["noun"] if kept["noun"] == new["noun"] else ANY_NOUN
    return found


def versions_joined(kept: Mapping[str, str] | None, here: Mapping[str, str]) -> dict[str, str]:
    """Returns with which versions a study was trained: those before, and beside them those that go on with it."""
    found = dict(kept or {})
    for name, version in here.items():
        found[name] = ", ".join(dict.fromkeys((*filter(None, found.get(name, "").split(", ")), version)))
    return found
