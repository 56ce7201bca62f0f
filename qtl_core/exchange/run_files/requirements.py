"""The needs of a reopened run on this machine: its image network, its pictures, and where to get them.

The paths in a file are its sender's choice. A picture is taken for the run's own only if its contents are those that
the run was checked with, so that no file can be shown whose contents the sender did not know; and nothing is looked for
on other machines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.paths import is_readable_file
from qtl_core.exchange.heads.head_file import DRIFTING
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.backbones.weights_files import find_weights, how_to_get_just, spec_of
from qtl_core.pictures.datasets.versions import find_version
from qtl_core.pictures.sources.catalogue import dataset_status
from qtl_core.runs.events import Prepared
from qtl_core.runs.provenance import Pictures, Provenance
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.settings.groups import PRIVATE


def needs_of(view: TrainedRun) -> tuple[str, ...]:
    """Returns sentences on what has to be got before it can predict, and which pictures cannot be shown."""
    if view.prepared.settings.data.is_numbers:
        return ()  # its rows have names and no files, and no image network takes part
    return tuple(filter(None, (_weights(view), _pictures(view))))


def _weights(view: TrainedRun) -> str:
    prepared, own = view.prepared, view.checkpoint.best_backbone_state
    spec, data = spec_of(prepared.settings.data.backbone), prepared.settings.data
    if any(not name.endswith(DRIFTING) for name in own):
        return ""  # it brought an image network of its own
    named = data.weights if data.weights and is_readable_file(data.weights) else ""
    if not named and find_weights(spec.name) is None:
        how = how_to_get_just(spec, prepared.weights_sha256)
        return f"Before it can predict, the weights of {spec.title} are needed. {how}"
    try:
        found = resolve_backbone(spec.name, named, allow_fallback=False)
    except UserError as error:
        return str(error)
    if prepared.weights_sha256 and found.weights_sha256 != prepared.weights_sha256:
        others = f"Before it can predict, other weights of {spec.title} are needed than those on this machine."
        return f"{others} {how_to_get_just(spec, prepared.weights_sha256)}"
    return ""


def _pictures(view: TrainedRun) -> str:
    files = view.prepared.val_files
    if not files or is_readable_file(files[0]):
        return ""
    return "Its validation pictures are not where they were, so they are shown by name alone."


def name_inside(file: str) -> str:
    """Returns a picture's name inside its set, "val/ants/x.jpg", whichever system the path is from."""
    return "/".join([part for part in re.split(r"[\\/]", file) if part not in ("", ".", "..")][-3:])


def _tests_at_home(prepared: Prepared, provenance: Provenance) -> Prepared:
    """Returns what was trained on with its test pictures' places, if they are those; else with names alone."""
    digests = [digest for _, digest in provenance.data.test] if provenance.data else []
    if not prepared.test_files or _are(prepared.test_files, digests):
        return prepared
    return replace(prepared, test_files=tuple(name_inside(file) for file in prepared.test_files))


def at_home(prepared: Prepared, provenance: Provenance) -> Prepared:
    """Returns what was trained on with the pictures' places here; where they are not, with names that lead nowhere."""
    prepared = replace(prepared, settings=_without_remote(prepared.settings), asked=_without_remote(prepared.asked))
    prepared = _tests_at_home(prepared, provenance)
    data, where = provenance.data, _place_of(prepared.settings.data)
    val = _files_here(prepared.val_files, data.val if data else (), where)
    return replace(
        prepared, val_files=val, test_files=_files_here(prepared.test_files, data.test if data else (), where)
    )


def _files_here(files: tuple[str, ...], pictures: Pictures, where: Path | None) -> tuple[str, ...]:
    """Returns the files of the run's own pictures where they are here, else names that lead nowhere."""
    digests = [digest for _, digest in pictures]
    names = [name_inside(file) for file in files]
    if _are(files, digests):
        return files
    here = [str(where / name) for name in names] if where else []
    if here and _are(here, digests):
        return tuple(here)
    return tuple(names) if any(map(_leads_somewhere, files)) else files


def _place_of(data: DataSettings) -> Path | None:
    """Returns the folder of pictures that settings name, if it is here."""
    if data.source == "dataset" and data.dataset and data.dataset_version:
        try:
            return find_version(data.dataset, data.dataset_version).folder
        except UserError:
            return None
    return {status.source: status.where for status in dataset_status()}.get(data.source)


def _are(files: Sequence[str], digests: Sequence[str]) -> bool:
    """Returns whether these files are there and hold what they should."""
    if len(files) != len(digests) or any(map(is_remote, files)):
        return False
    try:
        return all(_holds(Path(file), digest) for file, digest in zip(files, digests, strict=True))
    except (OSError, ValueError):  # not there, or a name that no system takes
        return False


def _holds(file: Path, digest: str) -> bool:
    """Returns whether a plain file that may be read has these contents; a device might never end."""
    return paths.may_read(file) and file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _leads_somewhere(file: str) -> bool:
    """Returns whether a path could be followed here; finds out and says nothing of one that may not be read."""
    try:
        return is_remote(file) or not paths.may_read(Path(file)) or Path(file).exists()
    except (OSError, ValueError):
        return False


def is_remote(path: str) -> bool:
    """Returns whether a path names another machine, which Windows would greet with this user's credentials."""
    return path.startswith(("\\\\", "//"))


def _without_remote(settings: RunSettings) -> RunSettings:
    data = settings.data
    places: dict[str, Any] = {name: "" for name in PRIVATE if is_remote(getattr(data, name))}
    return replace(settings, data=replace(data, **places))
