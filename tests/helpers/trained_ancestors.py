"""Kept runs that a training can start from: whole heads with numbers of their own, made without training."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.store import keep_run
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES
from tests.helpers.made_runs import made_run

DRAWN = RunSettings().changed(source="drawn", backbone="efficientnet_lite0")


def keep_ancestor(
    settings: RunSettings = DRAWN,
    classes: tuple[str, ...] = ("ants", "bees"),
    *,
    name: str = "Grandmother",
    broken: bool = False,
) -> str:
    """Keeps a run of these settings, whose head is what seed 9 draws; returns its identifier.

    Args:
        settings: Of a truly frozen image network.
        classes: What it learnt.
        name: What it is called.
        broken: Whether its first layer holds a NaN.
    """
    size = BACKBONES[settings.data.backbone].feature_size
    head = initial_weights(size, len(classes), settings.circuit, 0.5, 9, settings.model)
    if broken:
        head["pre_net.weight"][0, 0] = np.nan
    view = made_run(Path("nowhere"), settings=settings)
    last = view.epochs[-1]
    checkpoint = dataclasses.replace(last.checkpoint, weights=head, best_weights=head, best_epoch=2)
    prepared = dataclasses.replace(view.prepared, classes=classes, feature_size=size)
    epochs = (*view.epochs[:-1], dataclasses.replace(last, checkpoint=checkpoint))
    return keep_run(dataclasses.replace(view, prepared=prepared, epochs=epochs), name=name)
