"""Brings a head in as a kept run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath

from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.datasets.records import Picture
from qtl_core.heads.brought import ImportedHead
from qtl_core.heads.layouts import provenance_of
from qtl_core.heads.request import HeadRequest
from qtl_core.progress import Progress
from qtl_core.provenance import DataFingerprint, Provenance, fingerprint_of, provenance_here
from qtl_core.store import keep_run
from qtl_core.store.labels import NAME_LENGTH
from qtl_core.training.events import Prepared

LAYOUT = "layout of q_params"  # its name among the versions that a run was made with


def import_head(
    request: HeadRequest, report: Callable[[Progress], None] = lambda _: None, should_stop: ShouldStop = never_stop
) -> tuple[str, ImportedHead]:
    """Keeps a head as a run; returns its identifier and what it is.

    Raises:
        UserError: It cannot be read, does not fit what was said of it, or cannot be kept.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.heads.bringing_in import read_head

    brought = read_head(request, report, should_stop)
    name = PurePath(request.name).stem.removesuffix(".pth")[:NAME_LENGTH]  # also of best.pth.tar
    return keep_run(brought.view, name=name, origin="head", provenance=_provenance(brought)), brought


def _provenance(brought: ImportedHead) -> Provenance:
    """Returns what the run is made with: the versions here, the pictures, and which rows of the file were used."""
    head, here = brought.head, provenance_here(_data(brought.view.prepared))
    rows = {LAYOUT: provenance_of(head.rows, head.circuit.depth, head.layout)}
    return replace(here, versions={**here.versions, **rows})


def _data(prepared: Prepared) -> DataFingerprint | None:
    """Returns the pictures it was measured with, so that it can be set beside other runs on the same ones."""
    from qtl_core.features.digests import digests_of

    labelled = zip(prepared.val_files, prepared.val_labels, strict=True)
    pictures = [Picture(Path(file), label, "val") for file, label in labelled]
    digests = digests_of(pictures, never_stop)
    pairs = zip((picture.path for picture in pictures), digests, strict=True)
    return fingerprint_of(prepared.classes, [], pairs) if pictures else None
