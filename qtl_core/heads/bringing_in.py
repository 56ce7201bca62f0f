"""Makes a run of a head that was trained elsewhere: nothing of its training is known, and nothing is made up.

Its one epoch holds what can be measured here: how many validation pictures it gets right, where pictures of its classes
and its network's weights are on this machine. Every other figure is NaN, "not known"; without pictures there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from qtl_core.backbones import ResolvedBackbone, resolve_backbone, spec_of
from qtl_core.backbones.files import how_to_get
from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.errors import UserError
from qtl_core.heads.brought import ImportedHead
from qtl_core.heads.fitting import fitted, told_apart
from qtl_core.heads.layouts import on_rows
from qtl_core.heads.measuring import measured
from qtl_core.heads.reading import read_state
from qtl_core.heads.records import Head, Tensors
from qtl_core.heads.request import HeadRequest
from qtl_core.parameters import parameter_count
from qtl_core.progress import Progress
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.training.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.training.view import TrainedRun

UNKNOWN = math.nan
ORIGIN = "This head was trained elsewhere: how, and on which pictures, is not known here."


def run_of_head(
    request: HeadRequest,
    report: Callable[[Progress], None] = lambda _: None,
    should_stop: ShouldStop = never_stop,
) -> TrainedRun:
    """Returns the run that a head becomes; see `read_head`."""
    return read_head(request, report, should_stop).view


def read_head(
    request: HeadRequest,
    report: Callable[[Progress], None] = lambda _: None,
    should_stop: ShouldStop = never_stop,
) -> ImportedHead:
    """Returns a head and the run that it becomes, measured if that can be done.

    Raises:
        UserError: The file cannot be read, does not fit what was said of it, or the named weights are not there.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.heads.around import backbone_changes

    asked = request.asked
    spec_of(asked.backbone)
    file = told_apart(read_state(request.content, request.name))
    head = fitted(file, asked)
    resolved, missing = _weights(asked.backbone, request.weights)
    state, word = backbone_changes(file.backbone, asked.backbone, resolved)
    missing = "" if state and not resolved else missing
    rows = on_rows(head.rows, head.circuit.depth, head.layout, depth_was_named=asked.depth is not None)
    notes = tuple(filter(None, (ORIGIN, word, *rows, missing)))
    brought = ImportedHead(_unmeasured(request, head, state, resolved, notes), head)
    return measured(brought, request.data, report, should_stop) if not missing else brought


def _weights(backbone: str, file: str) -> tuple[ResolvedBackbone | None, str]:
    """Returns the weights on this machine, or how to get them; a file that was named must be there."""
    spec = spec_of(backbone)
    try:
        return resolve_backbone(backbone, file, allow_fallback=False), ""
    except UserError:
        if file:
            raise
        why = f"When it came in, the weights of {spec.title} were not on this machine, so it could not be measured."
        return None, f"{why} It can predict once they are there. {how_to_get(spec)}"


def _unmeasured(
    request: HeadRequest, head: Head, state: Tensors, resolved: ResolvedBackbone | None, notes: tuple[str, ...]
) -> TrainedRun:
    asked = request.asked
    mode = "published" if state else "frozen"
    weights = str(Path(request.weights).expanduser().absolute()) if request.weights else ""
    data = replace(request.data, backbone=asked.backbone, weights=weights)
    settings = RunSettings(head.circuit, TrainingSettings(epochs=1, backbone_mode=mode), data)
    prepared = Prepared(
        settings=settings,
        asked=settings,
        classes=asked.classes,
        train_size=0,
        val_size=0,
        val_files=(),
        val_labels=(),
        passed_over=(),
        feature_size=head.feature_size,
        parameters=parameter_count(head.feature_size, len(asked.classes), head.circuit),
        backbone_title=spec_of(asked.backbone).title,
        weights_sha256=resolved.weights_sha256 if resolved else "",
        device="",
        seconds_features=0.0,
        features_kept=0,
        notes=notes,
    )
    checkpoint = Checkpoint(
        1, head.weights, {}, {}, 0, 1, UNKNOWN, UNKNOWN, head.weights, backbone_state=state, best_backbone_state=state
    )
    nobody = np.zeros((0, len(asked.classes)), np.float32)
    epoch = EpochDone(1, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 0.0, True, nobody, checkpoint)
    return TrainedRun(prepared=prepared, epochs=(epoch,), ended=Ended("finished", 1, 1, UNKNOWN, UNKNOWN, 0.0))
