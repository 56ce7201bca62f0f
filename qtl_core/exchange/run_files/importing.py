"""Makes a run's file a kept run again: the same one, and never in place of another."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from filelock import FileLock

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.pictures import with_pictures
from qtl_core.exchange.run_files.reading import OpenedRunFile, open_run_file
from qtl_core.exchange.run_files.requirements import at_home, name_inside
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import annotate, find_run, keep_run, load_run, set_tags, undelete
from qtl_core.runs.store.files import flattened
from qtl_core.runs.store.layout import new_id
from qtl_core.runs.store.records import Origin
from qtl_core.runs.store.serialization import figures_of, to_json
from qtl_core.runs.store.tables import summary
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings

LOCK_TIMEOUT = 60.0  # seconds for another file that is just being brought in


@dataclass(frozen=True)
class ImportedRun:
    """The outcome of an import.

    Attributes:
        run: The kept run.
        was_here: Whether just this run was kept already.
        is_renamed: Whether it got a new identifier, as another run has its own.
        dataset: The data set that its pictures became here; "" where it brought none, or they are here already.
    """

    run: str
    was_here: bool = False
    is_renamed: bool = False
    dataset: str = ""


def import_run_file(content: bytes, name: str, *, owner: str = "", maker: str = "") -> ImportedRun:
    """Keeps the run in a file under its own identifier where that is free, else under a new one.

    Args:
        content: The file.
        name: What it is called, for messages.
        owner, maker: Whose the data set is that its pictures become, if it brings some; see `datasets.creating.create`.

    Raises:
        UserError: It cannot be opened (see `open_run_file`), or not be kept.
    """
    opened = open_run_file(content, name)
    opened = _with(opened, at_home(opened.view.prepared, opened.description.provenance))
    with FileLock(paths.writable("runs") / ".bring-in.lock").acquire(timeout=LOCK_TIMEOUT):
        there = _there(opened.run_id)
        if there is not None and same_run(there, opened.view):
            undelete([opened.run_id])
            return ImportedRun(opened.run_id, was_here=True)
        dataset = ""
        if opened.pictures:
            provenance = opened.description.provenance
            prepared, dataset = with_pictures(opened.view.prepared, provenance, opened.pictures, name, (owner, maker))
            opened = _with(opened, at_home(prepared, opened.description.provenance))
        is_renamed = there is not None
        run_id = _kept(opened, new_id() if is_renamed else opened.run_id)
        return ImportedRun(run_id, is_renamed=is_renamed, dataset=dataset)


def _with(opened: OpenedRunFile, prepared: Prepared) -> OpenedRunFile:
    return replace(opened, view=replace(opened.view, prepared=prepared))


def same_run(one: RunView, other: RunView) -> bool:
    """Returns whether two are the same run, wherever its pictures lie now."""
    if _described(one) != _described(other):
        return False
    ours, theirs = _arrays(one), _arrays(other)
    return ours.keys() == theirs.keys() and all(
        np.array_equal(values, theirs[name], equal_nan=values.dtype.kind == "f") for name, values in ours.items()
    )


def _there(run_id: str) -> RunView | None:
    """Returns the run of this identifier, an empty one where it is damaged, or None."""
    try:
        find_run(run_id)
    except UserError:
        if not (paths.home() / "runs" / run_id).exists():
            return None
        return RunView()
    try:
        return load_run(run_id)
    except UserError:
        return RunView()


def _kept(opened: OpenedRunFile, run_id: str) -> str:
    description = opened.description
    origin: Origin = "head" if opened.view.prepared.from_elsewhere else "file"
    keep_run(
        opened.view,
        run_id,
        name=description.name,
        origin=origin,
        created=description.created,
        provenance=description.provenance,
    )
    if description.note:
        annotate(run_id, description.note)
    if description.tags:
        set_tags(run_id, description.tags)
    return run_id


def _described(view: RunView) -> str:
    """All of a run but its arrays and the folders of its pictures; "" for an empty one."""
    if view.prepared is None:
        return ""
    prepared = replace(
        view.prepared,
        val_files=tuple(map(name_inside, view.prepared.val_files)),
        test_files=tuple(map(name_inside, view.prepared.test_files)),
        settings=_anywhere(view.prepared.settings),
        asked=_anywhere(view.prepared.asked),
    )
    return to_json([repr(prepared), [figures_of(epoch) for epoch in view.epochs], summary(view).how])


def _anywhere(settings: RunSettings) -> RunSettings:
    """Returns settings without what the set of pictures is called here: another app calls the same one otherwise."""
    return settings.changed(dataset="", dataset_version=0) if settings.data.source == "dataset" else settings


def _arrays(view: RunView) -> dict[str, np.ndarray]:
    if not view.epochs:
        return {}
    predictions = {str(epoch.epoch): np.asarray(epoch.val_probabilities) for epoch in view.epochs}
    tested = {"tested": np.asarray(view.tested.probabilities)} if view.tested else {}
    return flattened(view.epochs[-1].checkpoint) | predictions | tested
