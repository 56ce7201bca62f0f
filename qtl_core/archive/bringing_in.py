"""Makes a run's file a kept run again: the same one, and never in place of another."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from qtl_core import paths
from qtl_core.archive.reading import Opened, open_archive
from qtl_core.datasets.catalogue import dataset_status
from qtl_core.errors import UserError
from qtl_core.store import annotate, find_run, keep_run, load_run, set_tags, undelete
from qtl_core.store.arrays import flattened
from qtl_core.store.described import figures_of, to_json
from qtl_core.store.place import new_id
from qtl_core.training.events import Prepared
from qtl_core.training.view import RunView

PATIENCE = 60.0  # seconds for another file that is just being brought in


@dataclass(frozen=True)
class BroughtIn:
    """What became of a file.

    Attributes:
        run: The kept run.
        was_here: Whether just this run was kept already.
        is_renamed: Whether it got a new identifier, as another run has its own.
    """

    run: str
    was_here: bool = False
    is_renamed: bool = False


def bring_in_archive(content: bytes, name: str) -> BroughtIn:
    """Keeps the run in a file under its own identifier where that is free, else under a new one.

    Raises:
        UserError: It cannot be opened (see `open_archive`), or not be kept.
    """
    opened = open_archive(content, name)
    opened = replace(opened, view=replace(opened.view, prepared=_at_home(opened.view.prepared)))
    with FileLock(paths.writable("runs") / ".bring-in.lock").acquire(timeout=PATIENCE):
        there = _there(opened.run_id)
        if there is None:
            return BroughtIn(_kept(opened, opened.run_id))
        if same_run(there, opened.view):
            undelete([opened.run_id])
            return BroughtIn(opened.run_id, was_here=True)
        return BroughtIn(_kept(opened, new_id()), is_renamed=True)


def same_run(one: RunView, other: RunView) -> bool:
    """Whether two are the same run, wherever its pictures lie now."""
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


def _kept(opened: Opened, run_id: str) -> str:
    told = opened.told
    keep_run(opened.view, run_id, name=told.name, origin="file", created=told.created, provenance=told.provenance)
    if told.note:
        annotate(run_id, told.note)
    if told.tags:
        set_tags(run_id, told.tags)
    return run_id


def _described(view: RunView) -> str:
    """All of a run but its arrays and the folders of its pictures; "" for an empty one."""
    if view.prepared is None:
        return ""
    prepared = replace(view.prepared, val_files=tuple(map(_inside, view.prepared.val_files)))
    return to_json([repr(prepared), [figures_of(epoch) for epoch in view.epochs], view.ended.how])


def _arrays(view: RunView) -> dict[str, np.ndarray]:
    if not view.epochs:
        return {}
    predictions = {str(epoch.epoch): np.asarray(epoch.val_probabilities) for epoch in view.epochs}
    return flattened(view.checkpoint) | predictions


def _inside(file: str) -> str:
    """A picture's name inside its set, "val/ants/x.jpg", whichever system the path is from."""
    return "/".join(re.split(r"[\\/]", file)[-3:])


def _at_home(prepared: Prepared) -> Prepared:
    """Finds the pictures of a run from elsewhere in the same set on this machine, if they all are there."""
    if not prepared.val_files or Path(prepared.val_files[0]).is_file():
        return prepared
    where = {status.source: status.where for status in dataset_status()}.get(prepared.settings.data.source)
    found = [where / _inside(file) for file in prepared.val_files] if where else []
    if not found or not all(_lies_in(file, where) for file in found):
        return prepared
    return replace(prepared, val_files=tuple(map(str, found)))


def _lies_in(file: Path, folder: Path) -> bool:
    try:
        return file.is_file() and ".." not in file.parts and file.is_relative_to(folder)
    except (OSError, ValueError):  # a name that no system takes
        return False
