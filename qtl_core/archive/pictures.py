"""Where the pictures of a run from elsewhere lie on this machine, if they do.

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

from qtl_core import paths
from qtl_core.datasets.catalogue import dataset_status
from qtl_core.provenance import Provenance
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import PRIVATE
from qtl_core.training.events import Prepared


def name_inside(file: str) -> str:
    """Returns a picture's name inside its set, "val/ants/x.jpg", whichever system the path is from."""
    return "/".join([part for part in re.split(r"[\\/]", file) if part not in ("", ".", "..")][-3:])


def at_home(prepared: Prepared, provenance: Provenance) -> Prepared:
    """Returns what was trained on with the pictures' places here; where they are not, with names that lead nowhere."""
    prepared = replace(prepared, settings=_without_remote(prepared.settings), asked=_without_remote(prepared.asked))
    digests = [digest for _, digest in provenance.data.val] if provenance.data else []
    names = [name_inside(file) for file in prepared.val_files]
    if _are(prepared.val_files, digests):
        return prepared
    where = {status.source: status.where for status in dataset_status()}.get(prepared.settings.data.source)
    here = [str(where / name) for name in names] if where else []
    found: Sequence[str] | None = here if here and _are(here, digests) else None
    if found is None and not any(map(_leads_somewhere, prepared.val_files)):
        found = prepared.val_files
    return replace(prepared, val_files=tuple(names if found is None else found))


def _are(files: Sequence[str], digests: Sequence[str]) -> bool:
    """Whether these files are there and hold what they should."""
    if len(files) != len(digests) or any(map(_is_remote, files)):
        return False
    try:
        return all(_holds(Path(file), digest) for file, digest in zip(files, digests, strict=True))
    except (OSError, ValueError):  # not there, or a name that no system takes
        return False


def _holds(file: Path, digest: str) -> bool:
    """Whether a plain file that may be read has these contents; a device might never end."""
    return paths.may_read(file) and file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _leads_somewhere(file: str) -> bool:
    """Whether a path could be followed here; of one that may not be read, nothing is said, and nothing found out."""
    try:
        return _is_remote(file) or not paths.may_read(Path(file)) or Path(file).exists()
    except (OSError, ValueError):
        return False


def _is_remote(path: str) -> bool:
    """Whether a path names another machine, which Windows would greet with this user's credentials."""
    return path.startswith(("\\\\", "//"))


def _without_remote(settings: RunSettings) -> RunSettings:
    data = settings.data
    places = {name: "" for name in PRIVATE if _is_remote(getattr(data, name))}
    return replace(settings, data=replace(data, **places))
