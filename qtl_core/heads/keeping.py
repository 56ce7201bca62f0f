"""Brings a head in as a kept run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.datasets.records import Picture
from qtl_core.heads.request import HeadRequest
from qtl_core.progress import Progress
from qtl_core.provenance import DataFingerprint, fingerprint_of, provenance_here
from qtl_core.store import keep_run
from qtl_core.store.labels import NAME_LENGTH
from qtl_core.training.events import Prepared
from qtl_core.training.view import RunView


def bring_in(
    request: HeadRequest, report: Callable[[Progress], None] = lambda _: None, should_stop: ShouldStop = never_stop
) -> tuple[str, RunView]:
    """Keeps a head as a run; returns its identifier and what it is.

    Raises:
        UserError: It cannot be read, does not fit what was said of it, or cannot be kept.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.heads.bringing_in import run_of_head

    view = run_of_head(request, report, should_stop)
    name = PurePath(request.name).stem[:NAME_LENGTH]
    return keep_run(view, name=name, origin="head", provenance=provenance_here(_data(view.prepared))), view


def _data(prepared: Prepared) -> DataFingerprint | None:
    """Returns the pictures it was measured with, so that it can be set beside other runs on the same ones."""
    from qtl_core.features.digests import digests_of

    labelled = zip(prepared.val_files, prepared.val_labels, strict=True)
    pictures = [Picture(Path(file), label, "val") for file, label in labelled]
    digests = digests_of(pictures, never_stop)
    pairs = zip((picture.path for picture in pictures), digests, strict=True)
    return fingerprint_of(prepared.classes, [], pairs) if pictures else None
