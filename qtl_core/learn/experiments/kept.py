"""Outcomes that are kept below home: equal code gives equal curves, so that each stop is learnt once for everybody.

A file's name holds a hash of all code that its curves rest on: what an earlier version kept is not taken for one of
now.
No scipy at the top, because pages read here.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import zlib
from contextlib import suppress
from dataclasses import asdict, fields
from functools import cache, lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

import qtl_core
from qtl_core.common.errors import UserError
from qtl_core.common.paths import home, writable
from qtl_core.learn.experiments.experiment import Curves, Experiment, Likeness
from qtl_core.learn.experiments.outcome import Effort, Outcome

FOLDER = "experiments"
CODE = ("learn", "network", "studies/comparisons.py", "evaluation/holm.py")  # what curves and their figures rest on
ARRAYS = tuple(field.name for field in fields(Curves))
WAYS = ("scratch", "transferred")


def kept(experiment: Experiment, likeness: Likeness) -> Outcome | None:
    """Returns the outcome at a stop, not corrected for others; None where none is kept, or none that can be read."""
    path = _path(experiment, likeness)
    try:
        return _read(path, path.stat().st_mtime_ns, likeness)
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error):
        return None


def keep(experiment: Experiment, outcome: Outcome) -> None:
    """Keeps an outcome for next time, in place of those of other versions; where nothing can be written, nothing is."""
    with suppress(OSError, UserError):
        writable(FOLDER)
        path = _path(experiment, outcome.likeness)
        for old in path.parent.glob(f"{experiment.key}-*-{_stop(outcome.likeness)}.npz"):
            if old != path:
                old.unlink(missing_ok=True)
        half = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
        try:
            with half.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **_written(outcome))
            half.replace(path)  # whole, or not at all
        finally:
            half.unlink(missing_ok=True)


@cache
def fingerprint() -> str:
    """Returns what tells the code of this version from that of others."""
    found = hashlib.sha256(f"{qtl_core.__version__} {np.__version__} {os.name}".encode())
    root = Path(qtl_core.__file__).parent
    for name in CODE:
        for file in [root / name] if name.endswith(".py") else sorted((root / name).rglob("*")):
            if file.suffix in (".py", ".json"):
                found.update(file.relative_to(root).as_posix().encode())
                found.update(file.read_bytes())
    return found.hexdigest()[:16]


def _path(experiment: Experiment, likeness: Likeness) -> Path:
    return home() / FOLDER / f"{experiment.key}-{fingerprint()}-{_stop(likeness)}.npz"


def _stop(likeness: Likeness) -> str:
    return f"{likeness.value:.4f}"


def _written(outcome: Outcome) -> dict[str, np.ndarray]:
    arrays = {name: getattr(outcome.curves, name) for name in ARRAYS}
    efforts = {f"{way}_each": getattr(outcome, way).each for way in WAYS}
    figures = {
        field.name: getattr(outcome, field.name)
        for field in fields(Outcome)
        if field.name not in ("likeness", "curves", *WAYS)
    }
    numbers = {way: {**asdict(getattr(outcome, way)), "each": None} for way in WAYS} | {"figures": figures}
    return {**arrays, **efforts, "numbers": np.array(json.dumps(numbers))}


@lru_cache(maxsize=128)
def _read(path: Path, _changed: int, likeness: Likeness) -> Outcome:
    with np.load(path, allow_pickle=False) as file:
        curves = Curves(*(file[name] for name in ARRAYS))
        numbers = json.loads(str(file["numbers"]))
        scratch, transferred = (Effort(**{**numbers[way], "each": file[f"{way}_each"]}) for way in WAYS)
    return Outcome(likeness, curves, scratch, transferred, **numbers["figures"])
