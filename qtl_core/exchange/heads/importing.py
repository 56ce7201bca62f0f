"""Makes a kept run of a head that was trained elsewhere: nothing of its training is known, and nothing is made up.

Its one epoch holds what can be measured here: how many validation pictures it gets right, where pictures of its classes
and its network's weights are on this machine. Every other figure is NaN, "not known"; without pictures there are none.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop, never_stop
from qtl_core.exchange.heads.fitting import fitted, told_apart
from qtl_core.exchange.heads.head_file import Head, HeadRequest, Tensors
from qtl_core.exchange.heads.measuring import measured
from qtl_core.exchange.heads.misreading import ImportedHead
from qtl_core.exchange.heads.reading import read_state
from qtl_core.network.parameter_rows import on_rows, provenance_of
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.backbones.weights_files import how_to_get, spec_of
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.runs.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.runs.provenance import DataFingerprint, Provenance, fingerprint_of, provenance_here
from qtl_core.runs.store import keep_run
from qtl_core.runs.store.records import NAME_LENGTH
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.settings.parameters import parameter_count

UNKNOWN = math.nan
ORIGIN = "This head was trained elsewhere: how, and on which pictures, is not known here."


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
    from qtl_core.exchange.heads.surroundings import backbone_changes

    asked = request.asked
    spec_of(asked.backbone)
    file = told_apart(read_state(request.content, request.name))
    head = fitted(file, asked)
    resolved, missing = _weights(asked.backbone, request.weights)
    state, word = backbone_changes(file.backbone, asked.backbone, resolved)
    missing = "" if state and not resolved else missing
    rows: tuple[str, ...] = ()
    if head.model.spec.has_circuit:
        rows = on_rows(head.rows, head.circuit.depth, head.layout, depth_was_named=asked.depth is not None)
    notes = tuple(filter(None, (ORIGIN, word, *rows, missing)))
    imported = ImportedHead(_unmeasured(request, head, state, resolved, notes), head)
    return measured(imported, request.data, report, should_stop) if not missing else imported


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
    settings = RunSettings(head.circuit, TrainingSettings(epochs=1, backbone_mode=mode), data, head.model)
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
        parameters=parameter_count(head.feature_size, len(asked.classes), head.circuit, head.model),
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


LAYOUT = "layout of q_params"  # its name among the versions that a run was made with


def import_head(
    request: HeadRequest, report: Callable[[Progress], None] = lambda _: None, should_stop: ShouldStop = never_stop
) -> tuple[str, ImportedHead]:
    """Keeps a head as a run; returns its identifier and what it is.

    Raises:
        UserError: It cannot be read, does not fit what was said of it, or cannot be kept.
        StoppedByUser: `should_stop` said so.
    """
    imported = read_head(request, report, should_stop)
    name = PurePath(request.name).stem.removesuffix(".pth")[:NAME_LENGTH]  # also of best.pth.tar
    return keep_run(imported.view, name=name, origin="head", provenance=_provenance(imported)), imported


def _provenance(imported: ImportedHead) -> Provenance:
    """Returns what the run is made with: the versions here, the pictures, and which rows of the file were used."""
    head, here = imported.head, provenance_here(_data(imported.view.prepared))
    rows = {LAYOUT: provenance_of(head.rows, head.circuit.depth, head.layout)} if head.model.spec.has_circuit else {}
    return replace(here, versions={**here.versions, **rows})


def _data(prepared: Prepared) -> DataFingerprint | None:
    """Returns the pictures it was measured with, so that it can be set beside other runs on the same ones."""
    from qtl_core.pictures.features.cache import digests_of

    labelled = zip(prepared.val_files, prepared.val_labels, strict=True)
    pictures = [Picture(Path(file), label, "val") for file, label in labelled]
    digests = digests_of(pictures, never_stop)
    pairs = zip((picture.path for picture in pictures), digests, strict=True)
    return fingerprint_of(prepared.classes, [], pairs) if pictures else None
